package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/images"
)

// hint says what a shape that cannot be read probably is, and what to do.
func (r reader) hint(shape []int) string {
	free := r
	free.layout = ByShape
	if len(free.possible(shape)) > 0 {
		return "its channels are elsewhere than --layout says"
	}
	if len(shape) > 0 && slices.Equal(shape[1:], r.code) || slices.Equal(shape, r.code) {
		return "it has the shape of codes of this model, which decode takes"
	}
	if hint := r.lastAxis(shape); hint != "" {
		if v, ok := r.view(shape); ok && v.n == 1 && v.axis == -1 && v.size.Channels != r.trained.Channels {
			hint += ", but if these are channels, " + r.mend(v)
		}
		return hint
	}
	swapped := free
	swapped.trained.Height, swapped.trained.Width, swapped.fixed = r.trained.Width, r.trained.Height, true
	if r.trained.Height != r.trained.Width {
		for _, x := range swapped.possible(shape) {
			if !x.flat {
				return "its height and width are swapped: save numpy.swapaxes(array, ...) of these two axes"
			}
		}
	}
	if v, ok := r.view(shape); ok {
		return r.mend(v)
	}
	switch {
	case slices.Contains(shape, 0):
		return "it is empty"
	case len(shape) == 2:
		return fmt.Sprintf("its rows have %s, and images in rows have %d", counted(shape[1], "number"), r.trained.Numbers())
	case len(shape) == 4:
		return fmt.Sprintf("neither its last axis nor its second has the model's %s", counted(r.trained.Channels, "channel"))
	}
	return ""
}

// lastAxis says that the images of an array lie along its last axis, if the others make an image as the
// model was trained on.
func (r reader) lastAxis(shape []int) string {
	k := len(shape) - 1
	if k < 1 || shape[k] == 1 {
		return ""
	}
	moved := r
	moved.fixed = true
	all := moved.possible(append([]int{shape[k]}, shape[:k]...))
	if len(all) == 0 || all[0].n != shape[k] {
		return ""
	}
	return "its images lie along the last axis: save numpy.moveaxis(array, -1, 0)"
}

// view is how a shape that the model does not take is probably one of images.
type view struct {
	n      int
	size   images.Size
	single bool   // there is no axis of images
	axis   int    // of the channels: -1 for the last, else from 0; none if the images are grey
	array  string // the array with these axes, in the words of NumPy
}

const none = 99 // in place of an axis

// view finds the most likely view of a shape: one of the model's own size if there is one.
func (r reader) view(shape []int) (view, bool) {
	if len(shape) > 4 {
		s := squeeze(shape)
		if len(s) > 4 || len(s) < 2 {
			return r.deepView(shape)
		}
		v, ok := r.view(s)
		v.array = strings.Replace(v.array, "array", "array.squeeze()", 1)
		return v, ok
	}
	if v, ok := r.flatView(shape); ok {
		return v, true
	}
	var all []view
	add := func(n, channels, height, width int, single bool, axis int) {
		all = append(all, view{n, images.Size{Channels: channels, Height: height, Width: width}, single, axis, "array"})
	}
	switch len(shape) {
	case 4:
		if r.layout != ChannelsFirst {
			add(shape[0], shape[3], shape[1], shape[2], false, -1)
		}
		if r.layout != ChannelsLast {
			add(shape[0], shape[1], shape[2], shape[3], false, 1)
		}
	case 3:
		add(1, shape[2], shape[0], shape[1], true, -1)
		add(1, shape[0], shape[1], shape[2], true, 0)
		all = slices.DeleteFunc(all, func(v view) bool { return v.size.Channels < 2 || v.size.Channels > 4 })
		add(shape[0], 1, shape[1], shape[2], false, none)
	case 2:
		if isNear(shape[0], r.trained.Height) && isNear(shape[1], r.trained.Width) {
			add(1, 1, shape[0], shape[1], true, none)
		}
	}
	all = slices.DeleteFunc(all, func(v view) bool { return slices.Contains(shape, 0) || v.size.Channels > 64 })
	for _, likely := range []func(v view) bool{
		func(v view) bool { return v.size.Height == r.trained.Height && v.size.Width == r.trained.Width },
		func(v view) bool { return v.size.Channels < min(v.size.Height, v.size.Width) },
	} {
		if k := slices.IndexFunc(all, likely); k >= 0 {
			return all[k], true
		}
	}
	return view{}, false
}

// isNear reports whether a side of an image may be meant for a model with another one.
func isNear(side, other int) bool { return 4*side >= other && side <= 16*other }

// flatView is the view of images that are one axis, with more or fewer channels than the model's.
func (r reader) flatView(shape []int) (view, bool) {
	if len(shape) < 1 || len(shape) > 2 {
		return view{}, false
	}
	numbers, n := shape[len(shape)-1], 1
	if len(shape) == 2 {
		n = shape[0]
	}
	s, pixels := r.trained, r.trained.Pixels()
	if s.Channels = numbers / pixels; numbers%pixels != 0 || s.Channels < 1 || s.Channels > 4 || s == r.trained {
		return view{}, false
	}
	if s.Channels == 1 {
		return view{n, s, false, none, fmt.Sprintf("array.reshape(-1, %d, %d)", s.Height, s.Width)}, true
	}
	return view{n, s, false, -1, fmt.Sprintf("array.reshape(-1, %d, %d, %d)", s.Height, s.Width, s.Channels)}, true
}

// deepView is the view of more than four axes, of which the first are images.
func (r reader) deepView(shape []int) (view, bool) {
	k := len(shape) - 2
	if last := shape[len(shape)-1]; last <= 4 {
		k--
	}
	if k < 1 {
		return view{}, false
	}
	n := 1
	for _, side := range shape[:k] {
		n *= side
	}
	v, ok := r.view(append([]int{n}, shape[k:]...))
	v.array = "array.reshape(" + strings.Trim(shapeOf(append([]int{-1}, shape[k:]...)).String(), "()") + ")"
	return v, ok
}

// mend says what the images of a view are, what the model takes, and how NumPy makes the one from the other.
func (r reader) mend(v view) string {
	is, takes := describeImages(v.n, v.size), map[bool]string{true: "grey", false: "colour"}[r.trained.Channels == 1]
	if v.n != 1 {
		is = "these are " + is
	} else {
		is = "this is " + is
	}
	resize := r.fixed && (v.size.Height != r.trained.Height || v.size.Width != r.trained.Width)
	if resize {
		takes += fmt.Sprintf(" of %d x %d", r.trained.Height, r.trained.Width)
	}
	made := v.inChannels(r.trained.Channels)
	array, does := made.array, []string(nil)
	if has := v.size.Channels; has == 2 || has == 4 {
		does = append(does, "drops alpha")
	} else if has > 4 {
		does = append(does, "keeps "+map[bool]string{true: "the first channel", false: "the first 3 channels"}[r.trained.Channels == 1])
	}
	files := ""
	if resize {
		cut, how := made.cutOut(r.trained)
		array, does = cut, append(does, how...)
		files = fmt.Sprintf("; pictures in files come to that size by --size %dx%d", r.trained.Height, r.trained.Width)
	}
	if len(does) > 0 {
		array += ", which " + strings.Join(does, " and ")
	}
	return fmt.Sprintf("%s, and the model takes %s: save %s%s", is, takes, array, files)
}

// describeImages writes the number of images, their size and their channels.
func describeImages(n int, s images.Size) string {
	channels := map[int]string{1: "grey", 2: "2 channels, grey and alpha", 3: "3 channels, red, green and blue", 4: "4 channels, red, green, blue and alpha"}[s.Channels]
	if channels == "" {
		channels = fmt.Sprintf("%d channels", s.Channels)
	}
	return fmt.Sprintf("%s of %d x %d pixels (height x width), %s", counted(n, "image"), s.Height, s.Width, channels)
}

// inChannels returns the view of the array with 1 or 3 channels. Alpha is dropped, and grey is the
// luminance of colours.
func (v view) inChannels(channels int) view {
	first := func(n int) string { // the first n channels
		switch v.axis {
		case -1:
			return fmt.Sprintf("%s[..., :%d]", v.array, n)
		case 0:
			return fmt.Sprintf("%s[:%d]", v.array, n)
		}
		return fmt.Sprintf("%s[:, :%d]", v.array, n)
	}
	switch has := v.size.Channels; {
	case has == channels:
	case channels == 1 && (has == 3 || has == 4):
		colours := v.array
		if has == 4 {
			colours = first(3)
		}
		if v.axis >= 0 {
			colours = fmt.Sprintf("numpy.moveaxis(%s, %d, -1)", colours, v.axis)
		}
		v.array, v.axis = fmt.Sprintf("(%s @ [0.299, 0.587, 0.114]).astype(array.dtype)", colours), none
	case channels == 1:
		v.array = first(1)
	case has == 1 && v.axis == none:
		v.array, v.axis = fmt.Sprintf("numpy.stack([%s] * 3, -1)", v.array), -1
	case has == 1:
		v.array = fmt.Sprintf("numpy.repeat(%s, 3, %d)", v.array, v.axis)
	case has == 2:
		v.array = fmt.Sprintf("numpy.repeat(%s, 3, %d)", first(1), v.axis)
	default:
		v.array = first(3)
	}
	v.size.Channels = channels
	return v
}

// cutOut returns the array with the middle of each image, with zeros around images that are too small, and
// says so.
func (v view) cutOut(to images.Size) (array string, does []string) {
	var slices, pads []string
	if !v.single {
		slices, pads = append(slices, ":"), append(pads, "(0, 0)")
	}
	if v.axis >= 0 && v.axis != none {
		slices, pads = append(slices, ":"), append(pads, "(0, 0)")
	}
	cut, padded := false, false
	for _, side := range [][2]int{{v.size.Height, to.Height}, {v.size.Width, to.Width}} {
		less := side[0] - side[1]
		slice, pad := ":", "(0, 0)"
		if less > 0 {
			slice, cut = fmt.Sprintf("%d:%d", less/2, less/2+side[1]), true
		} else if less < 0 {
			pad, padded = fmt.Sprintf("(%d, %d)", -less/2, -less-(-less/2)), true
		}
		slices, pads = append(slices, slice), append(pads, pad)
	}
	array = v.array
	if cut {
		array += "[" + strings.Join(slices, ", ") + "]"
		does = append(does, "cuts out the middle")
	}
	if padded {
		if v.axis == -1 {
			pads = append(pads, "(0, 0)")
		}
		array = fmt.Sprintf("numpy.pad(%s, (%s))", array, strings.Join(pads, ", "))
		does = append(does, "puts black around")
	}
	return array, does
}
