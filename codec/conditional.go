package codec

import (
	"context"
	"encoding/binary"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// conditional is the prior of a learned codec: a small network computes a logistic distribution for
// each latent from the latents before it. It codes a chunk latent by latent, all images at once,
// and each integer with the table of its distribution.
type conditional struct {
	*graph.Prior
	hidden  int
	content []byte // as it stands in a file
}

func (p *conditional) Kind() int                { return conditionalKind }
func (p *conditional) Append(dst []byte) []byte { return append(dst, p.content...) }

// maxHidden bounds the hidden units of the network.
const maxHidden = 1 << 14

func (p *conditional) most() int { return max(1, limit.bytes/(4*(p.Latents()+p.hidden))) }

// Encode returns one stream of all integers.
func (p *conditional) Encode(ctx context.Context, codes []int32) ([]byte, error) {
	var e rans.Encoder
	err := p.walk(ctx, codes, func(tables []*rans.Table, values []int32) error {
		e.PutEach(tables, values)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e.Finish()
}

func (p *conditional) Decode(ctx context.Context, data []byte, codes []int32) error {
	d := rans.NewDecoder(data)
	err := p.walk(ctx, codes, func(tables []*rans.Table, values []int32) error {
		d.GetEach(tables, values)
		return d.Err()
	})
	if err != nil {
		return err
	}
	return d.Close()
}

// priorModel returns a model of nothing but a code layer, and its weights beside the quantiser's,
// with the elements that its masks exclude.
func priorModel(latents, hidden int) (*graph.Model, []*graph.Weight, []shape, error) {
	x := graph.Input("x", latents)
	m := graph.New("prior", x, graph.ConditionalCode("code", x, hidden))
	if err := m.Err(); err != nil {
		return nil, nil, nil, err
	}
	weights := m.Weights()[2:]
	seen := func(k int) int { return 1 + k*(latents-1)/hidden } // latents that hidden unit k uses
	shapes := []shape{
		{weights[0].Shape, func(i int) bool { return i/hidden < seen(i%hidden) }},
		{Shape: weights[1].Shape},
		{weights[2].Shape, func(i int) bool { return seen(i/(2*latents)) <= i%latents }},
		{Shape: weights[3].Shape},
	}
	return m, weights, shapes, nil
}

// roundConditional returns the prior of a code layer with rounded weights, as a reader makes it. It
// is the prior of integers that count steps 2^(k/32) times as large as the trained ones. round rounds
// weight i, whose elements outside of its mask do not matter.
func roundConditional(layer *graph.Node, k int, round func(i int, s shape, w []float32) tensor) (Prior, error) {
	trained := layer.Weights()[2:]
	latents, hidden := trained[0].Shape[0], trained[0].Shape[1]
	_, _, shapes, err := priorModel(latents, hidden)
	if err != nil {
		return nil, err
	}
	var tensors []tensor
	for i, data := range rescale(trained, k) {
		tensors = append(tensors, round(i, shapes[i], data))
	}
	return readConditional(appendTensors(binary.AppendUvarint(nil, uint64(hidden)), tensors), latents)
}

func readConditional(data []byte, latents int) (Prior, error) {
	c := cursor{data: data}
	hidden := c.uint("hidden units", 1, maxHidden)
	if c.err != nil {
		return nil, c.err
	}
	if latents*hidden > limit.perByte*len(data) {
		return nil, errors.New("want a section with all weights of the prior, got a shorter one")
	}
	m, weights, shapes, err := priorModel(latents, hidden)
	if err != nil {
		return nil, err
	}
	values, err := readTensors(&c, shapes, len(data))
	if err != nil {
		return nil, err
	}
	for _, w := range m.Weights()[:2] { // the quantiser has a section of its own
		if err := w.Set(make([]float32, latents)); err != nil {
			return nil, err
		}
	}
	for i, w := range weights {
		if err := w.Set(values[i]); err != nil {
			return nil, err
		}
	}
	nodes := m.Nodes()
	p, err := graph.PriorOf(nodes[len(nodes)-1])
	if err != nil {
		return nil, err
	}
	return &conditional{p, hidden, append(make([]byte, 0, len(data)), data...)}, nil
}
