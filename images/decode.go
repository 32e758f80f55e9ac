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
			return image.Point{}, errors.Errorf("want images of one size, got %s of %dx%d and %s of %dx%d "+
				"(width x height): scale or remove one",
				files[0], sizes[0].X, sizes[0].Y, files[i], size.X, size.Y)
		}
	}
	return sizes[0], nil
}

// readSize reads the size that a file's header states. It refuses sizes that are too large to
// decode.
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
		return image.Point{}, errors.Errorf("%s: want an image of 1x1 to %dx%d pixels, got %dx%d: cut it into tiles, or make it smaller",
			path, maxSide, maxSide, w, h)
	}
	return image.Pt(config.Width, config.Height), nil
}

// decode decodes a file whose header states this size.
func decode(path string, size image.Point) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return nil, errors.Wrapf(err, "%s: damaged image", path)
	}
	if m.Bounds().Size() != size {
		return nil, errors.Errorf("%s: want an image of %v, as its header states, got %v",
			path, size, m.Bounds().Size())
	}
	return m, nil
}

// toGrey writes an image into pixels, (height, width), with the luminance of color.GrayModel.
func toGrey(pixels []byte, m image.Image) {
	size := m.Bounds().Size()
	draw.Draw(gray(pixels, size.Y, size.X), image.Rectangle{Max: size}, m, m.Bounds().Min, draw.Src)
}

// toRGB writes an image into pixels, (height, width, 3).
func toRGB(pixels []byte, m image.Image) {
	rows(m, func(rgba []byte) bool {
		for ; len(rgba) > 0; rgba = rgba[4:] {
			copy(pixels[:3], rgba)
			pixels = pixels[3:]
		}
		return true
	})
}

// deeper reports whether an image has transparent pixels, or numbers of 16 bits.
func deeper(m image.Image) bool {
	switch m.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return true
	}
	o, ok := m.(interface{ Opaque() bool })
	return ok && !o.Opaque()
}

// hasColor reports whether an image has a pixel whose red, green and blue are not the same byte.
func hasColor(m image.Image) (found bool) {
	switch m.(type) {
	case *image.Gray, *image.Gray16:
		return false
	}
	rows(m, func(rgba []byte) bool {
		for ; len(rgba) > 0 && !found; rgba = rgba[4:] {
			found = rgba[0] != rgba[1] || rgba[0] != rgba[2]
		}
		return !found
	})
	return found
}

// rows calls a function for each row of an image, as red, green, blue and alpha, until it returns
// false. Colours are multiplied by alpha: what is transparent is black.
func rows(m image.Image, use func(rgba []byte) bool) {
	box := m.Bounds()
	row := image.NewRGBA(image.Rect(0, 0, box.Dx(), 1))
	for y := box.Min.Y; y < box.Max.Y; y++ {
		draw.Draw(row, row.Rect, m, image.Pt(box.Min.X, y), draw.Src)
		if !use(row.Pix) {
			return
		}
	}
}
