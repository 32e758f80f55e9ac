package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Reference is what an op should compute, in float64 and written as plainly as can be.
type Reference func(y []float64, x [][]float64)

// Check compares an op with its reference on random inputs: the output, and the gradient that gorgonia.Grad finds for
// each input against central differences of the reference (of the op's own float32 they would be noise). Both must
// agree within 1e-5 of the largest magnitude. Inputs stay 0.1 away from zero, where activations have their kinks.
// Inputs without a gradient, as a loss's target, are listed in fixed.
func Check(o Op, ref Reference, seed uint64, fixed ...int) error {
	c := newCheck(o, ref, seed)
	if err := c.forward(); err != nil {
		return err
	}
	var free []int
	for i := range o.In {
		if !slices.Contains(fixed, i) {
			free = append(free, i)
		}
	}
	return c.gradient(free)
}

type check struct {
	Op
	ref Reference
	x   [][]float32
	x64 [][]float64
	r   []float32 // the loss is Σ r·y
}

func newCheck(o Op, ref Reference, seed uint64) *check {
	c := &check{Op: o, ref: ref, r: make([]float32, o.Out.Size())}
	src := random.New(seed, o.Name)
	draw := func() float32 {
		v := 0.1 + 1.9*src.Float32()
		if src.Uint64()&1 == 0 {
			return -v
		}
		return v
	}
	for _, s := range o.In {
		x, x64 := make([]float32, s.Size()), make([]float64, s.Size())
		for i := range x {
			x[i] = draw()
			x64[i] = float64(x[i])
		}
		c.x, c.x64 = append(c.x, x), append(c.x64, x64)
	}
	for i := range c.r {
		c.r[i] = draw()
	}
	return c
}

func (c *check) reference() []float64 {
	y := make([]float64, c.Out.Size())
	c.ref(y, c.x64)
	return y
}

func (c *check) forward() error {
	y := slices.Repeat([]float32{float32(math.NaN())}, c.Out.Size()) // Run must overwrite it
	before := make([][]float32, len(c.x))
	for i, x := range c.x {
		before[i] = slices.Clone(x)
	}
	c.Run(y, c.x)
	for i, x := range c.x {
		if !slices.Equal(x, before[i]) {
			return errors.Errorf("%s changed its input %d", c.Name, i)
		}
	}
	return close32(c.Name+": output", y, c.reference())
}

// gradient runs a graph of the op and a loss above it, and compares the gradients of the inputs listed.
func (c *check) gradient(inputs []int) error {
	if len(inputs) == 0 {
		return nil
	}
	p, err := Compile(func(t *Tape) []*G.Node {
		leaves := make([]*G.Node, len(c.x))
		for i := range c.x {
			leaves[i] = c.leaf(t, i, slices.Contains(inputs, i))
		}
		loss := t.Do(dot(c.Out, c.r), t.Do(c.Op, c.nodes(t, leaves)...))
		var wrt []*G.Node
		for _, i := range inputs {
			wrt = append(wrt, leaves[i])
		}
		return append(t.Grad(loss, wrt...), loss)
	})
	if err != nil {
		return errors.Wrap(err, c.Name)
	}
	for range 2 { // the second run must not see anything of the first
		if err := p.Run(); err != nil {
			return errors.Wrap(err, c.Name)
		}
	}
	for k, i := range inputs {
		if err := close32(fmt.Sprintf("%s: gradient of input %d", c.Name, i), p.Result(k), c.differences(i)); err != nil {
			return err
		}
	}
	return nil
}

// A leaf is no scalar: scalar inputs are leaves of one element, reshaped.
func (c *check) leaf(t *Tape, i int, trained bool) *G.Node {
	s := c.In[i]
	if len(s) == 0 {
		s = Shape{1}
	}
	return t.Var(fmt.Sprint("input ", i), s, c.x[i], trained)
}

func (c *check) nodes(t *Tape, leaves []*G.Node) []*G.Node {
	in := slices.Clone(leaves)
	for i, s := range c.In {
		if len(s) == 0 {
			in[i] = t.Do(Reshape(Shape{1}, s), in[i])
		}
	}
	return in
}

// differences is the gradient of Σ r·y with respect to input i, by central differences of the reference.
func (c *check) differences(i int) []float64 {
	const h = 1e-5
	g := make([]float64, len(c.x64[i]))
	for k, x := range c.x64[i] {
		c.x64[i][k] = x + h
		up := c.reference()
		c.x64[i][k] = x - h
		down := c.reference()
		c.x64[i][k] = x
		for j, r := range c.r {
			g[k] += float64(r) * (up[j] - down[j]) / (2 * h)
		}
	}
	return g
}

// close32 compares within 1e-5 of the largest magnitude.
func close32(what string, got []float32, want []float64) error {
	largest := 0.0
	for _, w := range want {
		largest = math.Max(largest, math.Abs(w))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= 1e-5*largest) {
			return errors.Errorf("%s: element %d is %v, want %v", what, i, got[i], w)
		}
	}
	return nil
}

// dot is Σ r·x with constants r: a loss under which each output of an op has a gradient of its own.
func dot(s Shape, r []float32) Op {
	return Op{
		Name: fmt.Sprintf("Dot%v", s),
		In:   []Shape{s},
		Out:  Shape{},
		Run: func(y []float32, x [][]float32) {
			sum := 0.0
			for i, v := range x[0] {
				sum += float64(v) * float64(r[i])
			}
			y[0] = float32(sum)
		},
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("DotGrad%v", s),
				In:   []Shape{{}},
				Out:  s,
				Run:  func(dx []float32, x [][]float32) { f32.Scale(dx, r, x[0][0]) },
			}, dy)}
		},
	}
}
