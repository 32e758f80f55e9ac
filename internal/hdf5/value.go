package hdf5

import (
	"bytes"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/half"
)

// Value is what an attribute holds: one value or an array of them, in row-major order.
type Value struct {
	f     *File // for strings, which may lie elsewhere in the file
	typ   datatype
	space dataspace
	raw   []byte // values as they are in the file
}

// Shape returns the sizes of the axes: none for a single value, nil for one that is empty (h5py.Empty).
func (v Value) Shape() []int { return v.space.shape() }

// Type returns the name of the type of the values, NumPy's where NumPy has one, such as "float32", or "string".
func (v Value) Type() string { return v.typ.name }

// Text returns a single string.
func (v Value) Text() (string, error) {
	all, err := v.Texts()
	if err == nil && len(all) != 1 {
		err = malformed("want one string, got %d", len(all))
	}
	if err != nil {
		return "", err
	}
	return all[0], nil
}

// Int returns a single integer.
func (v Value) Int() (int64, error) {
	all, err := v.Ints()
	if err == nil && len(all) != 1 {
		err = malformed("want one integer, got %d", len(all))
	}
	if err != nil {
		return 0, err
	}
	return all[0], nil
}

// Float returns a single number.
func (v Value) Float() (float64, error) {
	all, err := v.Floats()
	if err == nil && len(all) != 1 {
		err = malformed("want one number, got %d", len(all))
	}
	if err != nil {
		return 0, err
	}
	return all[0], nil
}

// Texts returns the strings of an array. One without values may be of any type: Keras writes the names of no
// weights as no floats.
func (v Value) Texts() ([]string, error) { return v.typ.texts(v.f.newPass(), v.raw) }

// Ints returns the integers of an array.
func (v Value) Ints() ([]int64, error) { return v.typ.ints(v.raw) }

// Floats returns the numbers of an array, integers as floats.
func (v Value) Floats() ([]float64, error) { return convert[float64](v.typ, v.raw) }

// number is what numbers are converted to.
type number interface{ float32 | float64 }

// convert returns the numbers of a file as floats, rounded to the nearest.
func convert[N number](t datatype, raw []byte) ([]N, error) {
	size, order := int(t.size), t.order()
	var one func(b []byte) N
	switch t.kind {
	case float16:
		one = func(b []byte) N { return N(half.Float32(order.Uint16(b))) }
	case bfloat16:
		one = func(b []byte) N { return N(half.FromBfloat16(order.Uint16(b))) }
	case float32s:
		one = func(b []byte) N { return N(math.Float32frombits(order.Uint32(b))) }
	case float64s:
		one = func(b []byte) N { return N(math.Float64frombits(order.Uint64(b))) }
	case integer:
		one = func(b []byte) N {
			bits := t.bits(b)
			if t.signed {
				return N(int64(bits))
			}
			return N(bits)
		}
	default:
		return nil, t.refused("numbers")
	}
	all := make([]N, len(raw)/size)
	for i := range all {
		all[i] = one(raw[i*size : (i+1)*size])
	}
	return all, nil
}

// refused returns the error for values of another type than wanted.
func (t *datatype) refused(want string) error {
	if t.kind == other {
		return unsupported("values of the type %q", t.name)
	}
	return malformed("want %s, got values of the type %q", want, t.name)
}

// bits returns an integer of a file, with its sign extended.
func (t *datatype) bits(b []byte) uint64 {
	var bits uint64
	for i := range b {
		digit := b[i]
		if !t.big {
			digit = b[len(b)-1-i]
		}
		bits = bits<<8 | uint64(digit)
	}
	if unused := 64 - 8*len(b); t.signed {
		return uint64(int64(bits<<unused) >> unused)
	}
	return bits
}

func (t *datatype) ints(raw []byte) ([]int64, error) {
	if t.kind != integer {
		return nil, t.refused("integers")
	}
	size := int(t.size)
	all := make([]int64, len(raw)/size)
	for i := range all {
		bits := t.bits(raw[i*size : (i+1)*size])
		if all[i] = int64(bits); !t.signed && all[i] < 0 {
			return nil, errors.Errorf("want integers of at most %d, got %d", math.MaxInt64, bits)
		}
	}
	return all, nil
}

func (t *datatype) texts(p *pass, raw []byte) ([]string, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	size := int(t.size)
	all := make([]string, 0, len(raw)/size)
	switch t.kind {
	case fixedString:
		for ; len(raw) > 0; raw = raw[size:] {
			all = append(all, string(unpad(raw[:size], t.padding)))
		}
		return all, nil
	case variableString:
		h := heaps{p, map[uint64]map[int][]byte{}}
		for ; len(raw) > 0; raw = raw[size:] {
			s, err := h.text(raw[:size])
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		return all, nil
	}
	return nil, t.refused("strings")
}

// unpad cuts off what fills a string of fixed length.
func unpad(b []byte, padding int) []byte {
	switch padding {
	case 0:
		b, _, _ = bytes.Cut(b, []byte{0})
		return b
	case 2:
		return bytes.TrimRight(b, " ")
	}
	return bytes.TrimRight(b, "\x00")
}
