package images

import "fmt"

// Size is the size of an image.
type Size struct {
	Channels      int // 1 is grey, 3 is red, green and blue
	Height, Width int // in pixels
}

// Pixels returns the number of pixels: height times width.
func (s Size) Pixels() int { return s.Height * s.Width }

// Numbers returns the number of values: one for each channel of each pixel.
func (s Size) Numbers() int { return s.Channels * s.Height * s.Width }

// Shape returns the logical shape, (channels, height, width). In memory an image is ordered height,
// width, channel.
func (s Size) Shape() []int { return []int{s.Channels, s.Height, s.Width} }

// String writes height and width, and the channels unless there is one: "28 x 28 pixels", "28 x 28
// pixels in colour".
func (s Size) String() string {
	text := fmt.Sprintf("%d x %d pixels", s.Height, s.Width)
	switch s.Channels {
	case 1:
		return text
	case 3:
		return text + " in colour"
	}
	return fmt.Sprintf("%s of %d channels", text, s.Channels)
}

// number is a number of an image in memory.
type number interface{ byte | uint16 }
