package hdf5

import (
	"math"

	"github.com/pkg/errors"
)

// Dataset is an array of values.
type Dataset struct {
	object
	typ   datatype
	space dataspace
}

// dataset reads the description of the dataset whose object header is at an address.
func (f *File) dataset(path string, address uint64) (*Dataset, error) {
	p := f.newPass()
	h, err := p.header(address)
	if err != nil {
		return nil, err
	}
	if h.kind() != datasetObject {
		return nil, malformed("want a dataset, got %s", h.kind())
	}
	d := &Dataset{object: object{f, path, h}}
	c, err := d.message(p, "datatype", msgDatatype)
	if err != nil {
		return nil, err
	}
	if d.typ, err = c.datatype(); err != nil {
		return nil, err
	}
	if c, err = d.message(p, "dataspace", msgDataspace); err != nil {
		return nil, err
	}
	if d.space, err = c.dataspace(); err != nil {
		return nil, err
	}
	d.typ.isBfloat16(d.marked)
	return d, nil
}

// marked says if an attribute marks the values as bfloat16, as Keras 3 does.
func (d *Dataset) marked() bool {
	v, err := d.Attr("dtype")
	if err != nil {
		return false
	}
	name, err := v.Text()
	return err == nil && name == "bfloat16"
}

// message returns a cursor over a message that every dataset has.
func (d *Dataset) message(p *pass, what string, kind int) (*cursor, error) {
	m, ok := d.header.find(kind)
	if !ok {
		return nil, malformed("want a %s of the dataset, got none", what)
	}
	return p.body(what, m)
}

// Shape returns the sizes of the axes: none for a single value, nil for a dataset without one (h5py.Empty).
func (d *Dataset) Shape() []int { return d.space.shape() }

// Type returns the name of the type of the values, NumPy's where NumPy has one, such as "float32", or "string".
func (d *Dataset) Type() string { return d.typ.name }

// Floats returns the numbers in row-major order, integers too, rounded to float32. It is an error if there
// are more than limit.
func (d *Dataset) Floats(limit int) ([]float32, error) {
	return read(d, limit, func(_ *pass, raw []byte) ([]float32, error) { return convert[float32](d.typ, raw) })
}

// Ints returns the integers in row-major order. It is an error if there are more than limit.
func (d *Dataset) Ints(limit int) ([]int64, error) {
	return read(d, limit, func(_ *pass, raw []byte) ([]int64, error) { return d.typ.ints(raw) })
}

// Strings returns the strings in row-major order. It is an error if there are more than limit.
func (d *Dataset) Strings(limit int) ([]string, error) { return read(d, limit, d.typ.texts) }

// read reads the values of a dataset and converts them.
func read[T any](d *Dataset, limit int, convert func(p *pass, raw []byte) ([]T, error)) ([]T, error) {
	p := d.f.newPass()
	raw, err := d.raw(p, uint64(max(limit, 0)))
	if err != nil {
		return nil, errors.WithMessage(err, d.path)
	}
	all, err := convert(p, raw)
	return all, errors.WithMessage(err, d.path)
}

// Bytes of values that are not numbers. Numbers have 8 bytes at most, so the number of values limits them.
const maxText = 64 << 20

// raw returns the bytes of the values.
func (d *Dataset) raw(p *pass, limit uint64) ([]byte, error) {
	n, ok := d.space.count(min(limit, math.MaxInt/8))
	if !ok {
		return nil, errors.Errorf("want at most %d values, got shape %v", limit, d.space.dims)
	}
	switch {
	case d.typ.kind == other:
		return nil, d.typ.refused("")
	case d.typ.size > 8 && n > maxText/d.typ.size:
		return nil, errors.Errorf("want at most %d bytes, got %d values of %d", maxText, n, d.typ.size)
	}
	if _, ok := d.header.find(msgExternal); ok {
		return nil, unsupported("a dataset with its values in other files")
	}
	c, err := d.message(p, "layout", msgLayout)
	if err != nil {
		return nil, err
	}
	l, err := c.layout(len(d.space.dims), d.typ.size)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	return d.stored(p, l, n*d.typ.size)
}

// stored returns the size bytes of the values.
func (d *Dataset) stored(p *pass, l layout, size uint64) ([]byte, error) {
	switch {
	case l.class == compact:
		if uint64(len(l.data)) < size {
			return nil, malformed("want %d bytes of values, got %d", size, len(l.data))
		}
		return l.data[:size], nil
	case l.class == chunked:
		return d.chunks(p, l, size)
	case l.address == undefined:
		return d.fill(p, size)
	case l.size < size:
		return nil, malformed("want %d bytes of values, got %d", size, l.size)
	}
	return p.bytes("values", l.address, size)
}
