package run

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

func grey(height, width int) images.Size {
	return images.Size{Channels: 1, Height: height, Width: width}
}
func colour(height, width int) images.Size {
	return images.Size{Channels: 3, Height: height, Width: width}
}

// Models that these shapes are read for.
var (
	dense     = reader{trained: grey(28, 28), fixed: true, code: []int{30}}
	tall      = reader{trained: grey(12, 8), fixed: true, code: []int{3}}
	conv      = reader{trained: grey(16, 24), code: []int{5, 4, 6}}
	square    = reader{trained: grey(28, 28), code: []int{1, 7, 7}}
	convFlat  = reader{trained: grey(16, 24), code: []int{10}}
	convColor = reader{trained: colour(16, 24), code: []int{8, 4, 6}}
	colored   = reader{trained: colour(8, 8), fixed: true, code: []int{7}}
)

func (r reader) in(l Layout) reader {
	r.layout = l
	return r
}

func TestReadShape(t *testing.T) {
	for name, c := range map[string]struct {
		r      reader
		shape  []int
		n      int
		size   images.Size
		layout Layout
		note   string // a part of it; "" for none
	}{
		"many":                     {dense, []int{7, 28, 28}, 7, grey(28, 28), ByShape, ""},
		"last":                     {dense, []int{7, 28, 28, 1}, 7, grey(28, 28), ByShape, ""},
		"first":                    {dense, []int{7, 1, 28, 28}, 7, grey(28, 28), ByShape, ""},
		"one":                      {dense, []int{28, 28}, 1, grey(28, 28), ByShape, ""},
		"one of many":              {dense, []int{1, 28, 28, 1}, 1, grey(28, 28), ByShape, ""},
		"one with channels":        {dense, []int{28, 28, 1}, 1, grey(28, 28), ByShape, ""},
		"flat":                     {dense, []int{7, 784}, 7, grey(28, 28), ByShape, ""},
		"one flat":                 {dense, []int{784}, 1, grey(28, 28), ByShape, ""},
		"flat with axes":           {dense, []int{7, 1, 1, 784}, 7, grey(28, 28), ByShape, ""},
		"five axes":                {dense, []int{1, 7, 28, 28, 1}, 7, grey(28, 28), ByShape, ""},
		"none":                     {dense, []int{0, 28, 28}, 0, grey(28, 28), ByShape, ""},
		"cube":                     {dense, []int{28, 28, 28}, 28, grey(28, 28), ByShape, "28 images along its first axis"},
		"resized":                  {conv, []int{2, 32, 40}, 2, grey(32, 40), ByShape, "read as 2 images of 32 x 40 pixels; the model was trained on 16 x 24 pixels"},
		"turned":                   {conv, []int{2, 24, 16}, 2, grey(24, 16), ByShape, "read as 2 images of 24 x 16 pixels"},
		"one resized":              {conv, []int{32, 40}, 1, grey(32, 40), ByShape, "1 image of 32 x 40"},
		"one resized last":         {conv, []int{32, 40, 1}, 1, grey(32, 40), ByShape, "1 image of 32 x 40"},
		"conv flat":                {conv, []int{2, 384}, 2, grey(16, 24), ByShape, ""},
		"explicit":                 {conv, []int{16, 24, 7, 1}, 16, grey(24, 7), ByShape, "16 images of 24 x 7"},
		"colour last":              {convColor, []int{2, 16, 24, 3}, 2, colour(16, 24), ChannelsLast, ""},
		"colour first":             {convColor, []int{2, 3, 16, 24}, 2, colour(16, 24), ChannelsFirst, ""},
		"one colour":               {convColor, []int{16, 24, 3}, 1, colour(16, 24), ChannelsLast, ""},
		"one colour first":         {convColor, []int{3, 16, 24}, 1, colour(16, 24), ChannelsFirst, ""},
		"colour with axes":         {convColor, []int{2, 1, 16, 24, 3}, 2, colour(16, 24), ChannelsLast, ""},
		"colour flat":              {convColor, []int{2, 1152}, 2, colour(16, 24), ByShape, "pixel after pixel: --layout nchw"},
		"colour flat first":        {convColor.in(ChannelsFirst), []int{2, 1152}, 2, colour(16, 24), ByShape, ""},
		"three columns, last":      {convColor.in(ChannelsLast), []int{2, 3, 9, 3}, 2, colour(3, 9), ChannelsLast, "2 images of 3 x 9"},
		"three columns, first":     {convColor.in(ChannelsFirst), []int{2, 3, 9, 3}, 2, colour(9, 3), ChannelsFirst, "2 images of 9 x 3"},
		"dense colour":             {colored, []int{5, 3, 8, 8}, 5, colour(8, 8), ChannelsFirst, ""},
		"codes of other shape":     {square, []int{4, 1, 9, 9}, 4, grey(9, 9), ByShape, "4 images of 9 x 9"},
		"images as wide as a code": {convFlat, []int{1, 4, 10, 1}, 1, grey(4, 10), ByShape, "1 image of 4 x 10"},
	} {
		x, note, err := c.r.read(c.shape)
		if err != nil || x.n != c.n || x.size != c.size || x.layout != c.layout || !strings.Contains(note, c.note) || c.note == "" && note != "" {
			t.Errorf("%s: %v is read as %+v, %q, %v", name, c.shape, x, note, err)
		}
	}
}

func TestRefusedShapes(t *testing.T) {
	for name, c := range map[string]struct {
		r     reader
		shape []int
		want  string
	}{
		"n last":         {dense, []int{28, 28, 7}, "its images lie along the last axis: save numpy.moveaxis(array, -1, 0)"},
		"flat n last":    {dense, []int{784, 7}, "its images lie along the last axis"},
		"n last, conv":   {conv, []int{16, 24, 7}, "or with (16, 24, 7, 1) if its images have this size"},
		"n last, colour": {colored, []int{8, 8, 3, 5}, "its images lie along the last axis"},
		"swapped":        {tall, []int{5, 8, 12}, "its height and width are swapped"},
		"one swapped":    {tall, []int{8, 12}, "its height and width are swapped"},
		"codes":          {dense, []int{7, 30}, "codes of this model, which decode takes"},
		"one code":       {dense, []int{30}, "codes of this model, which decode takes"},
		"wide codes":     {convFlat, []int{7, 10}, "codes of this model, which decode takes; images of this size have (1, 7, 10, 1)"},
		"image codes":    {square, []int{4, 1, 7, 7}, "codes of this model, which decode takes; images of this size have (4, 7, 7, 1)"},
		"colour to grey": {dense, []int{7, 28, 28, 3}, "the model takes grey"},
		"grey to colour": {colored, []int{5, 8, 8}, "the model takes colour"},
		"either":         {convColor, []int{2, 3, 9, 3}, "first or last, got (2, 3, 9, 3): add --layout nhwc, or --layout nchw"},
		"one either":     {convColor, []int{3, 9, 3}, "first or last"},
		"wrong layout":   {convColor.in(ChannelsFirst), []int{2, 16, 24, 3}, "elsewhere than --layout says"},
		"nothing":        {dense, nil, "got ()"},
		"no pixels":      {conv, []int{5, 0, 7}, "got (5, 0, 7)"},
		"other":          {dense, []int{7, 27, 28}, "want an array of shape (n, 28, 28), got (7, 27, 28)"},
	} {
		x, note, err := c.r.read(c.shape)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v is read as %+v, %q, %v, want %s", name, c.shape, x, note, err, c.want)
		}
	}
	for text, want := range map[string]Layout{"": ByShape, "nhwc": ChannelsLast, "nchw": ChannelsFirst} {
		if l, err := ParseLayout(text); err != nil || l != want {
			t.Errorf("%q: got %v, %v", text, l, err)
		}
	}
	if _, err := ParseLayout("NHWC"); err == nil {
		t.Error("NHWC is accepted")
	}
}
