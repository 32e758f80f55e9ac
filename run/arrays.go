package run

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// EncodeFile returns the codes of the images at path: the PNG and JPEG files of a folder, or a
// NumPy array. It resizes the model to the size of the images. The array has a shape as WriteImages
// writes it. Colour images may also have their channels first, (n, 3, height, width), and all
// images may be flat, (n, numbers), pixel by pixel. The numbers go from 0, black, to 1, white.
func (m *Model) EncodeFile(ctx context.Context, path string) ([]float32, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		set, err := images.ReadFolder(path, images.Options{Color: images.ColorOf(m.size.Channels)})
		if err != nil {
			return nil, err
		}
		if err := m.Fit(path, set.Size()); err != nil {
			return nil, err
		}
		return m.Encode(ctx, set)
	}
	a, err := readArray(path)
	if err != nil {
		return nil, err
	}
	x, err := m.shown(path, a)
	if err != nil {
		return nil, err
	}
	return m.Encoder.Predict(ctx, x)
}

// ReadImages returns the images of a NumPy array of size bytes, with a shape and numbers as
// EncodeFile takes them. It resizes the model to the size of the images. Their numbers become bytes as
// in images.ToBytes. name is for messages.
func (m *Model) ReadImages(name string, r io.Reader, size int64) (*images.Set, error) {
	a, err := checkedArray(r, size)
	if err != nil {
		return nil, errors.WithMessagef(err, "cannot read %s", name)
	}
	x, err := m.shown(name, a)
	if err != nil {
		return nil, err
	}
	set := images.FromValues(m.size, x)
	set.Name = name
	return set, nil
}

// shown returns the images of an array in memory order, and checks that they can be shown.
func (m *Model) shown(path string, a npy.Array) ([]float32, error) {
	x, err := m.pixels(path, a)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(x, func(v float32) bool { return v < 0 || v > 1 }); i >= 0 {
		return nil, errors.Errorf("cannot read %s: want pixels from 0, black, to 1, white, got %v", path, x[i])
	}
	return x, nil
}

// pixels returns the images of an array in memory order. It resizes the model to their size.
func (m *Model) pixels(path string, a npy.Array) ([]float32, error) {
	shape, c := a.Shape, m.size.Channels
	if len(shape) == 3 && c == 1 {
		shape = append(slices.Clone(shape), 1)
	}
	switch {
	case len(shape) == 2 && shape[1] == m.size.Numbers():
		return a.Data, nil
	case len(shape) == 4 && shape[3] == c && (shape[1] != c || c == 1):
		return a.Data, m.Fit(path, images.Size{Channels: c, Height: shape[1], Width: shape[2]})
	case len(shape) == 4 && shape[1] == c && shape[3] != c:
		size := images.Size{Channels: c, Height: shape[2], Width: shape[3]}
		return graph.ChannelsLast(a.Data, size.Shape()), m.Fit(path, size)
	case len(shape) == 4 && shape[1] == c && shape[3] == c:
		return nil, errors.Errorf("cannot read %s: want a shape that shows if the channels are first or last, got %v: use images of another size", path, shapeOf(a.Shape))
	}
	return nil, errors.Errorf("cannot read %s: want an array of shape %v, got %v", path, manyOf(imageShape(m.size)), shapeOf(a.Shape))
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
// width) if they are grey, else (n, height, width, channels).
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

// WriteCodes writes codes, in memory order, as a NumPy array of float32: (n, numbers of a code), or
// (n, channels, height, width) if a code is an image.
func (m *Model) WriteCodes(path string, codes []float32) error {
	s := m.Encoder.Out()
	n := len(codes) / s.Size()
	return writeArray(path, npy.Array{Shape: append([]int{n}, s...), Data: graph.ChannelsFirst(codes, s)})
}

// DecodeFile returns the images of codes in a NumPy array that WriteCodes wrote, in memory order,
// and their size. It resizes the decoder for codes that are images of another size; the model
// itself stays as it is. Codes that are images may also be flat, (n, numbers of a code), channel by
// channel.
func (m *Model) DecodeFile(ctx context.Context, path string) ([]float32, images.Size, error) {
	decoder, size := m.Decoder, m.size
	a, err := readArray(path)
	if err == nil && len(a.Shape) == 4 && len(decoder.In()) == 3 {
		decoder, size, err = m.fitCodes(path, a.Shape[1:])
	}
	if err != nil {
		return nil, size, err
	}
	s := decoder.In()
	if len(a.Shape) == 0 || !s.Equal(a.Shape[1:]) && !slices.Equal(a.Shape[1:], []int{s.Size()}) {
		return nil, size, errors.Errorf("cannot read %s: want an array of shape %v, got %v", path, manyOf(s), shapeOf(a.Shape))
	}
	pixels, err := decoder.Predict(ctx, graph.ChannelsLast(a.Data, s))
	return pixels, size, err
}

// shapeOf converts a shape so that it prints as (2, 3).
func shapeOf(s []int) graph.Shape { return graph.Shape(s) }

// manyOf returns the shape of an array of many examples as a text, such as (n, 2, 3).
func manyOf(s []int) string { return "(n, " + strings.TrimPrefix(shapeOf(s).String(), "(") }

func writeArray(path string, a npy.Array) error {
	return atomicfile.Write(path, func(w io.Writer) error { return npy.Write(w, a) })
}

// readArray reads a NumPy array of finite numbers.
func readArray(path string) (npy.Array, error) {
	a, err := readFinite(path)
	return a, errors.WithMessagef(err, "cannot read %s", path)
}

func readFinite(path string) (a npy.Array, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return a, atomicfile.Fault(err)
	}
	if !info.Mode().IsRegular() { // checked before opening, because opening a pipe waits for its writer
		return a, errors.Errorf("want a regular file, got mode %v", info.Mode())
	}
	f, err := os.Open(path)
	if err != nil {
		return a, atomicfile.Fault(err)
	}
	defer f.Close()
	return checkedArray(f, info.Size())
}

// checkedArray reads a NumPy array of finite numbers from size bytes.
func checkedArray(r io.Reader, size int64) (npy.Array, error) {
	a, err := npy.Read(r, size)
	if err != nil {
		return a, err
	}
	if !reduce.AllFinite(a.Data) {
		return a, errors.New("want finite numbers, got NaN or infinity")
	}
	return a, nil
}
