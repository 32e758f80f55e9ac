package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// The decoder network stands in a file as its architecture and its weights. Each weight is an
// integer times a scale, which the weights of a channel share.

// maxWeight is the largest magnitude of a weight's integer.
const maxWeight = 1<<15 - 1

// tensor is a weight of the network in its rounded form.
type tensor struct {
	axis   int // of the channels; -1 if the whole tensor has one scale
	scales []float32
	q      []int32
}

// channels calls do for each channel of a tensor of a shape, with the indices of its elements: for
// each of outer blocks of channels*inner elements, inner elements from channel*inner on.
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
func (t tensor) values(s graph.Shape) []float32 {
	w := make([]float32, len(t.q))
	outer, count, inner := channels(s, t.axis)
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

// appendNetwork appends a decoder network whose weights have been rounded.
func appendNetwork(dst []byte, architecture []byte, tensors []tensor) []byte {
	start := len(dst)
	dst = appendText(dst, architecture)
	var scales []float32
	var e rans.Encoder
	var tables []byte
	weights := 0
	for _, t := range tensors {
		dst = binary.AppendUvarint(dst, uint64(t.axis+1))
		scales = append(scales, t.scales...)
		lo, hi := extremes(t.q)
		table := listTable(t.q, lo, hi)
		tables = table.Append(tables)
		e.PutMany(table, t.q)
		weights += len(t.q)
	}
	dst = append(appendFloats(dst, scales), tables...)
	stream := finish(&e)
	dst = append(binary.AppendUvarint(dst, uint64(len(stream))), stream...)
	if least := (weights + limit.perByte - 1) / limit.perByte; len(dst)-start < least {
		dst = append(dst, make([]byte, least-(len(dst)-start))...)
	}
	return dst
}

// readNetwork makes the decoder network of a section.
func readNetwork(content []byte) (*graph.Model, error) {
	c := cursor{data: content}
	text := c.text("the architecture")
	if c.err != nil {
		return nil, c.err
	}
	m, err := graph.ReadArchitecture(text)
	if err != nil {
		return nil, err
	}
	if err := checkNetwork(m); err != nil {
		return nil, err
	}
	n := 0
	for _, w := range m.Weights() {
		if n += w.Shape.Size(); n > limit.perByte*len(content) {
			return nil, errors.Errorf("want at most %d weights for each byte, got more: the section is too short", limit.perByte)
		}
	}
	return m, readWeights(&c, m)
}

func readWeights(c *cursor, m *graph.Model) error {
	weights := m.Weights()
	tensors := make([]tensor, len(weights))
	count := 0
	for i, w := range weights {
		t := &tensors[i]
		t.axis = c.uint("an axis", 0, len(w.Shape)) - 1
		_, n, _ := channels(w.Shape, t.axis)
		count += n
	}
	scales := c.floats("scales", count)
	tables := make([]*rans.Table, len(weights))
	for i := range tables {
		tables[i] = c.table()
	}
	stream := c.take("weights", c.uint("the length of the weights", 0, len(c.data)))
	for _, b := range c.data {
		if b != 0 {
			c.fail("want zeros behind the weights, got other bytes")
			break
		}
	}
	if c.err != nil {
		return c.err
	}
	d := rans.NewDecoder(stream)
	for i, w := range weights {
		t := &tensors[i]
		t.q = make([]int32, w.Shape.Size())
		if d.GetMany(tables[i], t.q); d.Err() != nil {
			return d.Err()
		}
		if lo, hi := extremes(t.q); lo < -maxWeight || hi > maxWeight {
			return errors.Errorf("want integers of weights up to %d, got greater ones", maxWeight)
		}
		_, n, _ := channels(w.Shape, t.axis)
		t.scales, scales = scales[:n], scales[n:]
		if err := w.Set(t.values(w.Shape)); err != nil {
			return err
		}
	}
	return d.Close()
}

func extremes(q []int32) (lo, hi int32) {
	lo, hi = q[0], q[0]
	for _, v := range q {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// checkNetwork refuses a decoder that would take too much memory for one image.
func checkNetwork(m *graph.Model) error {
	numbers, calls := layers(m)
	if numbers > limit.layers || calls > limit.calls {
		return errors.Errorf("want a decoder of at most %d layers that make %d numbers, got %d that make %d", limit.calls, limit.layers, calls, numbers)
	}
	return nil
}

// layers returns how many numbers all layers of a model make of an example, and how many layers
// there are.
func layers(m *graph.Model) (numbers, calls int) {
	for _, n := range m.Nodes() {
		if inner := n.Model(); inner != nil {
			a, b := layers(inner)
			numbers, calls = numbers+a, calls+b
		} else {
			numbers, calls = numbers+n.Shape().Size(), calls+1
		}
	}
	return numbers, calls
}

// rows returns how many images a decoder decodes at once.
func rows(m *graph.Model) int {
	numbers, _ := layers(m)
	n := max(1, min(m.PredictBatch(), limit.batch/numbers))
	return 1 << (bits.Len(uint(n)) - 1)
}

// Fingerprint returns the SHA-256 of a model's architecture and weights, in hex.
func Fingerprint(m *graph.Model) (string, error) {
	if err := m.Ready(); err != nil {
		return "", err
	}
	text, err := m.Architecture()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	b.Write(text)
	b.WriteByte(0)
	h := sha256.New()
	h.Write(b.Bytes())
	for _, w := range m.Weights() {
		b.Reset()
		if err := binary.Write(&b, binary.LittleEndian, w.Data); err != nil {
			return "", err
		}
		h.Write(b.Bytes())
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
