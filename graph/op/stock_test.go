package op

import (
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// expression is a graph of stock operations and ours, and its reference.
type expression struct {
	name  string
	in    []Shape
	write func(t *Tape, x []*G.Node) *G.Node
	ref   Reference
}

// verify runs the expression several times on new numbers. Each time, the output and the gradients
// of all leaves must agree with the reference, and no run may change a leaf.
func (e expression) verify(t *testing.T) {
	var c *check
	var leaves []*G.Node
	p, err := Compile(func(tape *Tape) []*G.Node {
		c, leaves = newCheck(Op{Name: e.name, In: e.in}, func(y, x [][]float64) { e.ref(y[0], x) }, 1), nil
		for i, x := range c.x {
			leaves = append(leaves, tape.Var("leaf", e.in[i], x, true))
		}
		y := e.write(tape, leaves)
		c.Out = ShapeOf(y)
		c.r = newCheck(Op{In: []Shape{c.Out}}, nil, 2).x[:1]
		return append(tape.Grad(tape.Do(dot(c.Out, c.r[0]), y), leaves...), y)
	})
	if err != nil {
		t.Fatal(err)
	}
	for run := range 3 {
		for i, x := range c.x {
			for k := range x {
				x[k] *= 1 - 0.1*float32(run)
				c.x64[i][k] = float64(x[k])
			}
		}
		if err := p.Run(); err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		for i, x := range c.x {
			if !slices.EqualFunc(x, c.x64[i], func(a float32, b float64) bool { return float64(a) == b }) {
				t.Errorf("run %d changed leaf %d", run, i)
			}
		}
		if err := close32("output", p.Result(len(leaves)), c.reference()[0]); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		for i := range leaves {
			if err := close32("gradient", p.Result(i), c.differences(i, []int{0})); err != nil {
				t.Errorf("run %d, leaf %d: %v", run, i, err)
			}
		}
	}
}

// pointwise is the reference of an expression in which element i of the output comes from element
// i of the inputs.
func pointwise(f func(x ...float64) float64) Reference {
	return func(y []float64, x [][]float64) {
		for i := range y {
			args := make([]float64, len(x))
			for k := range x {
				args[k] = x[k][i]
			}
			y[i] = f(args...)
		}
	}
}

// gather is the reference of an expression in which element i of the output is tanh of element
// at(i) of the input.
func gather(at func(i int) int) Reference {
	return func(y []float64, x [][]float64) {
		for i := range y {
			y[i] = math.Tanh(x[0][at(i)])
		}
	}
}

func TestStockOperations(t *testing.T) {
	s := Shape{3, 4}
	two := []Shape{s, s}
	act := func(t *Tape, x *G.Node) *G.Node { return t.Do(Activation(Tanh(), ShapeOf(x)), x) }
	tanh, exp := math.Tanh, math.Exp
	for _, e := range []expression{
		{"unary below ours", two[:1], func(t *Tape, x []*G.Node) *G.Node { return act(t, t.Try(G.Exp(x[0]))) },
			pointwise(func(x ...float64) float64 { return tanh(exp(x[0])) })},
		{"unary above ours", two[:1], func(t *Tape, x []*G.Node) *G.Node { return t.Try(G.Square(act(t, x[0]))) },
			pointwise(func(x ...float64) float64 { return square(tanh(x[0])) })},
		{"add", two, func(t *Tape, x []*G.Node) *G.Node { return act(t, t.Try(G.Add(act(t, x[0]), act(t, x[1])))) },
			pointwise(func(x ...float64) float64 { return tanh(tanh(x[0]) + tanh(x[1])) })},
		{"subtract leaves", two, func(t *Tape, x []*G.Node) *G.Node { return act(t, t.Try(G.Sub(x[0], x[1]))) },
			pointwise(func(x ...float64) float64 { return tanh(x[0] - x[1]) })},
		{"multiply elements", two, func(t *Tape, x []*G.Node) *G.Node { return act(t, t.Try(G.HadamardProd(act(t, x[0]), x[1]))) },
			pointwise(func(x ...float64) float64 { return tanh(tanh(x[0]) * x[1]) })},
		{"a node that both read", two[:1], func(t *Tape, x []*G.Node) *G.Node {
			h := act(t, x[0])
			return t.Do(Add(3, s), h, t.Try(G.Square(h)), act(t, h))
		}, pointwise(func(x ...float64) float64 { h := tanh(x[0]); return h + square(h) + tanh(h) })},
		{"divide", two, func(t *Tape, x []*G.Node) *G.Node { return act(t, t.Try(G.HadamardDiv(act(t, x[0]), x[1]))) },
			pointwise(func(x ...float64) float64 { return tanh(tanh(x[0]) / x[1]) })},
		{"a single number", []Shape{{1, 1}, {1, 1}}, func(t *Tape, x []*G.Node) *G.Node {
			return act(t, t.Try(G.Sub(act(t, x[0]), x[1])))
		}, pointwise(func(x ...float64) float64 { return tanh(tanh(x[0]) - x[1]) })},
		{"constant", two[:1], func(t *Tape, x []*G.Node) *G.Node {
			return act(t, t.Try(G.Mul(act(t, x[0]), G.NewConstant(float32(3)))))
		}, pointwise(func(x ...float64) float64 { return tanh(3 * tanh(x[0])) })},
		{"matrix product", []Shape{{3, 4}, {4, 2}}, func(t *Tape, x []*G.Node) *G.Node {
			return act(t, t.Try(G.Mul(act(t, x[0]), x[1])))
		}, func(y []float64, x [][]float64) {
			for i := range y {
				sum := 0.0
				for k := range 4 {
					sum += tanh(x[0][i/2*4+k]) * x[1][k*2+i%2]
				}
				y[i] = tanh(sum)
			}
		}},
		{"mean and back", two[:1], func(t *Tape, x []*G.Node) *G.Node {
			return t.Do(SquaredNorm(Shape{}, 1), t.Try(G.Mean(act(t, x[0]))))
		}, func(y []float64, x [][]float64) {
			sum := 0.0
			for _, v := range x[0] {
				sum += tanh(v)
			}
			y[0] = square(sum / 12)
		}},
		{"scalar of ours", two[:1], func(t *Tape, x []*G.Node) *G.Node {
			return t.Do(SquaredNorm(Shape{}, 1), t.Try(G.Exp(t.Do(SquaredNorm(s, 0.1), x[0]))))
		}, func(y []float64, x [][]float64) {
			sum := 0.0
			for _, v := range x[0] {
				sum += float64(float32(0.1)) * v * v
			}
			y[0] = square(exp(sum))
		}},
		{"second name of a leaf", two, func(t *Tape, x []*G.Node) *G.Node {
			flat := Shape{12}
			a, b := t.Do(Reshape(s, flat), x[0]), t.Do(Reshape(s, flat), x[1])
			return t.Do(Add(2, s), x[0], t.Do(Reshape(flat, s), t.Try(G.Sub(a, b))))
		}, pointwise(func(x ...float64) float64 { return 2*x[0] - x[1] })},
		{"second name of an output", two, func(t *Tape, x []*G.Node) *G.Node {
			h := act(t, x[0])
			name := t.Do(Reshape(Shape{12}, s), t.Do(Reshape(s, Shape{12}), h))
			return t.Do(Add(3, s), t.Try(G.HadamardProd(name, x[1])), t.Try(G.Sub(h, x[1])), name)
		}, pointwise(func(x ...float64) float64 { return tanh(x[0])*x[1] + 2*tanh(x[0]) - x[1] })},
		{"shared leaf", two[:1], func(t *Tape, x []*G.Node) *G.Node {
			sum := t.Do(Add(3, s), x[0], x[0], act(t, x[0]))
			return t.Do(Add(2, s), act(t, sum), t.Try(G.HadamardProd(x[0], x[0])))
		}, pointwise(func(x ...float64) float64 { return tanh(2*x[0]+tanh(x[0])) + x[0]*x[0] })},
	} {
		t.Run(e.name, e.verify)
	}
}

// Our operations must read views of Gorgonia's tensors in row-major order.
func TestStockViews(t *testing.T) {
	act := func(t *Tape, x *G.Node, err error) *G.Node {
		return t.Do(Activation(Tanh(), ShapeOf(x)), t.Try(x, err))
	}
	for _, e := range []expression{
		{"transpose", []Shape{{3, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Transpose(x[0])
			return act(t, y, err)
		}, gather(func(i int) int { return i%3*4 + i/3 })},
		{"transpose of images", []Shape{{2, 3, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Transpose(x[0], 1, 2, 0)
			return act(t, y, err)
		}, gather(func(i int) int { return i%2*12 + i/2 })},
		{"rows", []Shape{{5, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], tensor.S(1, 4))
			return act(t, y, err)
		}, gather(func(i int) int { return 4 + i })},
		{"one row", []Shape{{5, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], tensor.S(2))
			return act(t, y, err)
		}, gather(func(i int) int { return 8 + i })},
		{"columns", []Shape{{3, 5}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], nil, tensor.S(1, 3))
			return act(t, y, err)
		}, gather(func(i int) int { return i/2*5 + 1 + i%2 })},
		{"one column", []Shape{{3, 5}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], nil, tensor.S(2))
			return act(t, y, err)
		}, gather(func(i int) int { return i*5 + 2 })},
		{"columns of a transpose", []Shape{{4, 3}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(t.Try(G.Transpose(x[0])), nil, tensor.S(1, 3))
			return act(t, y, err)
		}, gather(func(i int) int { return (1+i%2)*3 + i/2 })},
		{"reshape", []Shape{{3, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Reshape(x[0], tensor.Shape{2, 6})
			return act(t, y, err)
		}, gather(func(i int) int { return i })},
		{"every second column", []Shape{{3, 6}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], nil, tensor.S(0, 6, 2))
			return act(t, y, err)
		}, gather(func(i int) int { return i/3*6 + i%3*2 })},
		{"one number", []Shape{{4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Slice(x[0], tensor.S(2))
			return act(t, y, err)
		}, gather(func(int) int { return 2 })},
		{"sum with a transpose", []Shape{{3, 4}, {4, 3}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Add(t.Try(G.Transpose(x[0])), x[1])
			return act(t, y, err)
		}, func(y []float64, x [][]float64) {
			for i := range y {
				y[i] = math.Tanh(x[0][i%3*4+i/3] + x[1][i])
			}
		}},
		{"sums of rows", []Shape{{3, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			y, err := G.Sum(x[0], 1)
			return act(t, y, err)
		}, func(y []float64, x [][]float64) {
			for i := range y {
				y[i] = math.Tanh(x[0][4*i] + x[0][4*i+1] + x[0][4*i+2] + x[0][4*i+3])
			}
		}},
		{"transpose of ours", []Shape{{3, 4}}, func(t *Tape, x []*G.Node) *G.Node {
			return t.Try(G.Transpose(t.Do(Activation(Tanh(), Shape{3, 4}), x[0])))
		}, gather(func(i int) int { return i%3*4 + i/3 })},
		{"slice of ours", []Shape{{3, 5}}, func(t *Tape, x []*G.Node) *G.Node {
			return t.Try(G.Slice(t.Do(Activation(Tanh(), Shape{3, 5}), x[0]), nil, tensor.S(1, 3)))
		}, gather(func(i int) int { return i/2*5 + 1 + i%2 })},
	} {
		t.Run(e.name, e.verify)
	}
}

// Stock operations write over inputs that nothing reads later. They do not see that a reshaped
// tensor is a second name of memory that something does read.
func TestStockOperationsOverwriteNothing(t *testing.T) {
	s, flat := Shape{3, 4}, Shape{12}
	two := []Shape{s, flat}
	for _, e := range []expression{
		{"a reshaped leaf", two, func(t *Tape, x []*G.Node) *G.Node {
			return t.Try(G.Sub(t.Try(G.Reshape(x[0], tensor.Shape{12})), x[1]))
		}, pointwise(func(x ...float64) float64 { return x[0] - x[1] })},
		{"a reshaped leaf in a chain", two, func(t *Tape, x []*G.Node) *G.Node {
			y := t.Try(G.Tanh(t.Try(G.Reshape(x[0], tensor.Shape{12}))))
			return t.Try(G.HadamardProd(t.Try(G.Exp(t.Try(G.Sub(y, x[1])))), x[1]))
		}, pointwise(func(x ...float64) float64 { return math.Exp(math.Tanh(x[0])-x[1]) * x[1] })},
		{"a reshaped output of ours that is read again", two, func(t *Tape, x []*G.Node) *G.Node {
			h := t.Do(Activation(Sigmoid(), s), x[0])
			d := t.Try(G.Sub(t.Try(G.Reshape(h, tensor.Shape{12})), x[1]))
			return t.Do(Add(2, flat), d, t.Do(Reshape(s, flat), h))
		}, pointwise(func(x ...float64) float64 { return 2*sigmoid(x[0]) - x[1] })},
		{"an output of ours with a second name", []Shape{s}, func(t *Tape, x []*G.Node) *G.Node {
			h := t.Do(Activation(SiLU(), s), x[0]) // its gradient does not read h
			r := t.Try(G.Reshape(h, tensor.Shape{12}))
			tanh := t.Do(Reshape(flat, s), t.Do(Activation(Tanh(), flat), r))
			d := t.Try(G.Sub(h, tanh)) // the last reader of h
			return t.Do(Add(2, flat), t.Do(Reshape(s, flat), d), r)
		}, pointwise(func(x ...float64) float64 { h := x[0] * sigmoid(x[0]); return 2*h - math.Tanh(h) })},
		{"an output that its gradient needs", two, func(t *Tape, x []*G.Node) *G.Node {
			h := t.Try(G.Reshape(t.Try(G.Sigmoid(x[0])), tensor.Shape{12}))
			return t.Try(G.Square(t.Try(G.Sub(h, x[1]))))
		}, pointwise(func(x ...float64) float64 { return square(sigmoid(x[0]) - x[1]) })},
		{"a gradient that is reshaped and added to", []Shape{s}, func(t *Tape, x []*G.Node) *G.Node {
			r := t.Try(G.Reshape(x[0], tensor.Shape{12}))
			return t.Do(Add(3, flat), r, t.Try(G.Square(r)), t.Do(Reshape(s, flat), t.Try(G.Tanh(x[0]))))
		}, pointwise(func(x ...float64) float64 { return x[0] + x[0]*x[0] + math.Tanh(x[0]) })},
	} {
		t.Run(e.name, e.verify)
	}
}

// A result must not change when stock operations read it.
func TestResultsAreNotOverwritten(t *testing.T) {
	s := Shape{2, 3}
	x, y := []float32{1, 2, 3, 4, 5, 6}, []float32{2, 2, 2, 2, 2, 2}
	p, err := Compile(func(t *Tape) []*G.Node {
		a, b := t.Var("x", s, x, false), t.Var("y", s, y, false)
		ours := t.Do(Add(2, s), a, b)
		stock := t.Try(G.Add(a, b))
		alias := t.Try(G.Reshape(ours, tensor.Shape{6}))
		other := t.Do(Add(2, s), a, b)
		return []*G.Node{ours, stock, alias, a, ours, t.Try(G.Neg(ours)), t.Try(G.Sub(stock, b)), t.Try(G.Square(alias)),
			other, t.Try(G.Sub(other, b))}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float32{{3, 4, 5, 6, 7, 8}, {3, 4, 5, 6, 7, 8}, {3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6}, {3, 4, 5, 6, 7, 8},
		{-3, -4, -5, -6, -7, -8}, {1, 2, 3, 4, 5, 6}, {9, 16, 25, 36, 49, 64},
		{3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6}}
	for range 3 {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if !slices.Equal(p.Result(i), w) {
				t.Errorf("result %d is %v, want %v", i, p.Result(i), w)
			}
		}
	}
}
