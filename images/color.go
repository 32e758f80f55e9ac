package images

import (
	"fmt"
	"strings"

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
	for i, name := range colors {
		if s == name {
			return Color(i), nil
		}
	}
	return Auto, errors.Errorf("want one of %s, got %q", strings.Join(colors, ", "), s)
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
	if c == RGB {
		t.Channels, t.Pixels = 3, make([]byte, 3*len(s.Pixels))
		for i, v := range s.Pixels {
			t.Pixels[3*i], t.Pixels[3*i+1], t.Pixels[3*i+2] = v, v, v
		}
		return &t, nil
	}
	t.Channels, t.Pixels = 1, make([]byte, len(s.Pixels)/3)
	for i := range t.Pixels {
		t.Pixels[i] = luminance(s.Pixels[3*i], s.Pixels[3*i+1], s.Pixels[3*i+2])
	}
	return &t, nil
}

// luminance is the grey that color.GrayModel makes of an opaque colour. It has 16 bits for each
// channel, hence the factor of 257 = 0x101. The weights are those of JFIF.
func luminance(r, g, b byte) byte {
	y := (19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b)) * 257
	return byte((y + 1<<15) >> 24)
}
