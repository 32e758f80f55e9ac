package hdf5

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// kind says how the bytes of a value are read.
type kind int

const (
	other kind = iota // not read
	integer
	float16
	bfloat16
	float32s
	float64s
	fixedString
	variableString
)

// datatype is the type of each value of a dataset or an attribute (IV.A.2.d).
type datatype struct {
	kind    kind
	size    uint64 // bytes of a value
	big     bool   // byte order
	signed  bool   // integers
	opaque  bool   // bytes without a meaning
	padding int    // of strings: 0 ends with a zero byte, 1 is filled with zero bytes, 2 with spaces
	name    string // for Type and for errors
}

// classes name the classes that are not read.
var classes = map[int]string{2: "time", 4: "bit field", 6: "compound", 7: "reference", 10: "array", 11: "complex"}

func (c *cursor) datatype() (datatype, error) {
	first, b0, b1 := c.u8(), c.u8(), c.u8()
	c.skip(1)
	t := datatype{size: c.u32()}
	if c.err != nil {
		return t, c.err
	}
	if t.size == 0 {
		return t, malformed("want a datatype of 1 byte or more, got class %d of 0 bytes", first&15)
	}
	switch class := first & 15; class {
	case 0:
		c.integer(&t, b0)
	case 1:
		c.float(&t, b0, b1)
	case 3:
		t.kind, t.padding, t.name = fixedString, b0&15, "string"
	case 5:
		c.opaque(&t, b0)
	case 8:
		base, err := c.datatype() // what is nested is cut off at the front, so this ends
		if err != nil {
			return t, err
		}
		t.name = "enumeration of " + base.name
		if base.kind == integer && base.size == t.size {
			t.kind, t.big, t.signed = integer, base.big, base.signed
		}
	case 9:
		t.name = "sequence of variable length"
		if b0&15 == 1 {
			t.kind, t.name = variableString, "string"
			if want := uint64(4 + c.address + 4); t.size != want {
				return t, malformed("want strings of variable length of %d bytes in place, got %d", want, t.size)
			}
		}
	default:
		t.name = classes[class]
		if t.name == "" {
			t.name = fmt.Sprintf("class %d of datatypes", class)
		}
	}
	return t, c.err
}

// integer reads the properties of class 0. Only integers that fill their bytes are read.
func (c *cursor) integer(t *datatype, bits int) {
	offset, precision := c.u16(), c.u16()
	t.big, t.signed = bits&1 != 0, bits&8 != 0
	t.name = fmt.Sprintf("uint%d", precision)
	if t.signed {
		t.name = t.name[1:]
	}
	switch whole := t.size == 1 || t.size == 2 || t.size == 4 || t.size == 8; {
	case whole && offset == 0 && uint64(precision) == 8*t.size:
		t.kind = integer
	default:
		t.name = fmt.Sprintf("%s in %d bytes from bit %d", t.name, t.size, offset)
	}
}

// layouts are the properties of class 1: the bits of the whole, the first bit and the number of bits of
// the exponent and of the mantissa, and the exponent's bias.
type floatLayout struct{ precision, exponentAt, exponent, mantissaAt, mantissa, bias int }

var floats = map[floatLayout]struct {
	kind kind
	name string
}{
	{16, 10, 5, 0, 10, 15}:    {float16, "float16"},
	{16, 7, 8, 0, 7, 127}:     {bfloat16, "bfloat16"},
	{32, 23, 8, 0, 23, 127}:   {float32s, "float32"},
	{64, 52, 11, 0, 52, 1023}: {float64s, "float64"},
}

func (c *cursor) float(t *datatype, bits, sign int) {
	offset := c.u16()
	l := floatLayout{c.u16(), c.u8(), c.u8(), c.u8(), c.u8(), int(c.u32())}
	known, ok := floats[l]
	const implied = 2 // the mantissa's first bit is not written
	t.big, t.name = bits&1 != 0, known.name
	switch {
	case !ok:
		t.name = fmt.Sprintf("float of %d bits, %d of them exponent and %d mantissa", l.precision, l.exponent, l.mantissa)
	case bits&0x40 != 0 || bits>>4&3 != implied || sign != l.precision-1 || offset != 0 || t.size*8 != uint64(l.precision):
		t.name += " in an unusual order of bits"
	default:
		t.kind = known.kind
	}
}

// opaque reads the tag of class 5.
func (c *cursor) opaque(t *datatype, tagLength int) {
	tag, _, _ := bytes.Cut(c.take(uint64(tagLength)), []byte{0})
	t.opaque = true
	t.name = fmt.Sprintf("opaque values of %d bytes", t.size)
	if len(tag) > 0 {
		t.name += fmt.Sprintf(" (%q)", tag)
	}
}

// isBfloat16 makes bfloat16 of an opaque type if the dataset is marked. h5py does not know that type of
// ml_dtypes and writes its bytes as anyone's.
func (t *datatype) isBfloat16(marked func() bool) {
	if t.opaque && t.size == 2 && marked() {
		t.kind, t.name = bfloat16, "bfloat16"
	}
}

// order returns the byte order of numbers.
func (t *datatype) order() binary.ByteOrder {
	if t.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
