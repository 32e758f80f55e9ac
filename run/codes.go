package run

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// WriteCodes writes codes, in memory order, as a NumPy array of float32: (n, numbers of a code), or
// (n, channels, height, width) if a code is an image. In an archive, FILE.npz, the array is named codes.
func (m *Model) WriteCodes(path string, codes []float32) error {
	s := m.Encoder.Out()
	a := npy.Array{Shape: append([]int{len(codes) / s.Size()}, s...), Data: graph.ChannelsFirst(codes, s)}
	return atomicfile.Write(path, func(w io.Writer) error {
		if !IsArchivePath(path) {
			return npy.Write(w, a)
		}
		archive := npy.NewArchive(w)
		if err := archive.Add("codes", a); err != nil {
			return err
		}
		return archive.Close()
	})
}

// IsArchivePath reports whether a path is that of an archive of arrays, FILE.npz.
func IsArchivePath(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npz") }

// Decoded are the images of codes.
type Decoded struct {
	Pixels []float32 // in memory order, as the decoder makes them: some may be outside [0, 1]
	Size   images.Size
	Names  Listing // beside the codes; nil if there is none, or one of another length
	Notes  []string
}

// DecodeFile returns the images of codes in a NumPy array that WriteCodes wrote, FILE.npy, FILE.npz
// with one array, or FILE.npz:NAME. It resizes the decoder for codes that are images of another size; the
// model itself stays as it is. The array may have axes of length 1, and be one code. Codes that are images
// may also be flat, (n, numbers of a code), channel by channel.
func (m *Model) DecodeFile(ctx context.Context, path string) (d Decoded, err error) {
	a, err := readArrayFile(path)
	if err == nil && !reduce.AllFinite(a.Data) {
		err = errors.New("want finite numbers, got NaN or infinity")
	}
	decoder := m.Decoder
	var note string
	if err == nil {
		decoder, d.Size, note, err = m.fitArray(path, a.Shape)
	}
	if err != nil {
		return Decoded{}, errors.WithMessagef(err, "cannot read %s", path)
	}
	other := ""
	if d.Names, other, err = listingOf(path, len(a.Data)/decoder.In().Size()); err != nil {
		return Decoded{}, err
	}
	d.Notes = slices.DeleteFunc([]string{note, other}, func(s string) bool { return s == "" })
	was, ok := d.Names.Size(d.Size.Channels)
	if ok {
		if decoder, d.Size, err = m.fitImages(path, decoder, d.Size, was); err != nil {
			return Decoded{}, err
		}
	}
	if d.Pixels, err = autoencoder.Decode(ctx, decoder, graph.ChannelsLast(a.Data, decoder.In())); err == nil && ok {
		d.Pixels, d.Size = cropped(d.Pixels, d.Size, was)
	}
	return d, err
}

// cropped takes away what images were padded by before they were encoded, if their own size says that
// they were: rows at the bottom and columns at the right.
func cropped(pixels []float32, size, was images.Size) ([]float32, images.Size) {
	if was == size || was.Height > size.Height || was.Width > size.Width || was.Height < 1 || was.Width < 1 {
		return pixels, size
	}
	y := make([]float32, 0, len(pixels)/size.Numbers()*was.Numbers())
	for ; len(pixels) > 0; pixels = pixels[size.Numbers():] {
		for i := range was.Height {
			y = append(y, pixels[i*size.Width*size.Channels:][:was.Width*size.Channels]...)
		}
	}
	return y, was
}

// fitArray returns the decoder for an array of codes of a shape, and the size of the images that it makes,
// with a note if the shape does not decide how it is read.
func (m *Model) fitArray(path string, shape []int) (decoder *graph.Model, size images.Size, note string, err error) {
	s := m.Decoder.In()
	if len(s) == 3 && len(shape) == 4 && shape[1] == s[0] { // whole shapes first: without axes of length 1 others look alike
		if decoder, size, err = m.fitCodes(path, shape[1:]); err == nil {
			return decoder, size, "", nil
		}
	}
	code, all := squeeze(s), squeeze(shape)
	rows := len(all) > 0 && slices.Equal(all[1:], code)
	switch {
	case len(shape) == 0:
	case len(code) == 1 && len(shape) == 2 && shape[0] == code[0] && shape[1] != code[0]: // (2, 1) may be two codes of another model
		return nil, size, "", errors.Errorf("want codes of shape %v, got %v: save array.T if its columns are codes", manyOf(s), shapeOf(shape))
	case len(code) == 1 && len(all) == 2 && rows && all[0] == all[1]:
		return m.Decoder, m.size, fmt.Sprintf("the array is read as %d codes, one a row: nothing in its shape shows if they are columns", all[0]), nil
	case rows, slices.Equal(all, code), slices.Equal(all, []int{s.Size()}),
		len(all) > 1 && slices.Equal(all[1:], []int{s.Size()}):
		return m.Decoder, m.size, "", nil
	case m.looksShown(shape):
		return nil, size, "", errors.Errorf("want codes of shape %v, got %v, the shape of images, which encode takes", manyOf(s), shapeOf(shape))
	case len(s) == 3 && len(shape) == 4:
		decoder, size, err = m.fitCodes(path, shape[1:])
		if err != nil && shape[3] == s[0] {
			err = errors.Errorf("want codes of shape %v, got %v: their channels are last: save numpy.moveaxis(array, -1, 1)", manyOf(s), shapeOf(shape))
		}
		return decoder, size, "", err
	case len(s) == 3 && len(shape) == 3 && shape[0] == s[0]:
		decoder, size, err = m.fitCodes(path, shape)
		return decoder, size, fmt.Sprintf("the array is read as 1 code of shape %v; those of the model have %v", shapeOf(shape), s), err
	}
	return nil, size, "", errors.Errorf("want an array of shape %v, got %v", manyOf(s), shapeOf(shape))
}

// looksShown says if an array of a shape has images of the size that the model was trained on.
func (m *Model) looksShown(shape []int) bool {
	t := m.TrainedOn.Size()
	all := squeeze(shape)
	for _, image := range [][]int{{t.Height, t.Width, t.Channels}, {t.Channels, t.Height, t.Width}, {t.Numbers()}} {
		image = squeeze(image)
		if slices.Equal(all, image) || len(all) > 0 && slices.Equal(all[1:], image) {
			return true
		}
	}
	return false
}

// shapeOf converts a shape so that it prints as (2, 3).
func shapeOf(s []int) graph.Shape { return graph.Shape(s) }

// manyOf returns the shape of an array of many examples as a text, such as (n, 2, 3).
func manyOf(s []int) string { return "(n, " + strings.TrimPrefix(shapeOf(s).String(), "(") }
