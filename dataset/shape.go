package dataset

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Layouts of the images of arrays. The text "" stands for where the shape shows the channels.
const (
	channelsLast  = "nhwc"
	channelsFirst = "nchw"
)

// arrayShape is how the axes of an array are those of images.
type arrayShape struct {
	n             int
	size          images.Size
	channelsFirst bool // the numbers are (n, channels, height, width)
}

// parseShape finds out how an array of a shape holds images. There is no model yet that could tell, so it
// refuses what may be meant in two ways, and says what to do.
func parseShape(shape []int, layout string) (a arrayShape, err error) {
	if len(shape) > 4 {
		shape = slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
	}
	switch len(shape) {
	case 3:
		a = arrayShape{n: shape[0], size: images.Size{Channels: 1, Height: shape[1], Width: shape[2]}}
		err = doubtGrey(shape)
	case 4:
		a, err = parseColour(shape, layout)
	case 2:
		err = errors.New(flatHint(shape))
	default:
		err = errors.New("it has no axes for images")
		if k := len(shape); k > 4 {
			inner := shape[k-2:]
			if isColour(shape[k-1]) {
				inner = shape[k-3:]
			}
			err = errors.Errorf("it has %d axes: save array.reshape(-1, %s) if its last %d are those of an image", k, strings.Trim(tupleText(inner), "()"), len(inner))
		}
	}
	if err == nil && (a.n < 1 || a.size.Height < 1 || a.size.Width < 1) {
		err = errors.New("it is empty")
	}
	return a, errors.WithMessagef(err, "want an array of shape (n, height, width), (n, height, width, channels) or (n, channels, height, width) with 1 or 3 channels, got %s", tupleText(shape))
}

// doubtGrey refuses shapes of three axes whose images probably lie along another axis than the first.
func doubtGrey(shape []int) error {
	switch a, b, c := shape[0], shape[1], shape[2]; {
	case a == b && b != c && isColour(c):
		return errors.New("it looks like one image with its channels last, and a data set has several: stack them along a first axis")
	case a == b && b != c && c > 1:
		return errors.New("its images seem to lie along the last axis: save numpy.moveaxis(array, -1, 0), or array[..., None] if they do not")
	case isColour(a) && b == c && a != b:
		return errors.New("it looks like one image with its channels first, and a data set has several: stack them along a first axis, or save array[..., None] if they are grey images")
	}
	return nil
}

func isColour(n int) bool { return n == 1 || n == 3 }

func parseColour(shape []int, layout string) (a arrayShape, err error) {
	last := arrayShape{n: shape[0], size: images.Size{Channels: shape[3], Height: shape[1], Width: shape[2]}}
	firsts := arrayShape{n: shape[0], size: images.Size{Channels: shape[1], Height: shape[2], Width: shape[3]}, channelsFirst: true}
	okLast, okFirst := isColour(shape[3]), isColour(shape[1])
	switch {
	case layout == channelsLast && okLast || layout == "" && okLast && !okFirst:
		return last, nil
	case layout == channelsFirst && okFirst || layout == "" && okFirst && !okLast:
		return firsts, nil
	case layout == "" && okLast && okFirst:
		return a, errors.New("its channels may be first or last: add --layout nhwc or --layout nchw")
	case layout != "":
		return a, errors.Errorf("its channels are not where --layout %s has them", layout)
	case isColour(shape[2]):
		return a, errors.New("its images seem to lie along the last axis: save numpy.moveaxis(array, -1, 0)")
	case shape[3] == 2 || shape[3] == 4:
		return a, errors.New("its images seem to have alpha, which has no meaning in a model: save array[..., :-1]")
	case shape[1] == 2 || shape[1] == 4:
		return a, errors.New("its images seem to have alpha, which has no meaning in a model: save array[:, :-1]")
	}
	return a, errors.New("no axis has 1 or 3 channels")
}

// flatHint says what to do with an array of two axes, which are images in rows, one image, or codes.
func flatHint(shape []int) string {
	hint := "the height and width of images in rows are not known, and codes are no images"
	side := int(math.Sqrt(float64(shape[1])))
	if side > 1 && side*side == shape[1] {
		return fmt.Sprintf("%s: save array.reshape(-1, %d, %d) if they are square", hint, side, side)
	}
	return hint + ": save array.reshape(-1, HEIGHT, WIDTH)"
}

// tupleText returns a shape as Python writes it.
func tupleText(shape []int) string {
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	if len(shape) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

// set makes a data set of the numbers of images, from 0 to 1. It keeps bytes if each number is that of a byte,
// else 16 bits, and says so.
func (a arrayShape) set(x []float32) (*images.Set, string) {
	s := &images.Set{Channels: a.size.Channels, Height: a.size.Height, Width: a.size.Width}
	number := func(i int) float32 { return x[i] }
	if a.channelsFirst && a.size.Channels > 1 {
		pixels, c := a.size.Pixels(), a.size.Channels
		number = func(i int) float32 {
			image, at := i/(pixels*c), i%(pixels*c)
			return x[image*pixels*c+at%c*pixels+at/c]
		}
	}
	s.Pixels = make([]byte, len(x))
	for i := range x {
		v := number(i)
		b := byte(float32(v*255) + 0.5)
		if v != float32(b)/255 && v != float32(float64(b)/255) {
			s.Pixels = nil
			break
		}
		s.Pixels[i] = b
	}
	if s.Pixels != nil {
		return s, ""
	}
	s.Deep = make([]uint16, len(x))
	exact := true
	for i := range x {
		v := number(i)
		s.Deep[i] = uint16(float64(float64(v)*65535) + 0.5)
		exact = exact && v == float32(s.Deep[i])/65535
	}
	if exact {
		return s, ""
	}
	return s, "the numbers are kept with 16 bits"
}

// setOfBytes makes a data set of the numbers of images, in the memory of x.
func (a arrayShape) setOfBytes(x []byte) *images.Set {
	if c, pixels := a.size.Channels, a.size.Pixels(); a.channelsFirst && c > 1 {
		planes := make([]byte, c*pixels) // of one image
		for n := range a.n {
			image := x[n*len(planes):][:len(planes)]
			copy(planes, image)
			for i := range image {
				image[i] = planes[i%c*pixels+i/c]
			}
		}
	}
	return &images.Set{Channels: a.size.Channels, Height: a.size.Height, Width: a.size.Width, Pixels: x}
}

// deepen makes images of bytes images of 16 bits.
func deepen(s *images.Set) {
	if s.Deep != nil {
		return
	}
	s.Deep = make([]uint16, len(s.Pixels))
	for i, b := range s.Pixels {
		s.Deep[i] = uint16(b) * 257
	}
	s.Pixels = nil
}
