package npy

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/half"
)

// Type is the type of the numbers of an array. The zero value is float32.
type Type struct {
	kind byte // 'f' (or 0) for floats, 'i' and 'u' for integers, 'b' for booleans
	size int  // bytes of a number; 0 means 4
	big  bool // the most significant byte comes first
}

// String returns NumPy's name of the type, such as uint8.
func (t Type) String() string {
	name := map[byte]string{'i': "int", 'u': "uint", 'b': "bool", 'f': "float"}[t.kind]
	switch {
	case t.kind == 0:
		return "float32"
	case t.kind == 'b':
		return name
	}
	return name + strconv.Itoa(8*t.size)
}

// IsFloat reports whether the numbers are floats.
func (t Type) IsFloat() bool { return t.kind == 0 || t.kind == 'f' }

const plain = "booleans, integers or floats of at most 64 bits"

// others names the kinds of types that are no plain numbers.
var others = map[byte]string{
	'c': "complex numbers", 'O': "Python objects", 'S': "strings of bytes", 'a': "strings of bytes", 'U': "strings",
	'V': "raw bytes", 'm': "time differences", 'M': "dates", 'T': "strings",
}

// parseType reads the type of a header, such as <f4 or |u1. Bytes that are in no order, or in that of the
// machine, are read as little-endian: so are all machines that gorgonae runs on.
func parseType(descr any) (Type, error) {
	text, ok := descr.(string)
	if !ok {
		return Type{}, errors.Errorf("want %s, got a structured array, whose fields are arrays: save array['NAME']", plain)
	}
	t := Type{big: strings.HasPrefix(text, ">")}
	rest := text
	if text != "" && strings.ContainsRune("<>=|", rune(text[0])) {
		rest = text[1:]
	}
	if rest == "?" {
		rest = "b1"
	}
	if rest != "" {
		t.kind = rest[0]
		t.size, _ = strconv.Atoi(rest[1:])
		if t.size < 1 || strconv.Itoa(t.size) != rest[1:] {
			t.size = 0
		}
	}
	if sizes := map[byte]string{'b': "1", 'i': "1248", 'u': "1248", 'f': "248"}[t.kind]; t.size > 0 && t.size < 10 &&
		strings.Contains(sizes, strconv.Itoa(t.size)) {
		return t, nil
	}
	what := fmt.Sprintf("numbers of type %.40q", text)
	if name := others[t.kind]; name != "" {
		what = fmt.Sprintf("%s (%.40q)", name, text)
	}
	return Type{}, errors.Errorf("want %s, got %s: save array.astype(numpy.float32)", plain, what)
}

// decode appends the numbers in b to data.
func (t Type) decode(data []float32, b []byte) ([]float32, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if t.big {
		order = binary.BigEndian
	}
	for ; len(b) > 0; b = b[t.size:] {
		v := t.number(b, order)
		if math.IsInf(float64(v), 0) && t.size == 8 && !math.IsInf(math.Float64frombits(order.Uint64(b)), 0) {
			return nil, errors.Errorf("want numbers that float32 holds, up to 3.4e38, got %v", math.Float64frombits(order.Uint64(b)))
		}
		data = append(data, v)
	}
	return data, nil
}

// number returns the first number in b, rounded to float32.
func (t Type) number(b []byte, order binary.ByteOrder) float32 {
	var bits uint64
	switch t.size {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(order.Uint16(b))
	case 4:
		bits = uint64(order.Uint32(b))
	case 8:
		bits = order.Uint64(b)
	}
	switch {
	case t.kind == 'b' && bits != 0:
		return 1
	case t.kind == 'b' || t.kind == 'u':
		return float32(bits)
	case t.kind == 'i':
		unused := 64 - 8*t.size
		return float32(int64(bits<<unused) >> unused) // the sign fills the upper bits
	case t.size == 2:
		return half.Float32(uint16(bits))
	case t.size == 4:
		return math.Float32frombits(uint32(bits))
	}
	return float32(math.Float64frombits(bits))
}

// Pixels returns the numbers of an array as brightness from 0, black, to 1, white. Bytes (uint8) are
// divided by 255 and uint16 by 65535. Booleans, and floats in [0, 1], stay as they are. Other integers
// have no known white, so they must be 0 or 1. The error says which number is wrong and what to do.
func (a Array) Pixels() ([]float32, error) {
	if a.Type.kind == 'u' && a.Type.size <= 2 {
		white := float32(int(1)<<(8*a.Type.size) - 1)
		pixels := make([]float32, len(a.Data))
		for i, v := range a.Data {
			pixels[i] = v / white
		}
		return pixels, nil
	}
	least, most := float32(0), float32(1)
	for i, v := range a.Data {
		switch {
		case v != v || math.IsInf(float64(v), 0):
			return nil, errors.Errorf("want finite numbers, got %v at %s", v, a.index(i))
		case !a.Type.IsFloat() && v != 0 && v != 1:
			return nil, errors.Errorf("want %v to be 0, black, or 1, white, as the white of such integers is not known, got %v: "+
				"save array.astype(numpy.uint8) if white is 255, or array / white", a.Type, v)
		}
		least, most = min(least, v), max(most, v)
	}
	switch {
	case least >= 0 && most > 2 && most <= 255:
		return nil, errors.Errorf("want pixels from 0, black, to 1, white, got numbers up to %v, as bytes have: save array / 255, or array.astype(numpy.uint8)", most)
	case least < 0:
		return nil, errors.Errorf("want pixels from 0, black, to 1, white, got %v: save numpy.clip(array, 0, 1) if it is an overshoot, or scale the numbers", least)
	case most > 1:
		return nil, errors.Errorf("want pixels from 0, black, to 1, white, got %v: save numpy.clip(array, 0, 1) if it is an overshoot, or scale the numbers", most)
	}
	return a.Data, nil
}

// index returns the place of number i as NumPy writes it, "[3, 0, 12]".
func (a Array) index(i int) string {
	at := make([]string, len(a.Shape))
	for k := len(a.Shape) - 1; k >= 0; k-- {
		at[k] = strconv.Itoa(i % a.Shape[k])
		i /= a.Shape[k]
	}
	return "[" + strings.Join(at, ", ") + "]"
}

// Extent returns the lowest and the highest number. Numbers that are not finite are an error.
func (a Array) Extent() (lowest, highest float32, err error) {
	lowest, highest = float32(math.Inf(1)), float32(math.Inf(-1))
	for i, v := range a.Data {
		if v != v || math.IsInf(float64(v), 0) {
			return 0, 0, errors.Errorf("want finite numbers, got %v at %s", v, a.index(i))
		}
		lowest, highest = min(lowest, v), max(highest, v)
	}
	return lowest, highest, nil
}

// InRange returns the numbers of an array of any type as Scaled does. But floats that are all from 0 to 1
// already, for a range that goes beyond, stay as they are, and asTheyAre is true: commands write such arrays of
// what had a range once.
func (a Array) InRange(lo, hi float64) (x []float32, asTheyAre bool, err error) {
	lowest, highest, err := a.Extent()
	if err != nil {
		return nil, false, err
	}
	if a.Type.IsFloat() && lowest >= 0 && highest <= 1 && (lo < 0 || hi > 1) {
		return a.Data, true, nil
	}
	return a.scaled(lo, hi), false, nil
}

// Scaled returns the numbers of an array of any type as brightness: lo becomes 0, black, hi becomes 1, white,
// and numbers beyond are cut off. Numbers that are not finite are an error.
func (a Array) Scaled(lo, hi float64) ([]float32, error) {
	if _, _, err := a.Extent(); err != nil {
		return nil, err
	}
	return a.scaled(lo, hi), nil
}

func (a Array) scaled(lo, hi float64) []float32 {
	x := make([]float32, len(a.Data))
	for i, v := range a.Data {
		x[i] = float32(min(max(float64(float64(v)-lo)/float64(hi-lo), 0), 1))
	}
	return x
}
