package conv

import (
	"slices"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The functions of this file are the definitions of Convolver, in plain code.

// at returns a channel of a pixel, and +0 outside of the image.
func at(x []float32, n, rows, cols, channels, h, w, l int) float32 {
	if h < 0 || h >= rows || w < 0 || w >= cols {
		return 0
	}
	return x[((n*rows+h)*cols+w)*channels+l]
}

func (c Geometry) eachKernel(f func(o, l, i, j, index int)) {
	for index := range c.sizeKernel() {
		rest, j := index/c.Width.Kernel, index%c.Width.Kernel
		rest, i := rest/c.Height.Kernel, rest%c.Height.Kernel
		f(rest/c.In, rest%c.In, i, j, index)
	}
}

func (c Geometry) kernelIndex(o, l, i, j int) int {
	return ((o*c.In+l)*c.Height.Kernel+i)*c.Width.Kernel + j
}

// A laneSum adds up products as the comment of Forward says: in order, or in sixteen lanes.
type laneSum struct {
	few   bool
	lanes [16]float32
	term  int // the number of the term in the stretch
}

func (s *laneSum) stretch() { s.term = 0 }

func (s *laneSum) add(x, y float32) {
	s.lanes[s.term%16] = f32.FMA(x, y, s.lanes[s.term%16])
	if s.few {
		s.term++
	}
}

func (s *laneSum) sum() float32 {
	if !s.few {
		return s.lanes[0]
	}
	for n := 8; n > 0; n /= 2 {
		for i := range n {
			s.lanes[i] += s.lanes[i+n]
		}
	}
	return s.lanes[0]
}

func (c Geometry) forwardReference(y, x, kernel []float32) {
	for p := range y {
		o, q, r, n := p%c.Out, p/c.Out%c.Width.Out, p/c.Out/c.Width.Out%c.Height.Out, p/c.sizeY()
		s := laneSum{few: c.Out < 4}
		for i := range c.Height.Kernel {
			for j := range c.Width.Kernel {
				if j == 0 || c.Width.Dilation != 1 {
					s.stretch()
				}
				for l := range c.In {
					v := at(x, n, c.Height.In, c.Width.In, c.In, c.Height.input(r, i), c.Width.input(q, j), l)
					s.add(v, kernel[c.kernelIndex(o, l, i, j)])
				}
			}
		}
		y[p] = s.sum()
	}
}

// reads lists the outputs that read an input, in order, and the k for which they read it. It lists
// outputs outside of the axis too. gaps reports whether they do not lie side by side.
func (a Axis) reads(input int) (pairs [][2]int, gaps bool) {
	for o := -a.Kernel * a.Dilation * 2; o < a.In+a.Out+2*a.Pad; o++ {
		for k := range a.Kernel {
			if a.input(o, k) == input {
				gaps = gaps || len(pairs) > 0 && pairs[len(pairs)-1][0] != o-1
				pairs = append(pairs, [2]int{o, k})
			}
		}
	}
	return pairs, gaps
}

func (c Geometry) transposeReference(x, y, kernel []float32) {
	for p := range x {
		l, w, h, n := p%c.In, p/c.In%c.Width.In, p/c.In/c.Width.In%c.Height.In, p/c.sizeX()
		s := laneSum{few: c.In < 4}
		rows, _ := c.Height.reads(h)
		cols, gaps := c.Width.reads(w)
		for _, r := range rows {
			for i, q := range cols {
				if i == 0 || gaps {
					s.stretch()
				}
				for o := range c.Out {
					v := at(y, n, c.Height.Out, c.Width.Out, c.Out, r[0], q[0], o)
					s.add(v, kernel[c.kernelIndex(o, l, r[1], q[1])])
				}
			}
		}
		x[p] = s.sum()
	}
}

// sumTree adds along the tree of Gradients.
func sumTree(parts [][]float32) []float32 {
	if len(parts) == 1 {
		return parts[0]
	}
	a, b := sumTree(parts[:len(parts)/2]), sumTree(parts[len(parts)/2:])
	sum := make([]float32, len(a))
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
	return sum
}

func (c Geometry) kernelReference(dkernel, x, dy []float32) {
	parts := make([][]float32, c.Batch)
	for n := range parts {
		parts[n] = make([]float32, c.sizeKernel())
		c.eachKernel(func(o, l, i, j, index int) {
			var s float32
			for r := range c.Height.Out {
				for q := range c.Width.Out {
					v := at(x, n, c.Height.In, c.Width.In, c.In, c.Height.input(r, i), c.Width.input(q, j), l)
					s = f32.FMA(v, at(dy, n, c.Height.Out, c.Width.Out, c.Out, r, q, o), s)
				}
			}
			parts[n][index] = s
		})
	}
	copy(dkernel, sumTree(parts))
}

// convSampleSums is the definition of the gradient of the bias.
func convSampleSums(batch, channels int, dz []float32) []float32 {
	var parts [][]float32
	for sample := range slices.Chunk(dz, len(dz)/batch) {
		lanes := make([]float32, 8*channels)
		for i, v := range sample {
			lanes[i%len(lanes)] += v
		}
		for n := len(lanes) / 2; n >= channels; n /= 2 {
			for i := range n {
				lanes[i] += lanes[i+n]
			}
		}
		parts = append(parts, lanes[:channels])
	}
	return sumTree(parts)
}
