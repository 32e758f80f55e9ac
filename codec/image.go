package codec

import (
	"context"
	"image"
	"image/color"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

func init() { image.RegisterFormat("gae", magic, Decode, DecodeConfig) }

// Encode writes a single image as a file of its own. A grey model refuses an image with colours, and
// a model of colour images takes a grey one. What is transparent becomes black. The image must have
// the size of the model's images.
//
// With Options.NameModel the file has some hundred bytes. Otherwise the model is in the file, and
// image.Decode reads it in every program that imports this package. Several goroutines may encode
// with one model.
func Encode(w io.Writer, m image.Image, model *Model, o Options) error {
	if m == nil {
		return errors.New("want an image, got nil")
	}
	if model == nil {
		return errNoModel
	}
	if box, s := m.Bounds(), model.Size; box.Dx() != s.Width || box.Dy() != s.Height {
		return errors.Errorf("want an image of %d x %d pixels (height x width), as the model has been made for, got %d x %d: scale or cut it",
			s.Height, s.Width, box.Dy(), box.Dx())
	}
	pixels, err := images.FromPicture(m, model.Size.Channels)
	if err != nil {
		return err
	}
	if o.Chunk == 0 {
		o.Chunk = 1
	}
	z, err := NewWriter(w, model, o)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := z.Write(ctx, pixels, "", -1); err != nil {
		return err
	}
	return z.Close(ctx)
}

// Decode reads the first image of a file: an *image.Gray, or an opaque *image.RGBA. image.Decode
// calls it. A file that names its model or its decoder needs a model that was registered. Errors are
// those of NewReader.
func Decode(r io.Reader) (image.Image, error) {
	ctx := context.Background()
	z, err := NewReader(r, ReadOptions{})
	if err != nil {
		return nil, err
	}
	z.o.Inspect = true // only one image is to be decoded, not all of its chunk
	c, err := z.Next(ctx)
	if err == io.EOF {
		return nil, wrong("want a file with an image, got one without")
	}
	if err != nil {
		return nil, err
	}
	q, err := z.model.integers(ctx, c.payload, c.Len)
	if err != nil {
		return nil, &FormatError{err}
	}
	pixels := make([]byte, z.head.size.Numbers())
	if err := z.model.decodeIntegers(ctx, pixels, q[:z.model.Latents()]); err != nil {
		return nil, err
	}
	return images.Picture(z.head.size, pixels)
}

// DecodeConfig returns the size and the colours of a file's images. It does not need the model.
// image.DecodeConfig calls it.
func DecodeConfig(r io.Reader) (image.Config, error) {
	if r == nil {
		return image.Config{}, errNoReader
	}
	z := &Reader{total: -1}
	if _, _, err := readHeader(r); err != nil {
		return image.Config{}, err
	}
	z.scan = newScanner(r, int64(headerSize))
	for z.head.chunk == 0 {
		if err := z.readHead(); err != nil {
			return image.Config{}, err
		}
	}
	s := z.head.size
	c := image.Config{ColorModel: color.GrayModel, Width: s.Width, Height: s.Height}
	if s.Channels != 1 {
		c.ColorModel = color.RGBAModel
	}
	return c, nil
}
