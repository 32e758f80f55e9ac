package op

import (
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
)

// productAndSum has two outputs, a·b and a + b. Inputs: a and b, both s. Outputs: s and s.
func productAndSum(s Shape) Op {
	return Op{
		Name: "ProductAndSum" + s.String(),
		In:   []Shape{s, s},
		Out:  s,
		More: []Shape{s},
		RunAll: func(y, x [][]float32) {
			for i, a := range x[0] {
				y[0][i], y[1][i] = a*x[1][i], a+x[1][i]
			}
		},
		GradAll: func(t *Tape, x, _, dy []*G.Node) []*G.Node {
			var da, db []*G.Node
			if dy[0] != nil {
				da = append(da, t.Do(productAndSum(s), dy[0], x[1]))
				db = append(db, t.Do(productAndSum(s), dy[0], x[0]))
			}
			if dy[1] != nil {
				da, db = append(da, dy[1]), append(db, dy[1])
			}
			return []*G.Node{t.Do(Add(len(da), s), da...), t.Do(Add(len(db), s), db...)}
		},
	}
}

func refProductAndSum(y, x [][]float64) {
	for i, a := range x[0] {
		y[0][i], y[1][i] = a*x[1][i], a+x[1][i]
	}
}

// In a training graph our ops and stock operations may read each output alone, or both.
func TestOutputsInTraining(t *testing.T) {
	s := Shape{3, 4}
	two := []Shape{s, s}
	for _, e := range []expression{
		{"the first alone", two, func(t *Tape, x []*G.Node) *G.Node { return t.Do(productAndSum(s), x...) },
			pointwise(func(x ...float64) float64 { return x[0] * x[1] })},
		{"the second alone", two, func(t *Tape, x []*G.Node) *G.Node { return t.DoAll(productAndSum(s), x...)[1] },
			pointwise(func(x ...float64) float64 { return x[0] + x[1] })},
		{"both", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return t.Do(Add(3, s), y[0], y[1], t.Do(Activation(Tanh(), s), y[1]))
		}, pointwise(func(x ...float64) float64 { return x[0]*x[1] + x[0] + x[1] + math.Tanh(x[0]+x[1]) })},
		{"one after the other", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return t.DoAll(productAndSum(s), y[1], y[0])[0]
		}, pointwise(func(x ...float64) float64 { return x[0] * x[1] * (x[0] + x[1]) })},
		{"a stock operation reads the first", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return t.Do(Add(2, s), t.Try(G.Square(y[0])), y[1])
		}, pointwise(func(x ...float64) float64 { return square(x[0]*x[1]) + x[0] + x[1] })},
		{"a stock operation reads the second", two, func(t *Tape, x []*G.Node) *G.Node {
			return t.Try(G.Square(t.DoAll(productAndSum(s), x...)[1]))
		}, pointwise(func(x ...float64) float64 { return square(x[0] + x[1]) })},
		{"a stock operation reads both, and may write over either", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return t.Try(G.Sub(t.Try(G.Sub(y[1], y[0])), x[1]))
		}, pointwise(func(x ...float64) float64 { return x[0] - x[0]*x[1] })},
		{"below stock operations", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), t.Try(G.Tanh(x[0])), t.Try(G.Sub(x[1], x[0])))
			return t.Do(Add(2, s), y...)
		}, pointwise(func(x ...float64) float64 { a, b := math.Tanh(x[0]), x[1]-x[0]; return a*b + a + b })},
		{"in other shapes", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.DoAll(productAndSum(s), x...)
			flat := Shape{12}
			view := t.Do(Reshape(s, flat), y[1])
			return t.Do(Add(2, flat), t.Try(G.Tanh(view)), t.Do(Reshape(s, flat), y[0]))
		}, pointwise(func(x ...float64) float64 { return x[0]*x[1] + math.Tanh(x[0]+x[1]) })},
	} {
		t.Run(e.name, e.verify)
	}
}

// Each output may be a result. It is the same inline and on the tape, with and without shared
// memory.
func TestOutputsAsResults(t *testing.T) {
	s := Shape{2, 3}
	a, b := []float32{1, 2, 3, 4, 5, 6}, []float32{2, 2, 2, 3, 3, 3}
	product, sum := []float32{2, 4, 6, 12, 15, 18}, []float32{3, 4, 5, 7, 8, 9}
	both := []float32{5, 8, 11, 19, 23, 27}
	for name, c := range map[string]struct {
		write func(t *Tape, x []*G.Node) []*G.Node
		want  [][]float32
	}{
		"the first":  {func(t *Tape, x []*G.Node) []*G.Node { return t.DoAll(productAndSum(s), x...)[:1] }, [][]float32{product}},
		"the second": {func(t *Tape, x []*G.Node) []*G.Node { return t.DoAll(productAndSum(s), x...)[1:] }, [][]float32{sum}},
		"both":       {func(t *Tape, x []*G.Node) []*G.Node { return t.DoAll(productAndSum(s), x...) }, [][]float32{product, sum}},
		"the first, which is read too": {func(t *Tape, x []*G.Node) []*G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return []*G.Node{t.Do(Add(2, s), y...), y[0]}
		}, [][]float32{both, product}},
		"the second, which is read too": {func(t *Tape, x []*G.Node) []*G.Node {
			y := t.DoAll(productAndSum(s), x...)
			return []*G.Node{y[1], t.Do(Add(2, s), y...)}
		}, [][]float32{sum, both}},
		"neither, and each is read late": {func(t *Tape, x []*G.Node) []*G.Node {
			y := t.DoAll(productAndSum(s), x...)
			h := x[0]
			for range 4 { // these need memory, and must not take that of the outputs
				h = t.Do(Activation(Tanh(), s), h)
			}
			zero := t.Do(productAndSum(s), h, t.Var("zero", s, make([]float32, 6), false))
			return []*G.Node{t.Do(Add(3, s), zero, y[0], y[1])}
		}, [][]float32{both}},
	} {
		for _, apart := range []bool{false, true} {
			tape := newTape(0)
			tape.apart = apart
			p, err := compile(func(t *Tape) []*G.Node {
				return c.write(t, []*G.Node{t.Var("a", s, a, false), t.Var("b", s, b, false)})
			}, tape)
			if err != nil {
				t.Fatal(err)
			}
			inline := p.inline
			if inline == nil {
				t.Errorf("%s: it does not run inline", name)
			}
			for range 3 {
				for _, p.inline = range [][]*call{inline, nil} {
					if err := p.Run(); err != nil {
						t.Fatal(err)
					}
					for i, want := range c.want {
						equal(t, name, p.Result(i), want)
						clear(p.Result(i))
					}
				}
			}
		}
	}
}

// An op with several outputs runs once, no matter how many nodes read them.
func TestOutputsAreComputedOnce(t *testing.T) {
	s := Shape{1, 2}
	runs := 0
	counted := productAndSum(s)
	counted.RunAll = func(y, x [][]float32) {
		runs++
		productAndSum(s).RunAll(y, x)
	}
	run(t, func(t *Tape) []*G.Node {
		x := t.Var("x", s, []float32{1, 2}, true)
		y := t.DoAll(counted, x, x)
		h := t.Do(Add(3, s), y[0], y[1], t.Try(G.Tanh(y[1])))
		return append(t.Grad(t.Do(SquaredNorm(s, 1), h), x), y...)
	})
	if runs != 1 {
		t.Errorf("it ran %d times, want once", runs)
	}
}

// The node of an output runs the op. Only an op with several outputs that gradients may come from
// needs a node more.
func TestNodesOfOutputs(t *testing.T) {
	s := Shape{1, 2}
	for name, c := range map[string]struct {
		change  func(o *Op)
		trained bool
		runner  int
	}{
		"gradients of both":           {func(*Op) {}, true, ticket},
		"gradients of the first":      {func(o *Op) { o.Constant = []int{1} }, true, 0},
		"gradients of the second":     {func(o *Op) { o.Constant = []int{0} }, true, 1},
		"gradients of neither":        {func(o *Op) { o.Constant = []int{0, 1} }, true, 0},
		"no gradient":                 {func(o *Op) { o.GradAll = nil }, true, 0},
		"nothing below it is trained": {func(*Op) {}, false, 0},
	} {
		tape := newTape(0)
		o := productAndSum(s)
		c.change(&o)
		x := tape.Var("x", s, []float32{1, 2}, c.trained)
		y := tape.DoAll(o, x, x)
		want := 2
		if c.runner == ticket {
			want = 3
		}
		if len(tape.own) != want {
			t.Errorf("%s: got %d nodes, want %d", name, len(tape.own), want)
		}
		for k, n := range y {
			if a := tape.own[n]; a.number != k || a.runs != (k == c.runner) {
				t.Errorf("%s: output %d is number %d and runs the op: %t, want the runner %d", name, k, a.number, a.runs, c.runner)
			}
		}
	}
}

// The node that runs an op may be that of an Optional output that nothing reads. The output is then
// left out, inline and on the tape..
func TestOutputOfTheRunnerIsOptional(t *testing.T) {
	s := Shape{1, 2}
	o := productAndSum(s)
	o.Optional, o.GradAll = []int{0, 1}, nil
	left := []bool{false, false}
	o.RunAll = func(y, x [][]float32) {
		for k, y := range y {
			if left[k] = y == nil; left[k] {
				continue
			}
			for i, a := range x[0] {
				y[i] = []float32{a * x[1][i], a + x[1][i]}[k]
			}
		}
	}
	product, sum := []float32{3, 8}, []float32{4, 6}
	for name, c := range map[string]struct {
		read func(y []*G.Node) []*G.Node
		want [][]float32
		left []bool
	}{
		"the first":  {func(y []*G.Node) []*G.Node { return y[:1] }, [][]float32{product}, []bool{false, true}},
		"the second": {func(y []*G.Node) []*G.Node { return y[1:] }, [][]float32{sum}, []bool{true, false}},
		"both":       {func(y []*G.Node) []*G.Node { return []*G.Node{y[1], y[0]} }, [][]float32{sum, product}, []bool{false, false}},
	} {
		p, err := Compile(func(t *Tape) []*G.Node {
			y := t.DoAll(o, t.Var("a", s, []float32{1, 2}, false), t.Var("b", s, []float32{3, 4}, false))
			var results []*G.Node
			for _, n := range c.read(y) {
				results = append(results, t.Do(Add(1, s), t.Do(Reshape(Shape{2}, s), t.Do(Reshape(s, Shape{2}), n))))
			}
			return results
		})
		if err != nil {
			t.Fatal(err)
		}
		inline := p.inline
		for _, p.inline = range [][]*call{inline, nil} {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				equal(t, name, p.Result(i), want)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("%s: left out are %v, want %v", name, left, c.left)
			}
		}
	}
}
