package run

import (
	"strings"
	"testing"
)

// What a model does not take is described with its axes, and a line of NumPy makes it what the model takes.
func TestMend(t *testing.T) {
	const grey, alpha = "(array[..., :3] @ [0.299, 0.587, 0.114]).astype(array.dtype)", ", 4 channels, red, green, blue and alpha, and the model takes "
	for name, c := range map[string]struct {
		r     reader
		shape []int
		want  string
	}{
		"alpha to grey":            {dense, []int{60, 28, 28, 4}, "got (60, 28, 28, 4): these are 60 images of 28 x 28 pixels (height x width)" + alpha + "grey: save " + grey + ", which drops alpha"},
		"alpha to colour":          {colored, []int{6, 8, 8, 4}, "these are 6 images of 8 x 8 pixels (height x width)" + alpha + "colour: save array[..., :3], which drops alpha"},
		"channels first":           {dense, []int{6, 4, 28, 28}, "save (numpy.moveaxis(array[:, :3], 1, -1) @ [0.299, 0.587, 0.114]).astype(array.dtype)"},
		"channels first, colour":   {colored, []int{6, 4, 8, 8}, "save array[:, :3], which drops alpha"},
		"one image":                {colored, []int{8, 8, 4}, "this is 1 image of 8 x 8 pixels (height x width)" + alpha + "colour: save array[..., :3]"},
		"one image, first":         {colored, []int{4, 8, 8}, "save array[:3], which drops alpha"},
		"either":                   {dense, []int{28, 28, 4}, "save numpy.moveaxis(array, -1, 0), but if these are channels, this is 1 image of 28 x 28 pixels (height x width)" + alpha + "grey: save " + grey},
		"either, four axes":        {dense, []int{1, 28, 28, 4}, "but if these are channels, this is 1 image"},
		"grey and alpha":           {dense, []int{6, 28, 28, 2}, "2 channels, grey and alpha, and the model takes grey: save array[..., :1], which drops alpha"},
		"grey and alpha to colour": {colored, []int{6, 8, 8, 2}, "save numpy.repeat(array[..., :1], 3, -1), which drops alpha"},
		"grey to colour":           {colored, []int{6, 8, 8}, "these are 6 images of 8 x 8 pixels (height x width), grey, and the model takes colour: save numpy.stack([array] * 3, -1)"},
		"grey to colour, last":     {colored, []int{6, 8, 8, 1}, "save numpy.repeat(array, 3, -1)"},
		"more channels":            {colored, []int{6, 8, 8, 7}, "7 channels, and the model takes colour: save array[..., :3], which keeps the first 3 channels"},
		"flat colour":              {dense, []int{6, 2352}, "save (array.reshape(-1, 28, 28, 3) @ [0.299, 0.587, 0.114]).astype(array.dtype)"},
		"flat colour, conv":        {conv, []int{6, 1152}, "save (array.reshape(-1, 16, 24, 3) @ [0.299, 0.587, 0.114]).astype(array.dtype), or with (1, 6, 1152, 1) if its images have this size"},
		"flat grey":                {colored, []int{6, 64}, "save numpy.stack([array.reshape(-1, 8, 8)] * 3, -1)"},
		"rows":                     {dense, []int{6, 500}, "its rows have 500 numbers, and images in rows have 784"},
		"larger":                   {dense, []int{6, 32, 31}, "6 images of 32 x 31 pixels (height x width), grey, and the model takes grey of 28 x 28: save array[:, 2:30, 1:29], which cuts out the middle; pictures in files come to that size by --size 28x28"},
		"larger, with alpha":       {colored, []int{6, 10, 8, 4}, "save array[..., :3][:, 1:9, :], which drops alpha and cuts out the middle"},
		"larger, first":            {colored, []int{6, 3, 10, 10}, "save array[:, :, 1:9, 1:9], which cuts out the middle"},
		"smaller":                  {dense, []int{6, 27, 20}, "save numpy.pad(array, ((0, 0), (0, 1), (4, 4))), which puts black around"},
		"smaller, colour":          {colored, []int{6, 6, 7, 3}, "save numpy.pad(array, ((0, 0), (1, 1), (0, 1), (0, 0))), which puts black around"},
		"wider and lower":          {tall, []int{6, 10, 10}, "save numpy.pad(array[:, :, 1:9], ((0, 0), (1, 1), (0, 0))), which cuts out the middle and puts black around"},
		"one larger":               {dense, []int{32, 32}, "this is 1 image of 32 x 32 pixels (height x width), grey, and the model takes grey of 28 x 28: save array[2:30, 2:30]"},
		"five axes":                {colored, []int{2, 5, 8, 8, 3}, "these are 10 images of 8 x 8 pixels (height x width), 3 channels, red, green and blue, and the model takes colour: save array.reshape(-1, 8, 8, 3)"},
		"maps":                     {dense, []int{6, 28, 28, 128}, "neither its last axis nor its second has the model's 1 channel"},
		"no pixels":                {colored, []int{6, 0, 8, 3}, "it is empty"},
		"axes of length 1":         {colored, []int{1, 6, 8, 8, 4}, "save array.squeeze()[..., :3]"},
	} {
		x, note, err := c.r.read(c.shape)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v is read as %+v, %q, %v, want %s", name, c.shape, x, note, err, c.want)
		}
	}
}
