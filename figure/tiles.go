package figure

import (
	"image"

	"github.com/pkg/errors"
	"golang.org/x/image/draw"
)

// Size is the size of an image. In memory its values are in the order height, width, channels.
type Size struct {
	Channels      int // 1 (grey) or 3 (red, green, blue)
	Height, Width int // in pixels
}

// maxSide bounds the side of an image, so that a page fits into memory and onto a screen.
const maxSide = 4096

// A tile is an image on the page. It is enlarged to at most maxTile pixels of a PNG, about an inch,
// and to less if many tiles share the room across a page.
const (
	maxTile  = 220
	pageRoom = 1300
)

// checkImages returns an error unless there are n images of the given size. Their values may be
// infinite, but not NaN.
func checkImages(what string, images [][]float32, n int, size Size) error {
	channels, height, width := size.Channels, size.Height, size.Width
	if channels != 1 && channels != 3 {
		return errors.Errorf("figure: want images of 1 channel (grey) or 3 (red, green, blue), got Channels %d", channels)
	}
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return errors.Errorf("figure: want images of 1x1 to %dx%[1]d pixels, got Height %d and Width %d: reduce the images", maxSide, height, width)
	}
	if len(images) != n {
		return errors.Errorf("figure: want %d images in %s, got %d", n, what, len(images))
	}
	for i, px := range images {
		if len(px) != height*width*channels {
			return errors.Errorf("figure: want %d x %d x %d (height x width x channels) = %d values in each image of %s, got %d in image %d",
				height, width, channels, height*width*channels, what, len(px), i)
		}
		for j, v := range px {
			if v != v {
				pixel := j / channels
				return errors.Errorf("figure: want numbers as pixels, got NaN in image %d of %s at row %d, column %d, channel %d",
					i, what, pixel/width, pixel%width, j%channels)
			}
		}
	}
	return nil
}

// fit gives the size in pixels of a PNG at which an image fits into a room: enlarged by a whole
// factor, or reduced if it is larger than the room.
func fit(height, width, roomHeight, roomWidth int) (h, w int) {
	if k := min(roomHeight/height, roomWidth/width); k > 0 {
		return k * height, k * width
	}
	scale := min(float64(roomHeight)/float64(height), float64(roomWidth)/float64(width))
	return max(1, int(float64(height)*scale)), max(1, int(float64(width)*scale))
}

// canvas makes an image of h x w pixels for tiles of this size: grey if they have one channel, else
// in colour.
func (s Size) canvas(h, w int) draw.Image {
	if s.Channels == 1 {
		return image.NewGray(image.Rect(0, 0, w, h))
	}
	return image.NewRGBA(image.Rect(0, 0, w, h))
}

// tile draws an image into the rectangle r of dst, which is a canvas of the image's size. Values of
// 0 and less are dark, of 1 and more bright. Enlarging repeats pixels, reducing averages them.
func tile(dst draw.Image, r image.Rectangle, px []float32, size Size) {
	src := size.canvas(size.Height, size.Width)
	pix, _, depth := bytesFrom(src, image.Point{})
	for i := range size.Height * size.Width {
		for c, v := range px[i*size.Channels : (i+1)*size.Channels] {
			pix[i*depth+c] = uint8(min(max(v, 0), 1)*255 + 0.5)
		}
		if size.Channels == 3 {
			pix[i*depth+3] = 255 // opaque
		}
	}
	if r.Dx() < size.Width || r.Dy() < size.Height {
		draw.CatmullRom.Scale(dst, r, src, src.Bounds(), draw.Src, nil)
		return
	}
	k := r.Dx() / size.Width
	out, stride, _ := bytesFrom(dst, r.Min)
	for y := range r.Dy() {
		for x := range r.Dx() {
			copy(out[y*stride+x*depth:][:depth], pix[(y/k*size.Width+x/k)*depth:])
		}
	}
}

// bytesFrom gives the bytes of a canvas from a pixel on, the bytes from one row to the next, and the
// bytes of a pixel.
func bytesFrom(canvas draw.Image, at image.Point) (pix []uint8, stride, depth int) {
	switch c := canvas.(type) {
	case *image.Gray:
		return c.Pix[c.PixOffset(at.X, at.Y):], c.Stride, 1
	case *image.RGBA:
		return c.Pix[c.PixOffset(at.X, at.Y):], c.Stride, 4
	}
	panic("figure: not a canvas")
}
