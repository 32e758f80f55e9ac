package images

import (
	"image"
	"image/draw"

	"github.com/pkg/errors"
)

// Picture returns an image of 1 or 3 channels for the packages of image: an *image.Gray that shows
// pixels, (height, width), without copying them, or an opaque *image.RGBA.
func Picture(size Size, pixels []byte) (image.Image, error) {
	if err := drawable(size); err != nil {
		return nil, err
	}
	if len(pixels) != size.Numbers() {
		return nil, errors.Errorf("want %d bytes for an image of %v, got %d", size.Numbers(), size, len(pixels))
	}
	return picture(pixels, size), nil
}

// FromPicture returns the bytes of an image, (height, width, channels): of 1 channel for grey, or of
// 3 for colour. It refuses to make colours grey. What is transparent becomes black, and images of 16
// bits keep the upper 8: OpenFiles reads pictures of files as viewers show them.
func FromPicture(m image.Image, channels int) ([]byte, error) {
	box := m.Bounds()
	size := Size{Channels: channels, Height: box.Dy(), Width: box.Dx()}
	if err := drawable(size); err != nil {
		return nil, err
	}
	pixels := make([]byte, size.Numbers())
	if channels == 3 {
		toRGB(pixels, m)
		return pixels, nil
	}
	if inColor(m) {
		return nil, errors.New("want a grey image, got one with colours: make it grey, for example with color.GrayModel")
	}
	toGrey(pixels, m)
	return pixels, nil
}

// drawable refuses images that are neither grey nor red, green and blue.
func drawable(size Size) error {
	if ColorOf(size.Channels) == Auto {
		return errors.Errorf("want images of 1 or 3 channels, got %d", size.Channels)
	}
	return nil
}

// picture returns an image of 1 or 3 channels for an encoder.
func picture(pixels []byte, size Size) image.Image {
	if size.Channels == 1 {
		return gray(pixels, size.Height, size.Width)
	}
	m := image.NewRGBA(image.Rect(0, 0, size.Width, size.Height))
	for to := m.Pix; len(to) > 0; to, pixels = to[4:], pixels[3:] {
		copy(to, pixels[:3])
		to[3] = 255
	}
	return m
}

// gray shows pixels, (height, width), as an image without copying them.
func gray(pixels []byte, height, width int) *image.Gray {
	if len(pixels) != height*width {
		panic("images: pixels do not fill height x width")
	}
	return &image.Gray{Pix: pixels, Stride: width, Rect: image.Rect(0, 0, width, height)}
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

// inColor reports whether an image has a pixel whose red, green and blue are not the same byte.
func inColor(m image.Image) (found bool) {
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
