package conv

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// A destination of few channels would leave most of a vector empty. So its sums are split up: each
// of sixteen lanes of a vector takes every sixteenth term.

// fewChannels is the largest number of channels for which sums are split up.
const fewChannels = 3

// computeLanes is compute for a destination of few channels.
func (g *gather) computeLanes(scratch *workspace, dst, image []float32, lo, hi int) {
	t := &scratch.tile
	*t = tile{aRow: g.image.cols.stride * g.image.channels, rectifier: g.epilogue.Rectifier, slope: g.epilogue.Slope}
	step := g.image.rows.stride * g.image.pitch()
	for i := range g.passes {
		p := &g.passes[i]
		t.segments, t.inner = p.segments, p.inner
		for r := lo; r < min(hi, p.rows.count); r++ {
			for d := range g.channels {
				var a, b, bias []float32
				if len(p.segments) > 0 {
					a, b = image[(r-lo)*step:], g.packed[p.weights+d*p.terms():]
				}
				if g.epilogue.Bias != nil {
					bias = g.epilogue.Bias[d:][:1]
				}
				out := dst[((p.rows.first+r*p.rows.step)*g.width+p.cols.first)*g.channels+d:]
				if every := p.cols.step * g.channels; every == 1 {
					t.lanes(out[:p.cols.count], a, b, bias)
				} else {
					row := scratch.row[:p.cols.count]
					t.lanes(row, a, b, bias)
					for j, v := range row {
						out[j*every] = v
					}
				}
			}
		}
	}
}

// lanes computes sums that are split up into sixteen lanes. For each i,
//
//	lane[j] = +0, for j < 16
//	for each segment s and l < inner, in order:
//	    lane[l%16] = fma(a[s.a + i*aRow + l], b[s.b + l], lane[l%16])
//	lane[j] = lane[j] + lane[j+8] for j < 8, then [j+4] for j < 4, [j+2] for j < 2 and [1]
//	c[i] = lane[0] + bias[0]
//
// without the last sum if bias is nil. The rectifier follows.
func (t *tile) lanes(c, a, b, bias []float32) {
	kn := kernels(simd.Current())
	tiles := (len(c) + kn.laneRows - 1) / kn.laneRows
	for n := range tiles {
		first := n * len(c) / tiles
		t.rows = (n+1)*len(c)/tiles - first
		kn.lanes16(t, from(a, first*t.aRow), b, c[first:], bias)
	}
}

func lanesPortable(t *tile, a, b, c, bias []float32) {
	for i := range t.rows {
		var lane [16]float32
		for _, s := range t.segments {
			x, w := a[s.a+i*t.aRow:][:t.inner], b[s.b:][:t.inner]
			for l, v := range x {
				lane[l%16] = f32.FMA(v, w[l], lane[l%16])
			}
		}
		for half := 8; half > 0; half /= 2 {
			for j := range half {
				lane[j] += lane[j+half]
			}
		}
		c[i] = lane[0]
		epilogue.Row(c[i:i+1], bias, t.rectifier, t.slope)
	}
}
