package npy

import (
	"archive/zip"
	"bufio"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/sniff"
)

// IsArchive reports whether a file begins as an archive of arrays does (.npz).
func IsArchive(r io.ReaderAt) bool {
	const zipped = "PK\x03\x04"
	first := make([]byte, len(zipped))
	n, _ := r.ReadAt(first, 0)
	return string(first[:n]) == zipped
}

// ArchiveReader reads the arrays of an archive (.npz).
type ArchiveReader struct {
	zip   *zip.Reader
	names []string
}

// OpenArchive opens an archive of size bytes.
func OpenArchive(r io.ReaderAt, size int64) (*ArchiveReader, error) {
	first := make([]byte, sniff.Len)
	n, _ := r.ReadAt(first, 0)
	z, err := zip.NewReader(r, size)
	if err != nil {
		if !IsArchive(r) {
			return nil, another(first[:n], "a NumPy archive (.npz)")
		}
		return nil, errors.Wrap(err, "want a whole NumPy archive (.npz), got one that is damaged")
	}
	a := &ArchiveReader{zip: z}
	for _, f := range z.File {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			a.names = append(a.names, name)
		}
	}
	if len(a.names) == 0 {
		return nil, errors.New("want a NumPy archive (.npz), got a ZIP archive without arrays")
	}
	return a, nil
}

// Names returns the names of the arrays, in their order in the file.
func (a *ArchiveReader) Names() []string { return slices.Clone(a.names) }

// Read reads the array of a name, as the function Read does. The name "" is for an archive with one
// array. An archive with several is then refused with their names.
func (a *ArchiveReader) Read(name string) (Array, error) { return a.read(name, false) }

// ReadBytes reads the array of a name, as the function ReadBytes does. See Read.
func (a *ArchiveReader) ReadBytes(name string) (Array, error) { return a.read(name, true) }

func (a *ArchiveReader) read(name string, bytes bool) (Array, error) {
	f, err := a.find(name)
	if err != nil {
		return Array{}, err
	}
	array, err := readMember(f, bytes)
	return array, errors.WithMessagef(err, "array %.60q", strings.TrimSuffix(f.Name, ".npy"))
}

// ReadMember reads the array of a name from an archive of size bytes. See ArchiveReader.
func ReadMember(r io.ReaderAt, size int64, name string) (Array, error) {
	a, err := OpenArchive(r, size)
	if err != nil {
		return Array{}, err
	}
	return a.Read(name)
}

// Members returns the names of the arrays in an archive of size bytes. See ArchiveReader.
func Members(r io.ReaderAt, size int64) ([]string, error) {
	a, err := OpenArchive(r, size)
	if err != nil {
		return nil, err
	}
	return a.Names(), nil
}

// find finds the array of a name.
func (a *ArchiveReader) find(name string) (*zip.File, error) {
	var found *zip.File
	for _, f := range a.zip.File {
		if array, ok := strings.CutSuffix(f.Name, ".npy"); ok && (name == "" || name == array || name == f.Name) {
			if found != nil && name != "" {
				return nil, errors.Errorf("want one array %.60q in the archive, got two", name)
			}
			found = f
		}
	}
	all := strings.Join(a.names[:min(len(a.names), maxListed)], ", ")
	if len(a.names) > maxListed {
		all += ", ..."
	}
	switch {
	case found == nil:
		return nil, errors.Errorf("want the array %.60q, got an archive of %.500s: name one, as in FILE.npz:%.60s", name, all, a.names[0])
	case name == "" && len(a.names) > 1:
		return nil, errors.Errorf("want one array, got an archive of %d, %.500s: name one, as in FILE.npz:%.60s", len(a.names), all, a.names[0])
	}
	return found, nil
}

// maxListed bounds how many names of arrays a message has.
const maxListed = 20

func readMember(f *zip.File, bytes bool) (Array, error) {
	const maxSize = 1 << 40 // bytes; larger arrays do not fit in memory
	if f.UncompressedSize64 > maxSize {
		return Array{}, errors.Errorf("want an array of at most %d bytes, got %d", int64(maxSize), f.UncompressedSize64)
	}
	size := int64(f.UncompressedSize64)
	r, err := f.Open()
	if err != nil {
		return Array{}, errors.Wrap(err, "want an array that is stored or deflated")
	}
	defer r.Close()
	in := bufio.NewReaderSize(io.LimitReader(r, size+1), 1<<16)
	if first, err := in.Peek(sniff.Len); !strings.HasPrefix(string(first), magic) {
		if err != nil && err != io.EOF {
			return Array{}, errors.Wrap(err, "cannot read it")
		}
		return Array{}, another(first, "a NumPy array (.npy)")
	}
	h, err := readHeader(in)
	if err != nil {
		return Array{}, err
	}
	n, err := h.numbers(size - h.read)
	if err != nil {
		return Array{}, err
	}
	a, err := h.array(in, n, false, bytes) // the size of inflated data is known only when they have been read
	if err != nil {
		return Array{}, err
	}
	if _, err := in.ReadByte(); err != io.EOF { // the end has the checksum
		return Array{}, errors.Errorf("want the end of the array after its data, got %v", err)
	}
	return a, nil
}

// Archive writes arrays with names into a file that numpy.load reads (.npz). They are not compressed.
// The same arrays make the same bytes.
type Archive struct {
	zip   *zip.Writer
	names map[string]bool
}

// NewArchive returns a writer of an archive. internal/atomicfile gives it a file to write to.
func NewArchive(w io.Writer) *Archive { return &Archive{zip.NewWriter(w), map[string]bool{}} }

// Add writes an array as float32. It refuses names that are empty, repeated or no paths of members.
func (a *Archive) Add(name string, array Array) error {
	if name == "" || strings.ContainsRune(name, 0) || strings.HasPrefix(name, "/") {
		return errors.Errorf("want a name for an array, without a slash at its start and bytes that are zero, got %q", name)
	}
	if a.names[name] {
		return errors.Errorf("want each name once, got %q twice", name)
	}
	a.names[name] = true
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store, Modified: epoch()})
	if err != nil {
		return errors.Wrapf(err, "array %q", name)
	}
	return errors.WithMessagef(Write(w, array), "array %q", name)
}

// epoch is the time of every member, the first that a ZIP archive can say.
func epoch() time.Time { return time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Close writes the directory of the archive.
func (a *Archive) Close() error { return errors.Wrap(a.zip.Close(), "cannot write the archive") }
