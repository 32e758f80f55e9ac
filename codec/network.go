package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// The decoder network stands in a file as its architecture and its weights. Each weight is an
// integer times a scale, which the weights of a channel share.

// appendNetwork appends a decoder network whose weights have been rounded.
func appendNetwork(dst, architecture []byte, tensors []tensor) []byte {
	return appendTensors(appendText(dst, architecture), tensors)
}

// readNetwork makes the decoder network of a section. It refuses one of more than most weights, if most is
// not 0.
func readNetwork(content []byte, most int) (*graph.Model, error) {
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
	var shapes []shape
	n := 0
	for _, w := range m.Weights() {
		if n += w.Shape.Size(); most > 0 && n > most {
			return nil, errors.Errorf("want a decoder of at most %d weights, got one of more", most)
		}
		shapes = append(shapes, shape{Shape: w.Shape})
	}
	values, err := readTensors(&c, shapes, len(content))
	if err != nil {
		return nil, err
	}
	for i, w := range m.Weights() {
		if err := w.Set(values[i]); err != nil {
			return nil, err
		}
	}
	return m, nil
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
	if m == nil {
		return "", errors.New("want a network, got nil")
	}
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
