package rate

import (
	"math"
	"testing"
)

// At a falling temperature positions become the nearest integers. Without a temperature they stay as
// they are.
func TestAnneal(t *testing.T) {
	c := Quantizer{Step: []float32{0.5, 2}, Offset: []float32{1, -1}}
	p := []float32{3.4, -2.7, 0, 1 << 20, -0.6, 5.52}
	y, v, slope := make([]float32, len(p)), make([]float32, len(p)), make([]float32, len(p))
	anneal := func(noise []float32, temperature float32) {
		c.Anneal(y, v, slope, p, noise, temperature, 3, make([]float64, 2))
	}
	none := []float32{0, 0}
	anneal([]float32{3, -3}, 0)
	for i, x := range p {
		if v[i] != x || slope[i] != 1 || y[i] != float32(x*c.Step[i%2])+c.Offset[i%2] {
			t.Errorf("without a temperature %v becomes %v and %v, with slope %v", x, v[i], y[i], slope[i])
		}
	}
	anneal(none, 0.005)
	for i, want := range []float64{3, -3, 0, 1 << 20, -1, 6} {
		near(t, "cold", float64(v[i]), want, 1e-4)
		near(t, "slope", float64(slope[i]), 0, 1e-3)
	}
	anneal(none, 0.7)
	near(t, "warm", float64(v[0]), 3.4, 0.05)
	anneal([]float32{1000, -1000}, 0.2) // no overflow
	for i, want := range []float64{4, -3, 1, 1 << 20, 0, 5} {
		near(t, "noise", float64(v[i]), want, 1e-4)
	}
	p[0], p[1], p[2] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
	anneal(none, 0.5) // no panic
}

// Bits of tables are those of the integers, and linear between them and beyond the range.
func TestTables(t *testing.T) {
	tables := Tables{{-1, []float32{3, 0.5, 4}}}
	for _, c := range []struct{ v, bits, slope float64 }{
		{-1, 3, -1.75}, {0, 0.5, 0.5}, {1, 4, 2.25}, {0.25, 1.375, 3.5}, {2, 5, 1}, {5.5, 8.5, 1}, {-3, 5, -1}, {-1.5, 3.5, -1},
	} {
		var d [1]float32
		got := tables.Bits([]float32{float32(c.v)}, d[:], 1, 2, make([]float64, 1))
		near(t, "bits", float64(got), 2*c.bits, 1e-6)
		near(t, "slope", float64(d[0]), 2*c.slope, 1e-6)
	}
}
