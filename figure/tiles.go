package figure

import (
	"image"

	"github.com/pkg/errors"
	"golang.org/x/image/draw"
)

// maxSide bounds the side of an image, so that a page stays within what can be
// allocated and looked at.
const maxSide = 4096

// Tiles are enlarged to at most maxTile pixels of a PNG, about an inch, and
// less where more of them share the room across a page.
const (
	maxTile  = 220
	pageRoom = 1300
)

// checkImages returns an error unless there are n images of height x width
// finite or infinite numbers.
func checkImages(what string, images [][]float32, n, height, width int) error {
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return errors.Errorf("figure: want images of 1x1 to %dx%[1]d pixels, got Height %d and Width %d", maxSide, height, width)
	}
	if len(images) != n {
		return errors.Errorf("figure: want %d %s, got %d", n, what, len(images))
	}
	for i, px := range images {
		if len(px) != height*width {
			return errors.Errorf("figure: want %dx%d = %d pixels in each of the %s, got %d in number %d",
				height, width, height*width, what, len(px), i)
		}
		for j, v := range px {
			if v != v {
				return errors.Errorf("figure: want numbers as pixels, got NaN in number %d of the %s at row %d, column %d",
					i, what, j/width, j%width)
			}
		}
	}
	return nil
}

// fit gives the size in pixels of a PNG at which an image fits into a room:
// enlarged by a whole number, or reduced if it is larger.
func fit(height, width, roomHeight, roomWidth int) (h, w int) {
	if k := min(roomHeight/height, roomWidth/width); k > 0 {
		return k * height, k * width
	}
	scale := min(float64(roomHeight)/float64(height), float64(roomWidth)/float64(width))
	return max(1, int(float64(height)*scale)), max(1, int(float64(width)*scale))
}

// tile puts an image into the rectangle r of dst: 0 and below are black, 1 and
// above are white. Enlarging repeats pixels, reducing averages them.
func tile(dst *image.Gray, r image.Rectangle, px []float32, height, width int) {
	src := image.NewGray(image.Rect(0, 0, width, height))
	for i, v := range px {
		src.Pix[i] = uint8(min(max(v, 0), 1)*255 + 0.5)
	}
	if r.Dx() < width || r.Dy() < height {
		draw.CatmullRom.Scale(dst, r, src, src.Rect, draw.Src, nil)
		return
	}
	k := r.Dx() / width
	for y := range r.Dy() {
		row := dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y+y):]
		for x := range r.Dx() {
			row[x] = src.Pix[y/k*width+x/k]
		}
	}
}
