package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Reference is what an op with one output should compute: in float64, and written as plainly as
// possible.
type Reference func(y []float64, x [][]float64)

// ReferenceAll is a Reference for all outputs of an op.
type ReferenceAll func(y, x [][]float64)

// Check compares an op that has one output with its reference, on random inputs: the output, and
// the gradient that gorgonia.Grad finds for each input against central differences of the
// reference. Both must agree within 1e-5 of the largest magnitude. Inputs stay 0.1 away from zero,
// where activations have kinks. fixed lists the inputs that have no gradient, such as the target of
// a loss.
func Check(o Op, ref Reference, seed uint64, fixed ...int) error {
	if len(o.More) > 0 {
		return errors.Errorf("%s: want one output, got %d: use CheckAll", o.Name, 1+len(o.More))
	}
	return CheckAll(o, func(y, x [][]float64) { ref(y[0], x) }, seed, fixed...)
}

// CheckAll is Check for an op with any number of outputs. It compares the outputs with and without
// the Optional ones. It compares the gradients that come from each output alone, and those from all
// outputs together. No gradient comes from a Constant output.
func CheckAll(o Op, ref ReferenceAll, seed uint64, fixed ...int) error {
	if err := o.check(); err != nil {
		return err
	}
	c := newCheck(o, ref, seed)
	if err := c.forward(); err != nil {
		return err
	}
	var inputs []int
	for i := range o.In {
		if !slices.Contains(fixed, i) {
			inputs = append(inputs, i)
		}
	}
	var outputs []int
	for k := range c.r {
		if o.differentiable(k) {
			outputs = append(outputs, k)
		}
	}
	if len(inputs) == 0 || len(outputs) == 0 {
		return nil
	}
	if len(outputs) > 1 {
		for _, k := range outputs {
			if err := c.gradient(inputs, []int{k}); err != nil {
				return err
			}
		}
	}
	return c.gradient(inputs, outputs)
}

type check struct {
	Op
	ref ReferenceAll
	x   [][]float32
	x64 [][]float64
	r   [][]float32 // for each output; the loss is the sum of all r·y
}

func newCheck(o Op, ref ReferenceAll, seed uint64) *check {
	c := &check{Op: o, ref: ref}
	src := random.New(seed, o.Name)
	draw := func(s Shape) []float32 {
		x := make([]float32, s.Size())
		for i := range x {
			if x[i] = 0.1 + 1.9*src.Float32(); src.Uint64()&1 == 0 {
				x[i] = -x[i]
			}
		}
		return x
	}
	for _, s := range o.In {
		x := draw(s)
		c.x, c.x64 = append(c.x, x), append(c.x64, wide(x))
	}
	for _, s := range o.outputs() {
		c.r = append(c.r, draw(s))
	}
	return c
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// reference is what the outputs should be.
func (c *check) reference() [][]float64 {
	y := make([][]float64, len(c.r))
	for k, r := range c.r {
		y[k] = make([]float64, len(r))
	}
	c.ref(y, c.x64)
	return y
}

// forward compares the outputs: all of them, then those that are not Optional, then each Optional
// one with them.
func (c *check) forward() error {
	if err := c.compare(c.Optional); err != nil || len(c.Optional) == 0 {
		return err
	}
	if len(c.Optional) < len(c.r) {
		if err := c.compare(nil); err != nil {
			return err
		}
	}
	for _, k := range c.Optional {
		if err := c.compare([]int{k}); err != nil {
			return err
		}
	}
	return nil
}

// compare runs the op and compares its outputs with the reference. Of the Optional outputs, it asks
// for those listed.
func (c *check) compare(optional []int) error {
	y := make([][]float32, len(c.r))
	for k, r := range c.r {
		if !slices.Contains(c.Optional, k) || slices.Contains(optional, k) {
			y[k] = slices.Repeat([]float32{float32(math.NaN())}, len(r)) // the op must overwrite it
		}
	}
	before := make([][]float32, len(c.x))
	for i, x := range c.x {
		before[i] = slices.Clone(x)
	}
	if err := c.try(y); err != nil {
		return err
	}
	for i, x := range c.x {
		if !slices.Equal(x, before[i]) {
			return errors.Errorf("%s changed its input %d", c.Name, i)
		}
	}
	for k, want := range c.reference() {
		if y[k] == nil {
			continue
		}
		if err := close32(fmt.Sprintf("%s: output %d", c.Name, k), y[k], want); err != nil {
			return err
		}
	}
	return nil
}

// try runs the op. A panic becomes an error, as in a Program.
func (c *check) try(y [][]float32) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("%s: %v", c.Name, r)
		}
	}()
	c.run(y, c.x)
	return nil
}

// gradient runs a graph of the op and a loss above it, and compares the gradients of the inputs
// listed. The loss reads the outputs listed.
func (c *check) gradient(inputs, outputs []int) error {
	p, err := Compile(func(t *Tape) []*G.Node {
		leaves := make([]*G.Node, len(c.x))
		for i := range c.x {
			leaves[i] = c.leaf(t, i, slices.Contains(inputs, i))
		}
		y := t.DoAll(c.Op, c.nodes(t, leaves)...)
		var terms, wrt []*G.Node
		for _, k := range outputs {
			terms = append(terms, t.Do(dot(c.outputs()[k], c.r[k]), y[k]))
		}
		for _, i := range inputs {
			wrt = append(wrt, leaves[i])
		}
		loss := t.Do(Add(len(terms), Shape{}), terms...)
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
	for n, i := range inputs {
		what := fmt.Sprintf("%s: gradient of input %d from outputs %v", c.Name, i, outputs)
		if err := close32(what, p.Result(n), c.differences(i, outputs)); err != nil {
			return err
		}
	}
	return nil
}

// leaf writes input i as a leaf. A leaf is no scalar, so a scalar becomes one of one element.
func (c *check) leaf(t *Tape, i int, trained bool) *G.Node {
	s := c.In[i]
	if len(s) == 0 {
		s = Shape{1}
	}
	return t.Var(fmt.Sprint("input ", i), s, c.x[i], trained)
}

// nodes gives the leaves the shapes of the op's inputs.
func (c *check) nodes(t *Tape, leaves []*G.Node) []*G.Node {
	in := slices.Clone(leaves)
	for i, s := range c.In {
		if len(s) == 0 {
			in[i] = t.Do(Reshape(Shape{1}, s), in[i])
		}
	}
	return in
}

// differences is the gradient of the loss with respect to input i, by central differences of the
// reference.
func (c *check) differences(i int, outputs []int) []float64 {
	const h = 1e-5
	g := make([]float64, len(c.x64[i]))
	for n, x := range c.x64[i] {
		c.x64[i][n] = x + h
		up := c.reference()
		c.x64[i][n] = x - h
		down := c.reference()
		c.x64[i][n] = x
		for _, k := range outputs {
			for j, r := range c.r[k] {
				g[n] += float64(r) * (up[k][j] - down[k][j]) / (2 * h)
			}
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
			return errors.Errorf("%s: want %v as element %d, got %v", what, w, i, got[i])
		}
	}
	return nil
}

// dot is Σ r·x with constants r: a loss that gives each output of an op a gradient of its own.
// Input: s. Output: a scalar.
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
				Run:  func(dx []float32, x [][]float32) { elementwise.Scale(dx, r, x[0][0]) },
			}, dy)}
		},
	}
}
