package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/refine"
)

// effort says how long codes are refined.
type effort struct {
	schedule refine.Schedule
	rounds   int // of the search
}

// MaxEffort is the greatest Options.Effort.
const MaxEffort = 9

// efforts are those of Options.Effort. The first is the search alone. Few steps are best without
// noise and with a high rate, since the search mends what is left; many steps need noise, or positions
// come to rest between integers.
var efforts = [MaxEffort + 1]effort{
	1: {refine.Schedule{}, 8},
	2: {refine.Schedule{Steps: 12, Rate: 0.1, First: 0.4, Last: 0.16}, 10},
	3: {refine.Schedule{Steps: 25, Rate: 0.07, First: 0.4, Last: 0.16}, 15},
	4: {refine.Schedule{Steps: 50, Rate: 0.07, First: 0.5, Last: 0.13, Noise: 0.1}, 30},
	5: {refine.Schedule{Steps: 100, Rate: 0.07, First: 0.5, Last: 0.13, Noise: 0.15}, 40},
	6: {refine.Schedule{Steps: 200, Rate: 0.05, First: 0.5, Last: 0.13, Noise: 0.2}, 40},
	7: {refine.Schedule{Steps: 400, Rate: 0.05, First: 0.5, Last: 0.13, Noise: 0.3}, 40},
	8: {refine.Schedule{Steps: 1000, Rate: 0.03, First: 0.5, Last: 0.13, Noise: 0.4}, 40},
	9: {refine.Schedule{Steps: 2500, Rate: 0.03, First: 0.5, Last: 0.13, Noise: 0.4}, 40},
}

// refinable is a prior whose codes can be refined.
type refinable interface {
	// cost writes the bits of each code, times 2^costDigits.
	cost(ctx context.Context, bits []uint64, codes []int32) error

	// describe says what codes cost, for gradients.
	describe(c *refine.Codec)
}

func (p *conditional) describe(c *refine.Codec) { c.Prior = p.Prior }

func (s *static) describe(c *refine.Codec) {
	costs := symbolCosts()
	for _, t := range s.tables {
		table := refine.Table{Lo: t.Lo(), Bits: make([]float32, t.Len())}
		for i := range table.Bits {
			table.Bits[i] = float32(integerCost(costs, t, t.Lo()+int32(i))) / (1 << costDigits)
		}
		c.Tables = append(c.Tables, table)
	}
}

// Refinable says if the codes of a model can be refined.
func (m *Model) Refinable() bool {
	_, ok := m.Prior.(refinable)
	return ok
}

// newRefinement returns what refines codes at an effort, or nil for none.
func newRefinement(m *Model, level int) (*refinement, error) {
	if level == 0 {
		return nil, nil
	}
	p, ok := m.Prior.(refinable)
	switch {
	case level < 0 || level > MaxEffort:
		return nil, errors.Errorf("want an effort from 0 to %d, got %d", MaxEffort, level)
	case m.Lossless():
		return nil, errors.Errorf("want no effort for a lossless model, got %d: the network decides the bits of an image, and nothing is left to choose", level)
	case !ok:
		return nil, errors.Errorf("want no effort for a model whose codes cannot be refined, got %d", level)
	case !(m.Lambda > 0):
		return nil, errors.Errorf("want a Lambda above 0 in a model whose codes are refined, got %v", m.Lambda)
	}
	r := &refinement{model: m, effort: efforts[level], refiners: map[int]*refine.Refiner{},
		codec: refine.Codec{Decoder: m.Decoder, Step: m.Quantizer.Step, Offset: m.Quantizer.Offset, Lambda: float32(m.Lambda)}}
	p.describe(&r.codec)
	return r, nil
}
