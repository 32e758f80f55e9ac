package run

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Picture says which image a row of an array came from.
type Picture struct {
	Name          string // the path of its file in the data set's folder, with slashes, or ""
	Label         string // the name or the number of its class, or ""
	Height, Width int    // in pixels
}

// Listing says which images the rows of an array came from. It lies beside the array, as a CSV file.
type Listing []Picture

// ListingPath returns the path of the listing of an array: codes.names.csv for codes.npy.
func ListingPath(array string) string {
	return strings.TrimSuffix(array, filepath.Ext(array)) + ".names.csv"
}

// List returns the listing of pictures. classes are the names of the classes, or nil.
func List(p Pictures, classes []string) Listing {
	l := make(Listing, p.Len())
	for i := range l {
		size := p.SizeOf(i)
		l[i] = Picture{Name: p.File(i), Label: className(p.Label(i), classes), Height: size.Height, Width: size.Width}
	}
	return l
}

// className returns the name of a class, or its number if it has no name, or "" without a class.
func className(label int, classes []string) string {
	switch {
	case label < 0:
		return ""
	case label < len(classes):
		return classes[label]
	}
	return strconv.Itoa(label)
}

var listingHeader = []string{"name", "label", "height", "width"}

// Write writes the listing as a CSV file with the columns name, label, height and width.
func (l Listing) Write(path string) error {
	return WriteCSV(path, listingHeader, len(l), func(i int) []string { return l[i].row() })
}

func (p Picture) row() []string {
	return []string{p.Name, p.Label, strconv.Itoa(p.Height), strconv.Itoa(p.Width)}
}

// WriteCSV writes a CSV file of n rows, atomically.
func WriteCSV(path string, header []string, n int, row func(i int) []string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		c := csv.NewWriter(w)
		err := c.Write(header)
		for i := 0; i < n && err == nil; i++ {
			err = c.Write(row(i))
		}
		c.Flush()
		if err == nil {
			err = c.Error()
		}
		return errors.WithStack(err)
	})
}

// maxListing bounds the bytes of a listing that is read.
const maxListing = 1 << 30

// ReadListing reads a listing that Write wrote. It returns nil if there is no file.
func ReadListing(path string) (Listing, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrapf(atomicfile.Fault(err), "cannot read %s", path)
	}
	defer f.Close()
	l, err := readListing(io.LimitReader(bufio.NewReader(f), maxListing))
	return l, errors.WithMessagef(err, "cannot read %s: want a listing as encode writes it; remove the file to go without names", path)
}

func readListing(r io.Reader) (Listing, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = len(listingHeader)
	header, err := c.Read()
	if err != nil || strings.Join(header, ",") != strings.Join(listingHeader, ",") {
		return nil, errors.Errorf("want the columns %s, got %q (%v)", strings.Join(listingHeader, ", "), header, err)
	}
	l := Listing{}
	for {
		row, err := c.Read()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return nil, errors.WithStack(err)
		}
		p := Picture{Name: row[0], Label: row[1]}
		if p.Height, err = side(row[2]); err == nil {
			p.Width, err = side(row[3])
		}
		if err != nil {
			return nil, errors.WithMessagef(err, "row %d", len(l)+1)
		}
		l = append(l, p)
	}
}

// maxSide bounds the height and the width of an image in a listing.
const maxSide = 1 << 20

func side(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxSide {
		return 0, errors.Errorf("want a height and a width from 1 to %d, got %q", maxSide, text)
	}
	return n, nil
}

// Files returns the paths of PNG files in a folder for the images, under their names. Images
// without a name are numbered. A name must lie in the folder, since a listing may come from anywhere.
func (l Listing) Files(dir string) ([]string, error) {
	digits := max(5, len(strconv.Itoa(len(l)-1)))
	paths, taken := make([]string, len(l)), map[string]bool{}
	for i, p := range l {
		name := p.Name
		if name == "" {
			name = fmt.Sprintf("%0*d.png", digits, i)
		}
		if !strings.EqualFold(path.Ext(name), ".png") {
			name += ".png"
		}
		local := filepath.FromSlash(name)
		if !filepath.IsLocal(local) {
			local = filepath.Base(local)
		}
		if paths[i] = filepath.Join(dir, local); taken[paths[i]] || strings.ContainsRune(local, 0) {
			return nil, errors.Errorf("want a name of its own for each image, got %q for image %d", name, i)
		}
		taken[paths[i]] = true
	}
	return paths, nil
}

// Size returns the size of the images if all have the same, and reports whether they have.
func (l Listing) Size(channels int) (images.Size, bool) {
	if len(l) == 0 {
		return images.Size{}, false
	}
	for _, p := range l {
		if p.Height != l[0].Height || p.Width != l[0].Width {
			return images.Size{}, false
		}
	}
	return images.Size{Channels: channels, Height: l[0].Height, Width: l[0].Width}, true
}
