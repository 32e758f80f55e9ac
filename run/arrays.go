package run

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// Codes are the codes of images.
type Codes struct {
	Numbers []float32 // in memory order
	Names   Listing   // of the images
	Note    string    // how an array was read, if its shape does not decide it
}

// EncodeFile returns the codes of the images in a NumPy array as ReadImages takes it: FILE.npy, FILE.npz
// with one array, or FILE.npz:NAME. It resizes the model to the size of the images. They have the names of
// the listing beside the array. EncodePictures is for files of pictures.
func (m *Model) EncodeFile(ctx context.Context, path string, layout Layout) (Codes, error) {
	a, err := readArrayFile(path)
	if err != nil {
		return Codes{}, errors.WithMessagef(err, "cannot read %s", path)
	}
	x, note, err := m.pixels(path, a, layout)
	if err != nil {
		return Codes{}, errors.WithMessagef(err, "cannot read %s", path)
	}
	c := Codes{Note: note}
	if c.Numbers, err = m.EncodeImages(ctx, x); err != nil {
		return Codes{}, err
	}
	n := len(x) / m.size.Numbers()
	var other string
	c.Names, other, err = listingOf(path, n)
	if c.Note = joined(c.Note, other); c.Names == nil {
		c.Names = make(Listing, n)
		for i := range c.Names {
			c.Names[i].Height, c.Names[i].Width = m.size.Height, m.size.Width
		}
	}
	return c, err
}

// ReadImages returns the images of a NumPy array of size bytes, with a note on how it is read if its
// shape does not decide it. name names the file, and what follows .npz: in it the array of an archive.
// It resizes the model to the size of the images. Their numbers become bytes as in images.ToBytes.
//
// An array has a shape as WriteImages writes it. It may have axes of length 1, and be one image. Colour
// images may have their channels first, (n, 3, height, width), and all images may be flat, (n, numbers).
// Numbers of type uint8 are from 0, black, to 255, white, those of uint16 to 65535, and others to 1.
func (m *Model) ReadImages(name string, r io.ReaderAt, size int64, layout Layout) (*images.Set, string, error) {
	x, note, err := m.readPixels(name, r, size, layout)
	if err != nil {
		return nil, "", err
	}
	set := images.FromValues(m.size, x)
	set.Name = name
	return set, note, nil
}

// ReadExact is ReadImages, but the numbers stay as they are.
func (m *Model) ReadExact(name string, r io.ReaderAt, size int64, layout Layout) (*images.Exact, string, error) {
	x, note, err := m.readPixels(name, r, size, layout)
	if err != nil {
		return nil, "", err
	}
	return images.NewExact(m.size, x), note, nil
}

func (m *Model) readPixels(name string, r io.ReaderAt, size int64, layout Layout) (x []float32, note string, err error) {
	_, member := npy.SplitMember(name)
	a, err := readArray(r, size, member)
	if err == nil {
		x, note, err = m.pixels(name, a, layout)
	}
	return x, note, errors.WithMessagef(err, "cannot read %s", name)
}

// pixels returns the images of an array in memory order, and checks that they can be shown. It resizes
// the model to their size.
func (m *Model) pixels(name string, a npy.Array, layout Layout) ([]float32, string, error) {
	r := reader{trained: m.TrainedOn.Size(), fixed: len(m.Original.Model.In()) != 3, layout: layout, code: m.Original.Encoder.Out()}
	how, note, err := r.read(a.Shape)
	if err != nil {
		return nil, "", err
	}
	x, ranged, err := m.brightness(a)
	if err != nil {
		return nil, "", err
	}
	if note = joined(note, ranged); how.layout == ChannelsFirst || how.flat && layout == ChannelsFirst {
		x = graph.ChannelsLast(x, how.size.Shape())
	}
	return x, note, m.Fit(name, how.size)
}

// joined joins notes, each of which may be "".
func joined(notes ...string) string {
	return strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), "; ")
}

// brightness returns the numbers of an array from 0, black, to 1, white. If the model was trained on
// numbers of a range, they are of that range, too; but see npy.Array.InRange. The note says which of both.
func (m *Model) brightness(a npy.Array) (x []float32, note string, err error) {
	cut, err := m.TrainedOn.cut()
	if err != nil {
		return nil, "", err
	}
	if cut == (images.Range{}) {
		x, err = a.Pixels()
		return x, "", err
	}
	x, asTheyAre, err := a.InRange(cut.Lo, cut.Hi)
	if asTheyAre {
		return x, fmt.Sprintf("its numbers are from 0 to 1, so they are taken as they are, not as from the range %v of the training", cut), nil
	}
	return x, fmt.Sprintf("%v becomes 0 to 1, as in the training", cut), err
}

// cut returns the range of the numbers that a model was trained on. It is zero if they were read as they are.
func (d TrainedOn) cut() (images.Range, error) {
	if d.Reading.Range == "" {
		return images.Range{}, nil
	}
	r, err := images.ParseRange(d.Reading.Range)
	return r, errors.WithMessage(err, "range of the training")
}

// imageShape returns the shape of an image in an array: (height, width) if it is grey, else
// (height, width, channels).
func imageShape(s images.Size) []int {
	if s.Channels == 1 {
		return []int{s.Height, s.Width}
	}
	return []int{s.Height, s.Width, s.Channels}
}

// WriteImages writes images of a size, in memory order, as a NumPy array of float32: (n, height,
// width) if they are grey, else (n, height, width, channels). Clip them first if other commands are to
// read them.
func WriteImages(path string, size images.Size, pixels []float32) error {
	return atomicfile.Write(path, func(w io.Writer) error { return WriteImagesTo(w, size, pixels) })
}

// WriteImagesTo writes images as WriteImages does, for example into a pipe.
func WriteImagesTo(w io.Writer, size images.Size, pixels []float32) error {
	n := len(pixels) / size.Numbers()
	return npy.Write(w, npy.Array{Shape: append([]int{n}, imageShape(size)...), Data: pixels})
}

// StreamImages writes n images of bytes as WriteImages writes them, without holding them in memory:
// write sends their bytes, in memory order, in pieces of any length. It refuses more or fewer images.
func StreamImages(w io.Writer, size images.Size, n int, write func(w io.Writer) error) error {
	a := npy.NewWriter(w, append([]int{n}, imageShape(size)...))
	if err := write(imageBytes{a}); err != nil {
		return err
	}
	return a.Close()
}

// StreamImagesFile is StreamImages into a file, which it replaces as a whole.
func StreamImagesFile(path string, size images.Size, n int, write func(w io.Writer) error) error {
	return atomicfile.Write(path, func(w io.Writer) error { return StreamImages(w, size, n, write) })
}

// StreamValuesFile writes a file of n images as WriteImages does, without holding them in memory: write calls add
// with the numbers of one image or more, in memory order. It refuses more or fewer images.
func StreamValuesFile(path string, size images.Size, n int, write func(add func(pixels []float32) error) error) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		a := npy.NewWriter(w, append([]int{n}, imageShape(size)...))
		if err := write(a.Write); err != nil {
			return err
		}
		return a.Close()
	})
}

// IsArrayPath reports whether a path is that of an array, FILE.npy.
func IsArrayPath(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npy") }

// Clip makes numbers below 0 into 0 and those above 1 into 1, as files of images do with what a decoder
// makes, and returns how many. NaN becomes 0.
func Clip(pixels []float32) int {
	n := 0
	for i, v := range pixels {
		if !(v >= 0) {
			pixels[i] = 0
			n++
		} else if v > 1 {
			pixels[i] = 1
			n++
		}
	}
	return n
}

// imageBytes writes bytes of images as their values in [0, 1].
type imageBytes struct{ array *npy.Writer }

func (w imageBytes) Write(pixels []byte) (int, error) {
	const piece = 1 << 16
	for at := 0; at < len(pixels); at += piece {
		if err := w.array.Write(images.Values(pixels[at:min(at+piece, len(pixels))])); err != nil {
			return at, err
		}
	}
	return len(pixels), nil
}

// ArrayFile returns the path of the file of an array: FILE.npz for the array FILE.npz:NAME, else path.
func ArrayFile(path string) string {
	file, _ := npy.SplitMember(path)
	return file
}

// readArrayFile reads the array of a file, or of an archive in a file.
func readArrayFile(path string) (a npy.Array, err error) {
	file, member := npy.SplitMember(path)
	f, size, err := openRegular(file)
	if err != nil {
		return a, err
	}
	defer f.Close()
	return readArray(f, size, member)
}

// openRegular opens a regular file, and returns its size.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, atomicfile.Fault(err)
	}
	if !info.Mode().IsRegular() { // checked before opening, because opening a pipe waits for its writer
		return nil, 0, errors.Errorf("want a regular file, got mode %v", info.Mode())
	}
	f, err := os.Open(path)
	return f, info.Size(), atomicfile.Fault(err)
}

// readArray reads an array, or that of an archive. The content decides which, not the name of the file.
func readArray(r io.ReaderAt, size int64, member string) (npy.Array, error) {
	if member != "" || npy.IsArchive(r) {
		return npy.ReadMember(r, size, member)
	}
	return npy.Read(io.NewSectionReader(r, 0, size), size)
}

// listingOf returns the listing beside an array of n images, or nil and a note if it is of other images.
// An array that is named in an archive has none.
func listingOf(array string, n int) (Listing, string, error) {
	path := ListingPath(array)
	if path == array || ArrayFile(array) != array {
		return nil, "", nil
	}
	l, err := ReadListing(path)
	if err != nil || l == nil || len(l) == n {
		return l, "", err
	}
	return nil, fmt.Sprintf("%s has %s and the array %s: its names are not used", path, counted(len(l), "name"), counted(n, "row")), nil
}

// counted returns a number of things as a text.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
