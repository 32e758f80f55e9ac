package codec

import (
	"context"
	"sync"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// symbolCosts has symbolCost of each frequency.
var symbolCosts = sync.OnceValue(func() []uint32 {
	costs := make([]uint32, 1<<16+1)
	for f := 1; f < len(costs); f++ {
		costs[f] = uint32(symbolCost(uint64(f)))
	}
	return costs
})

// integerCost is the cost of an integer, times 2^costDigits.
func integerCost(costs []uint32, t *rans.Table, v int32) uint64 {
	if i := v - t.Lo(); i < 0 || int(i) >= t.Len() {
		return escapeCost(t, v)
	}
	return uint64(costs[t.Frequency(v)])
}

// cost writes the bits of each code, times 2^costDigits.
func (p *conditional) cost(ctx context.Context, bits []uint64, codes []int32) error {
	clear(bits)
	costs := symbolCosts()
	return p.walk(ctx, codes, func(tables []*rans.Table, values []int32) error {
		for r, t := range tables {
			bits[r] += integerCost(costs, t, values[r])
		}
		return nil
	})
}

func (s *static) cost(ctx context.Context, bits []uint64, codes []int32) error {
	clear(bits)
	costs, n := symbolCosts(), len(s.tables)
	for r := range bits {
		for i, t := range s.tables {
			bits[r] += integerCost(costs, t, codes[r*n+i])
		}
	}
	return ctx.Err()
}
