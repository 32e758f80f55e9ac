package mnist

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// kind is the type of the numbers of an IDX file, as its header has it.
type kind byte

const (
	ubyte  kind = 0x08
	sbyte  kind = 0x09
	short  kind = 0x0b
	long   kind = 0x0c // 32 bits
	float  kind = 0x0d
	double kind = 0x0e
)

// size returns the bytes of a number.
func (k kind) size() int {
	switch k {
	case ubyte, sbyte:
		return 1
	case short:
		return 2
	case double:
		return 8
	}
	return 4
}

func (k kind) isFloat() bool { return k == float || k == double }

// number returns the first number in b. A float64 holds every one exactly.
func (k kind) number(b []byte) float64 {
	switch k {
	case sbyte:
		return float64(int8(b[0]))
	case short:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case long:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case float:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case double:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return float64(b[0])
}

// each calls a function with each number until it returns an error.
func (x *idx) each(do func(i int, v float64) error) error {
	step := x.kind.size()
	for i := range len(x.data) / step {
		if err := do(i, x.kind.number(x.data[i*step:])); err != nil {
			return err
		}
	}
	return nil
}

// pixels returns the numbers of images as bytes, or as numbers of 16 bits if bytes would round them,
// with a note on what a user would not expect. Floats are from 0, black, to 1, white. Integers other
// than bytes have no known white: they are 0 and 1, or what bytes hold. See inRange for a range, which is not Auto.
func (x *idx) pixels(cut images.Range) (pixels []byte, deep []uint16, note string, err error) {
	if cut != (images.Range{}) {
		return x.inRange(cut)
	}
	if x.kind == ubyte {
		return x.data, nil, "", nil
	}
	least, most, exact := math.Inf(1), math.Inf(-1), true
	err = x.each(func(i int, v float64) error {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("want finite numbers, got %v at %d", v, i)
		}
		least, most = min(least, v), max(most, v)
		exact = exact && isByte(v)
		return nil
	})
	if err != nil {
		return nil, nil, "", err
	}
	white := 1.0
	switch {
	case least < 0 || x.kind.isFloat() && most > 1:
		return nil, nil, "", errors.Errorf("want pixels from 0, black, to 1, white, got numbers from %v to %v: scale them, or write the file with unsigned bytes, or say which are black and white: --range LOW:HIGH, or --range auto", least, most)
	case most > math.MaxUint8:
		return nil, nil, "", errors.Errorf("want integers from 0 to 255, as the white of larger ones is not known, got %v: write the file with unsigned bytes, or with floats from 0 to 1, or say which are black and white: --range LOW:HIGH, or --range auto", most)
	case most > 1:
		white = math.MaxUint8
		note = fmt.Sprintf("its integers are from %v to %v, and 255 is read as white", least, most)
	}
	n := len(x.data) / x.kind.size()
	if !x.kind.isFloat() || exact {
		pixels = make([]byte, n)
		_ = x.each(func(i int, v float64) error { // which returns no error
			pixels[i] = byte(float64(v*(math.MaxUint8/white)) + 0.5)
			return nil
		})
		return pixels, nil, note, nil
	}
	deep = make([]uint16, n)
	_ = x.each(func(i int, v float64) error { // which returns no error
		deep[i] = uint16(float64(v*math.MaxUint16) + 0.5)
		return nil
	})
	return nil, deep, "its floats are kept with 16 bits", nil
}

// isByte reports whether a float in [0, 1] is what a program makes of a byte in either precision.
func isByte(v float64) bool {
	if v < 0 || v > 1 {
		return false
	}
	b := math.Floor(float64(v*math.MaxUint8) + 0.5)
	return v == b/math.MaxUint8 || float32(v) == float32(b)/math.MaxUint8
}

// classes returns the class of each image: its label, or the first column of its labels. The error says
// which label is no class.
func (x *idx) classes() ([]byte, error) {
	if x.kind == ubyte && len(x.axes) == 1 {
		return x.data, nil
	}
	columns := 1
	if len(x.axes) == 2 {
		columns = x.axes[1]
	}
	classes := make([]byte, 0, x.axes[0])
	err := x.each(func(i int, v float64) error {
		if i%columns != 0 {
			return nil
		}
		if v < 0 || v > math.MaxUint8 {
			return errors.Errorf("want labels from 0 to 255, got %v for image %d", v, i/columns)
		}
		classes = append(classes, byte(v))
		return nil
	})
	return classes, err
}
