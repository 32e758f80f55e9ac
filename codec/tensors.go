package codec

import (
	"encoding/binary"
	"math/bits"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// The weights of a network are rounded: a weight is an integer times a scale, which the weights of
// a channel share. The integers of a tensor are coded with a table that fits them.

// maxWeight is the largest magnitude of a weight's integer.
const maxWeight = 1<<15 - 1

// maxWidth is the largest number of raw bits of an integer.
const maxWidth = 16

// shape is the shape of a tensor, and which of its elements are always 0 and not coded.
type shape struct {
	graph.Shape
	keep func(i int) bool // nil: all are coded
}

// coded returns how many elements are coded.
func (s shape) coded() int {
	if s.keep == nil {
		return s.Size()
	}
	n := 0
	for i := range s.Size() {
		if s.keep(i) {
			n++
		}
	}
	return n
}

// tensor is a weight in its rounded form.
type tensor struct {
	shape
	axis   int // of the channels; -1 if the whole tensor has one scale
	scales []float32
	q      []int32

	// How a reader decodes q: by a table, or as raw bits.
	table *rans.Table
	width int // bits; 0: by the table
}

// channels divides the elements of a weight: outer blocks, in each count channels, in each inner
// elements.
func channels(s graph.Shape, axis int) (outer, count, inner int) {
	outer, count, inner = 1, 1, s.Size()
	if axis >= 0 {
		inner = graph.Shape(append(graph.Shape{1}, s[axis+1:]...)).Size()
		count = s[axis]
		outer = s.Size() / count / inner
	}
	return outer, count, inner
}

// values returns the weights: integer times scale, rounded to float32.
func (t tensor) values() []float32 {
	w := make([]float32, len(t.q))
	outer, count, inner := channels(t.Shape, t.axis)
	i := 0
	for range outer {
		for c := range count {
			for range inner {
				w[i] = float32(t.q[i]) * t.scales[c]
				i++
			}
		}
	}
	return w
}

// appendTensors appends rounded weights: their axes, their scales, their tables, and a stream of
// all integers. They end the section: behind them there are as many zeros as the limit of weights
// for each byte needs.
func appendTensors(dst []byte, tensors []tensor) []byte {
	var scales []float32
	var e rans.Encoder
	var tables []byte
	weights := 0
	for _, t := range tensors {
		dst = binary.AppendUvarint(dst, uint64(t.axis+1))
		scales = append(scales, t.scales...)
		weights += len(t.q)
		q := t.q
		if t.keep != nil {
			q = nil
			for i, v := range t.q {
				if t.keep(i) {
					q = append(q, v)
				}
			}
		}
		tables = putWeights(&e, tables, q)
	}
	dst = append(appendFloats(dst, scales), tables...)
	stream := finish(&e)
	dst = append(binary.AppendUvarint(dst, uint64(len(stream))), stream...)
	if short := (weights+limit.perByte-1)/limit.perByte - len(dst); short > 0 {
		dst = append(dst, make([]byte, short)...)
	}
	return dst
}

// putWeights puts integers into the stream, and appends their table. Few integers of a wide range
// are shorter without: then they are raw bits, and the number of bits stands in place of the table.
func putWeights(e *rans.Encoder, tables []byte, q []int32) []byte {
	lo, hi := extremes(q)
	table, n := listTable(q, lo, hi)
	width := 1 + bits.Len32(uint32(max(hi, ^lo, 0)))
	if uint64(len(q)*width)<<costDigits >= n {
		e.PutMany(table, q)
		return table.Append(binary.AppendUvarint(tables, 0))
	}
	for _, v := range q {
		e.PutBits(uint64(v+1<<(width-1)), uint(width))
	}
	return binary.AppendUvarint(tables, uint64(width))
}

// readTensors reads the values of weights, which end a section of size bytes.
func readTensors(c *cursor, shapes []shape, size int) ([][]float32, error) {
	n, scales := 0, 0
	tensors := make([]tensor, len(shapes))
	for i, s := range shapes {
		if n += s.Size(); n > limit.perByte*size {
			return nil, errors.Errorf("want at most %d weights for each byte, got more: the section is too short", limit.perByte)
		}
		tensors[i] = tensor{shape: s, axis: c.uint("an axis", 0, len(s.Shape)) - 1}
		_, count, _ := channels(s.Shape, tensors[i].axis)
		scales += count
	}
	all := c.floats("scales", scales)
	for i := range tensors {
		t := &tensors[i]
		if t.width = c.uint("bits of a weight", 0, maxWidth); t.width == 0 {
			t.table = c.table()
		}
	}
	stream := c.take("weights", c.uint("the length of the weights", 0, len(c.data)))
	for _, b := range c.data {
		if b != 0 {
			c.fail("want zeros behind the weights, got other bytes")
			break
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	d := rans.NewDecoder(stream)
	values := make([][]float32, len(shapes))
	for i := range tensors {
		t := &tensors[i]
		_, count, _ := channels(t.Shape, t.axis)
		t.scales, all = all[:count], all[count:]
		if err := t.read(d); err != nil {
			return nil, err
		}
		values[i] = t.values()
	}
	return values, d.Close()
}

// read reads the integers.
func (t *tensor) read(d *rans.Decoder) error {
	t.q = make([]int32, t.Size())
	coded := t.q[:t.coded()]
	if t.width == 0 {
		d.GetMany(t.table, coded)
	} else {
		for i := range coded {
			coded[i] = int32(d.GetBits(uint(t.width))) - 1<<(t.width-1)
		}
	}
	if d.Err() != nil {
		return d.Err()
	}
	if lo, hi := extremes(coded); lo < -maxWeight || hi > maxWeight {
		return errors.Errorf("want integers of weights up to %d, got greater ones", maxWeight)
	}
	if t.keep == nil {
		return nil
	}
	for i, k := len(t.q)-1, len(coded); i >= 0; i-- { // from the end, so that nothing is overwritten
		if t.keep(i) {
			k--
			t.q[i] = coded[k]
		} else {
			t.q[i] = 0
		}
	}
	return nil
}

// extremes returns the least and the greatest of some integers, or 0 if there are none.
func extremes(q []int32) (lo, hi int32) {
	if len(q) == 0 {
		return 0, 0
	}
	lo, hi = q[0], q[0]
	for _, v := range q {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
