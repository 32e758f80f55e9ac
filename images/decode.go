package images

import (
	"image"
	"image/draw"
	_ "image/jpeg" // for image.Decode
	_ "image/png"  // for image.Decode
	"os"

	"github.com/pkg/errors"
)

// maxSide bounds the height and width of an image, in pixels.
const maxSide = 4096

// commonSize returns the size that all files state in their headers.
func commonSize(files []string) (image.Point, error) {
	sizes := make([]image.Point, len(files))
	err := each(len(files), func(i int) (err error) {
		sizes[i], err = readSize(files[i])
		return err
	})
	if err != nil {
		return image.Point{}, err
	}
	for i, size := range sizes {
		if size != sizes[0] {
			return image.Point{}, errors.Errorf("images of one size wanted, but %s has %dx%d and %s has %dx%d "+
				"(width x height); scale or remove one", files[0], sizes[0].X, sizes[0].Y, files[i], size.X, size.Y)
		}
	}
	return sizes[0], nil
}

// readSize reads a file's header and refuses sizes for which nobody should decode, and allocate, it.
func readSize(path string) (image.Point, error) {
	f, err := os.Open(path)
	if err != nil {
		return image.Point{}, errors.WithStack(err)
	}
	defer f.Close()
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return image.Point{}, errors.Wrapf(err, "%s: not a readable PNG or JPEG image", path)
	}
	if w, h := config.Width, config.Height; w < 1 || h < 1 || w > maxSide || h > maxSide {
		return image.Point{}, errors.Errorf("%s: an image of 1x1 to %dx%d pixels wanted, came %dx%d",
			path, maxSide, maxSide, w, h)
	}
	return image.Pt(config.Width, config.Height), nil
}

// readInto decodes a file into pixels, (height, width), as grey.
func readInto(pixels []byte, path string, size image.Point) error {
	f, err := os.Open(path)
	if err != nil {
		return errors.WithStack(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return errors.Wrapf(err, "%s: damaged image", path)
	}
	if m.Bounds().Size() != size {
		return errors.Errorf("%s: an image of %v wanted, as its header says, came %v", path, size, m.Bounds().Size())
	}
	draw.Draw(gray(pixels, size.Y, size.X), image.Rectangle{Max: size}, m, m.Bounds().Min, draw.Src)
	return nil
}
