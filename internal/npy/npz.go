package npy

import (
	"archive/zip"
	"bufio"
	"io"
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

// ReadMember reads the array of a name from an archive of size bytes (.npz), as Read does. The name ""
// is for an archive with one array. An archive with several is refused with their names.
func ReadMember(r io.ReaderAt, size int64, name string) (Array, error) {
	first := make([]byte, sniff.Len)
	n, _ := r.ReadAt(first, 0)
	z, err := zip.NewReader(r, size)
	if err != nil {
		if !IsArchive(r) {
			return Array{}, another(first[:n], "a NumPy archive (.npz)")
		}
		return Array{}, errors.Wrap(err, "want a whole NumPy archive (.npz), got one that is damaged")
	}
	f, err := member(z, name)
	if err != nil {
		return Array{}, err
	}
	a, err := readMember(f)
	return a, errors.WithMessagef(err, "array %.60q", strings.TrimSuffix(f.Name, ".npy"))
}

// Members returns the names of the arrays in an archive of size bytes, in its order.
func Members(r io.ReaderAt, size int64) (names []string, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, errors.Wrap(err, "want a whole NumPy archive (.npz)")
	}
	for _, f := range z.File {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// member finds the array of a name in an archive.
func member(z *zip.Reader, name string) (*zip.File, error) {
	var names []string
	var found *zip.File
	for _, f := range z.File {
		array, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		names = append(names, array)
		if name == "" || name == array || name == f.Name {
			if found != nil && name != "" {
				return nil, errors.Errorf("want one array %.60q in the archive, got two", name)
			}
			found = f
		}
	}
	all := strings.Join(names[:min(len(names), maxListed)], ", ")
	if len(names) > maxListed {
		all += ", ..."
	}
	switch {
	case len(names) == 0:
		return nil, errors.New("want a NumPy archive (.npz), got a ZIP archive without arrays")
	case found == nil:
		return nil, errors.Errorf("want the array %.60q, got an archive of %.500s: name one, as in FILE.npz:%.60s", name, all, names[0])
	case name == "" && len(names) > 1:
		return nil, errors.Errorf("want one array, got an archive of %d, %.500s: name one, as in FILE.npz:%.60s", len(names), all, names[0])
	}
	return found, nil
}

// maxListed bounds how many names of arrays a message has.
const maxListed = 20

func readMember(f *zip.File) (Array, error) {
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
	const room = 1 << 20 // numbers; the size of inflated data is known only when they have been read
	a, err := h.array(in, n, room)
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
	if name == "" || strings.ContainsAny(name, "\x00\\:") || strings.HasPrefix(name, "/") {
		return errors.Errorf("want a name for an array, without backslashes, colons and a slash at its start, got %q", name)
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
