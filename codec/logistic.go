package codec

import (
	"math"
	"sync/atomic"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// A logistic distribution is coded with the nearest of some tables: the scale is one of 64, spaced
// evenly by their logarithms, and the mean is a multiple of 1/32. The tables are made when they are
// first used.

const (
	scales    = 64
	fractions = 32
)

var logisticTables [scales * fractions]atomic.Pointer[rans.Table]

// The logarithm of scale i is leastScale + i*scaleStep: from that of 1/32 to that of 64. All
// calculations are in float64.
const (
	leastScale = -3.4657359
	scaleStep  = 0.12102569
	perScale   = 8.26270 // 1/scaleStep
)

// logisticTable returns the whole part of a mean, rounded down, and the table of the differences
// from it. The mean is at most 2^20 in magnitude.
func logisticTable(mean, logScale float32) (whole int32, t *rans.Table) {
	m := int32(math.Floor(float64(float64(mean)*fractions) + 0.5))
	i := int(float64((float64(logScale)-leastScale)*perScale) + 0.5)
	i = max(0, min(scales-1, i))*fractions + int(m&(fractions-1))
	t = logisticTables[i].Load()
	if t == nil {
		t = makeLogistic(i/fractions, i%fractions)
		logisticTables[i].Store(t)
	}
	return m >> 5, t
}

// tailBits says where a table ends: outside of it, the probability on each side is at most
// 2^-tailBits or so. Integers there take the escape.
const tailBits = 13

// makeLogistic makes the table of a scale and a fraction. The distribution function at v is
// 1/(1 + exp(-(v-mean)/scale)), and the weight of an integer is the difference of its values at the
// integer + 1/2 and - 1/2. The escape gets what is left.
func makeLogistic(scale, fraction int) *rans.Table {
	s := f32.Exp(leastScale + float64(float64(scale)*scaleStep))
	mean := float64(fraction) / fractions
	reach := int32(float64(s*tailBits*math.Ln2)) + 1
	w := rans.Weights{Lo: -reach, Values: make([]float64, 2*reach+2)}
	below := func(v float64) float64 { return 1 / (1 + f32.Exp(-(v-mean)/s)) }
	before := below(float64(w.Lo) - 0.5)
	w.Escape = before
	for i := range w.Values {
		next := below(float64(w.Lo) + float64(i) + 0.5)
		w.Values[i] = max(0, next-before)
		before = next
	}
	w.Escape += 1 - before
	c, err := w.Counts()
	if err != nil {
		panic("codec: " + err.Error())
	}
	t, err := rans.NewTable(c)
	if err != nil {
		panic("codec: " + err.Error())
	}
	return t
}
