package images

import (
	"fmt"

	"github.com/pkg/errors"
)

// Color says whether images are read as grey or as colour.
type Color int

const (
	Auto Color = iota // grey if all images are grey, else colour
	Grey              // one channel
	RGB               // three channels: red, green, blue
)

var colors = []string{"auto", "grey", "rgb"}

// ParseColor reads "auto", "grey" or "rgb".
func ParseColor(s string) (Color, error) {
	i, err := indexOf(colors, s)
	return Color(i), err
}

func (c Color) String() string {
	if c < 0 || int(c) >= len(colors) {
		return fmt.Sprintf("Color(%d)", int(c))
	}
	return colors[c]
}

// ColorOf returns the color of images with this number of channels: Grey for 1, RGB for 3, else
// Auto.
func ColorOf(channels int) Color {
	switch channels {
	case 1:
		return Grey
	case 3:
		return RGB
	}
	return Auto
}

// In returns the set in a color: the set itself if c is Auto or the set has that color already,
// else a new set. Colour becomes grey by the luminance of color.GrayModel; grey becomes three equal
// channels.
func (s *Set) In(c Color) (*Set, error) {
	switch {
	case c < Auto || c > RGB:
		return nil, errors.Errorf("want color %v, %v or %v, got %v", Auto, Grey, RGB, c)
	case c == Auto || c == ColorOf(s.Channels):
		return s, nil
	case ColorOf(s.Channels) == Auto:
		return nil, errors.Errorf("data set %s: want images of 1 or 3 channels to make them %v, got %d channels",
			s.Name, c, s.Channels)
	}
	t := *s
	t.Channels = 1
	if c == RGB {
		t.Channels = 3
	}
	t.Pixels, t.Deep = inChannels(s.Pixels, t.Channels, luminance), inChannels(s.Deep, t.Channels, deepLuminance)
	return &t, nil
}

// inChannels makes grey numbers three equal channels, or three channels grey.
func inChannels[T number](x []T, channels int, grey func(r, g, b T) T) []T {
	if x == nil {
		return nil
	}
	if channels == 3 {
		y := make([]T, 3*len(x))
		for i, v := range x {
			y[3*i], y[3*i+1], y[3*i+2] = v, v, v
		}
		return y
	}
	y := make([]T, len(x)/3)
	for i := range y {
		y[i] = grey(x[3*i], x[3*i+1], x[3*i+2])
	}
	return y
}

// deepLuminance is the grey that color.Gray16Model makes of an opaque colour.
func deepLuminance(r, g, b uint16) uint16 {
	return uint16((19595*uint64(r) + 38470*uint64(g) + 7471*uint64(b) + 1<<15) >> 16)
}

// luminance is the grey that color.GrayModel makes of an opaque colour. It has 16 bits for each
// channel, hence the factor of 257 = 0x101. The weights are those of JFIF.
func luminance(r, g, b byte) byte {
	y := (19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b)) * 257
	return byte((y + 1<<15) >> 24)
}
