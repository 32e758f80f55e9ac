package images

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Options are the ways to read pictures. The zero value reads each as it is: grey or colour as the
// pictures are, transparent pixels on white, all of the range of numbers, at the picture's own size.
type Options struct {
	Color      Color
	Background Background // lies under pixels that are transparent

	// Range says which numbers of the files become 0 and 1. The zero value is what the format
	// says: 0 to 255, or to 65535 for pictures of 16 bits.
	Range Range

	// Height and Width, if not 0, are the size that all pictures are brought to, as Fit says.
	Height, Width int
	Fit           Fit

	// SkipDamaged leaves out files that cannot be read, and says so in a note. Otherwise they are an
	// error, which lists them.
	SkipDamaged bool

	// ListDamaged leaves out files that cannot be read, too, but has them in Files.Damaged and not in a
	// note. There may be no picture left then.
	ListDamaged bool

	// Keep, if not nil, says which of the pictures of a folder or a list are read, by their names. There may
	// be none. The classes are those of all.
	Keep func(name string) bool

	// Cache bounds the bytes of decoded pictures that are kept in memory. 0: a quarter of the
	// machine's memory. Pictures beyond it are decoded again each time.
	Cache int64

	// Progress, if not nil, is called while pictures are read, with how many were read and of how
	// many. Several goroutines call it, one after the other.
	Progress func(done, total int)
}

// Check returns an error if a picture cannot be read with these options.
func (o Options) Check() error {
	switch {
	case o.Color < Auto || o.Color > RGB:
		return errors.Errorf("want color %v, %v or %v, got %v", Auto, Grey, RGB, o.Color)
	case o.Fit < Crop || o.Fit > Scale:
		return errors.Errorf("want fit %v, %v or %v, got %v", Crop, Pad, Scale, o.Fit)
	case (o.Height == 0) != (o.Width == 0) || o.Height < 0 || o.Width < 0 || o.Height > maxSide || o.Width > maxSide:
		return errors.Errorf("want a size from 1 x 1 to %d x %d pixels (height x width), or none, got %d x %d", maxSide, maxSide, o.Height, o.Width)
	case o.Cache < 0:
		return errors.Errorf("want a cache of 0 or more bytes, got %d", o.Cache)
	}
	return o.Range.check()
}

// maxSide bounds the height and the width that pictures are brought to.
const maxSide = 1 << 15

// ParseSize reads a height and a width, in this order: "64x48".
func ParseSize(s string) (height, width int, err error) {
	h, w, ok := strings.Cut(s, "x")
	height, err = strconv.Atoi(h)
	if err == nil {
		width, err = strconv.Atoi(w)
	}
	if !ok || err != nil || height < 1 || width < 1 || height > maxSide || width > maxSide {
		return 0, 0, errors.Errorf("want HEIGHTxWIDTH in pixels, such as 64x48, from 1 to %d each, got %q", maxSide, s)
	}
	return height, width, nil
}

// Fit says how a picture is brought to a size.
type Fit int

const (
	Crop  Fit = iota // it is scaled until it covers the size; what is beyond, on both sides alike, is lost
	Pad              // it is scaled until it lies within; the background fills the rest, on both sides alike
	Scale            // it is scaled to the size, whatever its own shape is
)

var fits = []string{"crop", "pad", "scale"}

// ParseFit reads "crop", "pad" or "scale".
func ParseFit(s string) (Fit, error) {
	i, err := indexOf(fits, s)
	return Fit(i), err
}

func (f Fit) String() string {
	if f < 0 || int(f) >= len(fits) {
		return fmt.Sprintf("Fit(%d)", int(f))
	}
	return fits[f]
}

// Background is the colour that lies under transparent pixels. The zero value is white.
type Background struct {
	notWhite bool
	rgb      [3]byte
}

// BackgroundOf returns a background of this red, green and blue.
func BackgroundOf(r, g, b byte) Background {
	if r == 255 && g == 255 && b == 255 {
		return Background{}
	}
	return Background{true, [3]byte{r, g, b}}
}

// RGB returns the red, green and blue of the background.
func (b Background) RGB() [3]byte {
	if !b.notWhite {
		return [3]byte{255, 255, 255}
	}
	return b.rgb
}

func (b Background) grey() bool {
	c := b.RGB()
	return c[0] == c[1] && c[1] == c[2]
}

// ParseBackground reads "white", "black" or a colour as "#rrggbb".
func ParseBackground(s string) (Background, error) {
	switch s {
	case "white":
		return Background{}, nil
	case "black":
		return BackgroundOf(0, 0, 0), nil
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return Background{}, errors.Errorf("want white, black or a colour as #rrggbb, got %q", s)
	}
	return BackgroundOf(byte(v>>16), byte(v>>8), byte(v)), nil
}

func (b Background) String() string {
	c := b.RGB()
	switch c {
	case [3]byte{255, 255, 255}:
		return "white"
	case [3]byte{}:
		return "black"
	}
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
}

// Range says which numbers of files become 0, black, and 1, white. Numbers beyond are cut off.
type Range struct {
	Auto   bool    // the lowest and the highest number of all pictures
	Lo, Hi float64 // if both are 0, the range is that of the files
}

func (r Range) check() error {
	if r.Auto || r.Lo == 0 && r.Hi == 0 {
		return nil
	}
	if !(r.Lo < r.Hi) || math.IsInf(r.Hi-r.Lo, 0) {
		return errors.Errorf("want a range from a lower to a higher number, got %v", r)
	}
	return nil
}

// ParseRange reads "auto", "full" or two numbers, "0:4095".
func ParseRange(s string) (r Range, err error) {
	switch s {
	case "auto":
		return Range{Auto: true}, nil
	case "full":
		return Range{}, nil
	}
	lo, hi, ok := strings.Cut(s, ":")
	if r.Lo, err = strconv.ParseFloat(lo, 64); err == nil {
		r.Hi, err = strconv.ParseFloat(hi, 64)
	}
	if !ok || err != nil || r.check() != nil || r == (Range{}) {
		return Range{}, errors.Errorf("want auto, full, or LOW:HIGH in the numbers of the files, such as 0:4095, got %q", s)
	}
	return r, nil
}

// Brightness returns a number as brightness: from 0, black, at Lo, to 1, white, at Hi. Numbers beyond are cut
// off. The range must have numbers.
func (r Range) Brightness(v float64) float64 {
	return min(max(float64(v-r.Lo)/float64(r.Hi-r.Lo), 0), 1)
}

func (r Range) String() string {
	switch {
	case r.Auto:
		return "auto"
	case r.Lo == 0 && r.Hi == 0:
		return "full"
	}
	return fmt.Sprintf("%v:%v", r.Lo, r.Hi)
}
