package op

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/rate"
)

func TestAnneal(t *testing.T) {
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 2}, {5, 4}} {
		ref := func(y, x [][]float64) {
			p, temperature := x[0], x[4][0]
			for i, v := range p {
				j := i % c.n
				slope := 1.0
				if temperature > 0 {
					a := math.Floor(v)
					f := v - a
					l := math.Atanh(f) - math.Atanh(1-f)
					w := 1 / (1 + math.Exp(-(l/temperature+x[3][j])/temperature))
					d := 1/(1-f*f) + 1/(1-(1-f)*(1-f))
					v, slope = a+w, w*(1-w)/(temperature*temperature)*d
				}
				y[0][i], y[1][i], y[2][i] = v*x[1][j]+x[2][j], v, slope
			}
		}
		for seed := range uint64(8) { // some temperatures are below 0, which stands for none
			if err := CheckAll(Anneal(c.rows, c.n), ref, seed, 1, 2, 3, 4); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, Anneal(c.rows, c.n))
	}
}

func TestTableBits(t *testing.T) {
	tables := rate.Tables{{Lo: -1, Bits: []float32{3, 0.5, 4, 7}}, {Lo: 1, Bits: []float32{2}}, {Lo: -3, Bits: []float32{5, 4, 1, 2, 8}}}
	for _, rows := range []int{1, 4} {
		ref := func(y, x [][]float64) {
			sum, gradients := 0.0, y[1]
			for i, v := range x[0] {
				table := tables[i%len(tables)]
				at := func(q float64) float64 {
					last := float64(table.Lo) + float64(len(table.Bits)-1)
					inside := max(float64(table.Lo), min(last, q))
					return float64(table.Bits[int(inside)-int(table.Lo)]) + math.Abs(q-inside)
				}
				low := math.Floor(v)
				gradients[i] = 2.5 * (at(low+1) - at(low))
				sum += at(low) + (v-low)*(at(low+1)-at(low))
			}
			y[0][0] = 2.5 * sum
		}
		for seed := range uint64(3) {
			if err := CheckAll(TableBits(rows, tables, 2.5), ref, seed); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, TableBits(rows, tables, 2.5))
	}
}
