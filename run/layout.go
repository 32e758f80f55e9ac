package run

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Layout says where the channels of the images in an array are.
type Layout int

// Layouts.
const (
	ByShape       Layout = iota // where the shape shows them
	ChannelsLast                // (n, height, width, channels)
	ChannelsFirst               // (n, channels, height, width)
)

// ParseLayout reads a layout: nhwc, nchw, or "" for ByShape.
func ParseLayout(text string) (Layout, error) {
	switch text {
	case "":
		return ByShape, nil
	case "nhwc":
		return ChannelsLast, nil
	case "nchw":
		return ChannelsFirst, nil
	}
	return ByShape, errors.Errorf("want nhwc, with the channels last, or nchw, with the channels first, got %q", text)
}

// reading is how the numbers of an array are images.
type reading struct {
	n      int
	size   images.Size
	layout Layout // ByShape if the shape has no axis of channels
	flat   bool   // an image is one axis
}

// readings returns all ways to see the axes of a shape as those of images, or of one image, with these
// channels. Flat images have the size that is known.
func readings(shape []int, known images.Size) []reading {
	c := known.Channels
	var all []reading
	add := func(n, height, width int, l Layout) {
		all = append(all, reading{n: n, size: images.Size{Channels: c, Height: height, Width: width}, layout: l})
	}
	flat := func(n, numbers int) {
		if numbers == known.Numbers() {
			all = append(all, reading{n: n, size: known, flat: true})
		}
	}
	switch len(shape) {
	case 4:
		if shape[3] == c {
			add(shape[0], shape[1], shape[2], ChannelsLast)
		}
		if shape[1] == c {
			add(shape[0], shape[2], shape[3], ChannelsFirst)
		}
	case 3:
		if c == 1 {
			add(shape[0], shape[1], shape[2], ByShape)
		}
		if shape[2] == c {
			add(1, shape[0], shape[1], ChannelsLast)
		}
		if shape[0] == c {
			add(1, shape[1], shape[2], ChannelsFirst)
		}
	case 2:
		flat(shape[0], shape[1])
		if c == 1 {
			add(1, shape[0], shape[1], ByShape)
		}
	case 1:
		flat(1, shape[0])
	}
	return all
}

// squeeze returns a shape without its axes of length 1.
func squeeze(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
}

// reader chooses between the readings of a shape.
type reader struct {
	trained images.Size // what the model was trained on
	fixed   bool        // the model takes no other size
	layout  Layout
	code    []int // the shape of a code
}

// possible returns the readings of a shape that the model can take, without repetitions. Axes of length 1
// may be anywhere. A reading with a side of 1 counts only if there is no other.
func (r reader) possible(shape []int) []reading {
	var all []reading
	for _, s := range [][]int{shape, squeeze(shape)} {
		for _, x := range readings(s, r.trained) {
			explicit := x.layout != ByShape
			if x.size.Height < 1 || x.size.Width < 1 || r.fixed && x.size != r.trained || explicit && r.layout != ByShape && x.layout != r.layout {
				continue
			}
			if x.size.Channels == 1 {
				x.layout = ByShape // the numbers have the same order
			}
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	for _, better := range []func(x reading) bool{
		func(x reading) bool { return x.size.Height > 1 && x.size.Width > 1 },
		func(x reading) bool { return x.size == r.trained },
	} {
		if some := slices.DeleteFunc(slices.Clone(all), func(x reading) bool { return !better(x) }); len(some) > 0 {
			all = some
		}
	}
	return all
}

// read returns how an array of a shape is images, with a note if that is a guess. The error says what is
// wrong with the shape, without its name.
func (r reader) read(shape []int) (reading, string, error) {
	all := r.possible(shape)
	if len(all) == 0 {
		return reading{}, "", r.wrong(shape, r.hint(shape))
	}
	x := all[0]
	if len(all) > 1 && all[1].layout != x.layout && all[1].layout != ByShape && x.layout != ByShape {
		return x, "", errors.Errorf("want a shape that shows if the channels are first or last, got %v: add --layout nhwc, or --layout nchw", shapeOf(shape))
	}
	if x.size != r.trained {
		if hint := r.doubt(shape); hint != "" {
			return x, "", r.wrong(shape, hint)
		}
	}
	return x, r.note(shape, x), nil
}

// doubt says why a shape that can be read is probably meant otherwise, or returns "". A shape with all
// four axes is meant as it is.
func (r reader) doubt(shape []int) string {
	if len(shape) > 1 && slices.Equal(shape[1:], r.code) {
		return fmt.Sprintf("it has the shape of codes of this model, which decode takes; images of this size have %v", shapeOf(explicit(shape)))
	}
	if len(shape) < 4 {
		hint := r.lastAxis(shape)
		if len(shape) == 2 && hint == "" && shape[1] > r.trained.Numbers() {
			if v, ok := r.flatView(shape); ok {
				hint = r.mend(v)
			}
		}
		if hint != "" {
			return fmt.Sprintf("%s, or with %v if its images have this size", hint, shapeOf(explicit(shape)))
		}
	}
	return ""
}

// explicit returns the shape of grey images with all four axes.
func explicit(shape []int) []int {
	if len(shape) == 2 {
		shape = append([]int{1}, shape...)
	}
	if len(shape) == 4 { // (n, 1, height, width)
		return []int{shape[0], shape[2], shape[3], shape[1]}
	}
	return append(slices.Clone(shape), 1)
}

// note says how an array is read if its shape does not decide it.
func (r reader) note(shape []int, x reading) string {
	what := fmt.Sprintf("%d images", x.n)
	if x.n == 1 {
		what = "1 image"
	}
	s := squeeze(shape)
	switch {
	case x.flat && x.size.Channels > 1 && r.layout == ByShape:
		return fmt.Sprintf("the array is read as %s, pixel after pixel: --layout nchw reads it channel after channel", what)
	case x.size != r.trained:
		return fmt.Sprintf("the array is read as %s of %v; the model was trained on %v", what, x.size, r.trained)
	case len(s) > 1 && x.n == s[len(s)-1] && s[0] == s[len(s)-1] && x.n > 1 && (len(s) == 2 || len(s) == 3 && s[1] == s[0]):
		return fmt.Sprintf("the array is read as %s along its first axis: nothing in its shape shows which axis that is", what)
	}
	return ""
}

func (r reader) wrong(shape []int, hint string) error {
	if hint != "" {
		hint = ": " + hint
	}
	return errors.Errorf("want an array of shape %v, got %v%s", manyOf(imageShape(r.trained)), shapeOf(shape), hint)
}
