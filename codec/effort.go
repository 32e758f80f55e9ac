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

// efforts are those of Options.Effort. The first is the search alone.
var efforts = [MaxEffort + 1]effort{
	1: {annealing(0, 0), 12},
	2: {annealing(12, 0), 20},
	3: {annealing(25, 0), 30},
	4: {annealing(50, 0), 40},
	5: {annealing(100, 0), 50},
	6: {annealing(200, 0.2), 60},
	7: {annealing(400, 0.3), 80},
	8: {annealing(1000, 0.3), 100},
	9: {annealing(2500, 0.3), 100},
}

// annealing returns a schedule of so many steps.
func annealing(steps int, noise float32) refine.Schedule {
	s := refine.Schedule{Steps: steps, Rate: 0.1, First: 0.4, Last: 0.13, Noise: noise}
	if steps >= 200 {
		s.Rate, s.First, s.Last = 0.05, 0.5, 0.1
	}
	return s
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
