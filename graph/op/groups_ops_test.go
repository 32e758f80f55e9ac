package op

import (
	"fmt"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// Outputs, gradients of rows, and sums of the gradients of weights are, bit for bit, those of groups by themselves,
// for all ops that compute groups together.
func TestGroupsOfOps(t *testing.T) {
	const groups, rows = 4, 3
	act, image := Tanh(), Shape{rows, 5, 4, 6}
	axis := func(n int) Axis { return Axis{In: n, Out: n, Kernel: 3, Stride: 1, Dilation: 1, Pad: 1} }
	c := Convolution{In: 6, Out: 4, Height: axis(5), Width: axis(4), Bias: true}
	apart := c
	apart.Bias, apart.Groups = false, 2
	window := Window{Height: 5, Width: 4, Channels: 6, Rows: 2, Cols: 2, Tall: 3, Wide: 2, Down: 2, Across: 2}
	border := Border{Top: 1, Right: 2}
	step, place := uint64(3), uint64(0)
	noise := Noise{Key: 5, Step: &step, Place: &place}
	for _, o := range []Op{
		Dense(rows, 7, 5, &act), Dense(rows, 7, 5, nil), DenseNoBias(rows, 7, 5, &act),
		Conv2D(rows, c, &act), ConvTranspose2D(rows, Convolution{In: 4, Out: 6, Height: axis(5), Width: axis(4), Bias: true}, nil), Conv2D(rows, apart, nil),
		MaxPool(rows, window), AveragePool(rows, window), GlobalAveragePool(image), UpSample(image, 2, 1), Bilinear(image, 1, 3),
		ZeroPad(image, border), Crop(Shape{rows, 4, 2, 6}, border), EdgePad(image, border),
		Transpose(5, 24, image, Shape{rows, 120}), Concat(Shape{rows, 3}, Shape{rows, 2}), Copy(image), Add(3, image),
		Softmax(rows, 5), LayerNorm(image, 1e-3), Activation(act, image),
		Sample(rows, 5, noise), Dropout(0.3, noise, image), SpatialDropout(0.3, noise, image), GaussianNoise(0.3, noise, image),
	} {
		kerneltest.EveryWay(t, func(way string) {
			g := newGrouped(o, groups, rows)
			var results, sums [][]float32 // of each group by itself
			for group := range groups {
				place = uint64(group * rows)
				all := run(t, func(t *Tape) []*G.Node {
					r, s := g.write(t, g.of(group))
					return append(r, s...)
				})
				n := len(all) - len(o.Shared)
				results, sums = behind(results, all[:n]), behind(sums, all[n:])
			}
			place = 0
			p, err := CompileGroups(Groups{N: groups, Rows: rows, Place: &place}, func(t *Tape) (results, sums []*G.Node) { return g.write(t, g.x) })
			if err == nil {
				err = p.Run()
			}
			if err != nil {
				t.Fatalf("%s, %s: %v", o.Name, way, err)
			}
			for i, want := range results {
				kerneltest.WantSlice(t, fmt.Sprintf("%s, %s: result %d", o.Name, way, i), p.Result(i), want)
			}
			for i, terms := range sums {
				want, n := make([]float32, len(terms)/groups), len(terms)/groups
				for j := range want {
					want[j] = (terms[j] + terms[n+j]) + (terms[2*n+j] + terms[3*n+j])
				}
				kerneltest.WantSlice(t, fmt.Sprintf("%s, %s: sum %d", o.Name, way, i), p.Result(len(results)+i), want)
			}
		})
	}
}

// behind appends more numbers to each of some slices.
func behind(all, more [][]float32) [][]float32 {
	if all == nil {
		all = make([][]float32, len(more))
	}
	for i, x := range more {
		all[i] = append(all[i], x...)
	}
	return all
}

// grouped is an op and the inputs for all groups.
type grouped struct {
	Op
	x [][]float32
}

func newGrouped(o Op, groups, rows int) *grouped {
	g := &grouped{Op: o}
	for i, s := range o.In {
		n := s.Size()
		if !g.shared(i) {
			n *= groups
		}
		g.x = append(g.x, kerneltest.Normal(uint64(1+i), n))
	}
	return g
}

func (g *grouped) shared(i int) bool { return slices.Contains(g.Shared, i) }

// of returns the inputs of a group.
func (g *grouped) of(group int) [][]float32 {
	x := slices.Clone(g.x)
	for i, s := range g.In {
		if !g.shared(i) {
			x[i] = x[i][group*s.Size():][:s.Size()]
		}
	}
	return x
}

// write writes the op and a loss. Results are its output, and the gradients of what it does not share.
func (g *grouped) write(t *Tape, x [][]float32) (results, sums []*G.Node) {
	var leaves []*G.Node
	for i, s := range g.In {
		leaves = append(leaves, t.Var("x", s, x[i], true))
	}
	y := t.Do(g.Op, leaves...)
	results = append(results, y)
	for i, d := range t.Grad(t.Do(SquaredNorm(g.Out, 0.3), y), leaves...) {
		if g.shared(i) {
			sums = append(sums, d)
		} else {
			results = append(results, d)
		}
	}
	return results, sums
}
