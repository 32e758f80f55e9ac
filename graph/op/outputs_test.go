package op

import (
	"math"
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
