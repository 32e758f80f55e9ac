package images

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// ToBytes turns the values of pixels, where 0 is black and 1 is white, into bytes: values are clamped to [0, 1], times
// 255, and rounded, halves up. NaN becomes black. It undoes Set.Example exactly.
func ToBytes(x []float32) []byte {
	pixels := make([]byte, len(x))
	for i, v := range x {
		switch {
		case v >= 1:
			pixels[i] = 255
		case v > 0: // false for NaN
			pixels[i] = byte(float64(float64(v)*255) + 0.5)
		}
	}
	return pixels
}

// gray shows pixels, (height, width), as an image without copying them.
func gray(pixels []byte, height, width int) *image.Gray {
	if len(pixels) != height*width {
		panic("images: pixels do not fill height x width")
	}
	return &image.Gray{Pix: pixels, Stride: width, Rect: image.Rect(0, 0, width, height)}
}

// WriteFolder writes the images of a set into a folder as PNG files 00000.png, 00001.png, and so on, in an order that
// ReadFolder reads them back in; labels are not written. The folder is made where it is missing. Files of these names
// are replaced, each atomically, and others stay.
func WriteFolder(dir string, s *Set) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.Wrapf(err, "cannot make the folder %s", dir)
	}
	digits := max(5, len(strconv.Itoa(s.Len()-1)))
	return each(s.Len(), func(i int) error {
		path := filepath.Join(dir, fmt.Sprintf("%0*d.png", digits, i))
		return atomicfile.Write(path, func(w io.Writer) error {
			return png.Encode(w, gray(s.Image(i), s.Height, s.Width))
		})
	})
}
