package op

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// The references of the ops.

func refDense(rows, in, units int, f func(float64) float64) Reference {
	return func(y []float64, x [][]float64) {
		for r := range rows {
			for j := range units {
				sum := x[2][j]
				for k := range in {
					sum += x[0][r*in+k] * x[1][k*units+j]
				}
				if f != nil {
					sum = f(sum)
				}
				y[r*units+j] = sum
			}
		}
	}
}

func refEach(f func(float64) float64) Reference {
	return func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			y[i] = f(v)
		}
	}
}

// refLoss is a loss and its gradient. df is the derivative of f.
func refLoss(f, df func(y, t float64) float64, scale float32) ReferenceAll {
	return func(y, x [][]float64) {
		for i, v := range x[0] {
			y[0][0] += float64(scale) * f(v, x[1][i])
			y[1][i] = float64(scale) * df(v, x[1][i])
		}
	}
}

func refLeaky(slope float32) Reference {
	return refEach(func(v float64) float64 {
		if v > 0 {
			return v
		}
		return float64(slope) * v
	})
}

func square(v float64) float64  { return v * v }
func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

func TestOps(t *testing.T) {
	s := Shape{3, 5}
	image := Shape{2, 3, 4, 2}
	leaky, relu, tanh := LeakyReLU(0.3), ReLU(), Tanh()
	step := uint64(7)
	noise := Noise{Key: 11, Step: &step}
	for _, c := range []struct {
		op    Op
		ref   Reference
		fixed []int
	}{
		{op: Dense(1, 1, 1, nil), ref: refDense(1, 1, 1, nil)},
		{op: Dense(3, 5, 2, nil), ref: refDense(3, 5, 2, nil)},
		{op: Dense(7, 2, 9, nil), ref: refDense(7, 2, 9, nil)},
		{op: Dense(3, 5, 2, &leaky), ref: refDense(3, 5, 2, func(v float64) float64 { return max(v, float64(float32(0.3))*v) })},
		{op: Dense(7, 2, 9, &relu), ref: refDense(7, 2, 9, func(v float64) float64 { return max(v, 0) })},
		{op: Dense(4, 3, 5, &tanh), ref: refDense(4, 3, 5, math.Tanh)},
		{op: ColumnSums(3, 5), ref: refDenseSums(3, 5), fixed: []int{0}},
		{op: Activation(LeakyReLU(0.3), s), ref: refLeaky(0.3)},
		{op: Activation(LeakyReLU(0), s), ref: refLeaky(0)},
		{op: Activation(ReLU(), image), ref: refLeaky(0)},
		{op: Activation(ELU(1.5), s), ref: refEach(func(v float64) float64 {
			if v > 0 {
				return v
			}
			return 1.5 * math.Expm1(v)
		})},
		{op: Activation(SiLU(), s), ref: refEach(func(v float64) float64 { return v * sigmoid(v) })},
		{op: Activation(GELU(), s), ref: refEach(func(v float64) float64 { return v * 0.5 * math.Erfc(-v/math.Sqrt2) })},
		{op: Activation(Sigmoid(), s), ref: refEach(sigmoid)},
		{op: Activation(Tanh(), s), ref: refEach(math.Tanh)},
		{op: Activation(Softplus(), s), ref: refEach(func(v float64) float64 { return math.Log1p(math.Exp(v)) })},
		{op: SquaredNorm(s, 0.1), ref: func(y []float64, x [][]float64) {
			y[0] = 0
			for _, v := range x[0] {
				y[0] += float64(float32(0.1)) * v * v
			}
		}},
		{op: Reshape(image, Shape{2, 24}), ref: refEach(func(v float64) float64 { return v })},
		{op: Add(3, s), ref: func(y []float64, x [][]float64) {
			for i := range y {
				y[i] = x[0][i] + x[1][i] + x[2][i]
			}
		}},
		{op: Add(2, Shape{}), ref: func(y []float64, x [][]float64) { y[0] = x[0][0] + x[1][0] }},
		{op: Copy(image), ref: refEach(func(v float64) float64 { return v })},
		{op: Transpose(3, 8, image, Shape{2, 8, 1, 3}), ref: refTranspose(2, 3, 8)},
		{op: Concat(Shape{2, 3, 4, 1}, image, Shape{2, 3, 4, 3}), ref: refConcat(2 * 3 * 4)},
		{op: Concat(Shape{3, 1}, Shape{3, 4}), ref: refConcat(3)},
		{op: Dropout(0.4, noise, s), ref: refMask(s, 0.4, noise)},
	} {
		t.Run(c.op.Name, func(t *testing.T) {
			for seed := range uint64(3) {
				if err := Check(c.op, c.ref, seed, c.fixed...); err != nil {
					t.Error(err)
				}
			}
			refusesWrongInputs(t, c.op)
		})
	}
}

func TestLosses(t *testing.T) {
	s := Shape{3, 5}
	for _, c := range []struct {
		op    Op
		scale float32
		f, df func(y, t float64) float64
	}{
		{SquaredError(s, 0.25), 0.25,
			func(y, t float64) float64 { return square(y - t) },
			func(y, t float64) float64 { return 2 * (y - t) }},
		{AbsoluteError(s, 0.5), 0.5,
			func(y, t float64) float64 { return math.Abs(y - t) },
			func(y, t float64) float64 { return math.Copysign(1, y-t) }},
		{Huber(s, 0.5), 0.5,
			func(y, t float64) float64 {
				if d := math.Abs(y - t); d > 1 {
					return d - 0.5
				}
				return square(y-t) / 2
			},
			func(y, t float64) float64 { return min(max(y-t, -1), 1) }},
		{LogisticLoss(s, 2), 2,
			func(z, t float64) float64 { return math.Log1p(math.Exp(z)) - z*t },
			func(z, t float64) float64 { return sigmoid(z) - t }},
	} {
		for seed := range uint64(3) {
			if err := CheckAll(c.op, refLoss(c.f, c.df, c.scale), seed, 1); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, c.op)
	}
}

func refDenseSums(rows, n int) Reference {
	return func(y []float64, x [][]float64) {
		clear(y)
		for r := range rows {
			for j := range n {
				y[j] += x[0][r*n+j]
			}
		}
	}
}

func refTranspose(rows, m, n int) Reference {
	return func(y []float64, x [][]float64) {
		for r := range rows {
			for i := range m {
				for j := range n {
					y[(r*n+j)*m+i] = x[0][(r*m+i)*n+j]
				}
			}
		}
	}
}

func refConcat(rows int) Reference {
	return func(y []float64, x [][]float64) {
		i := 0
		for r := range rows {
			for _, part := range x {
				width := len(part) / rows
				for k := range width {
					y[i] = part[r*width+k]
					i++
				}
			}
		}
	}
}

// refMask takes the mask from the op itself, run on ones. The test shows that forward and gradient
// drop the same elements.
func refMask(s Shape, p float32, noise Noise) Reference {
	mask, ones := make([]float32, s.Size()), make([]float32, s.Size())
	for i := range ones {
		ones[i] = 1
	}
	Dropout(p, noise, s).Run(mask, [][]float32{ones})
	return func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			y[i] = v * float64(mask[i])
		}
	}
}

// refusesWrongInputs writes the op with a missing input, and with an input of another shape.
func refusesWrongInputs(t *testing.T, o Op) {
	t.Helper()
	for _, wrong := range []string{"missing", "misshapen"} {
		_, err := Compile(func(tape *Tape) []*G.Node {
			var in []*G.Node
			for _, s := range o.In {
				s = append(Shape{1}, s...)
				in = append(in, tape.Var("x", s, make([]float32, s.Size()), false))
			}
			if wrong == "missing" {
				in = in[1:]
			}
			return []*G.Node{tape.Do(o, in...)}
		})
		if err == nil {
			t.Errorf("with an input %s it was accepted", wrong)
		}
	}
}

// Check must find mistakes: all ops rely on it.
func TestCheckFindsMistakes(t *testing.T) {
	s := Shape{2, 3}
	good := Activation(Tanh(), s)
	ref := refEach(math.Tanh)
	for name, break_ := range map[string]func(o *Op){
		"wrong output": func(o *Op) {
			o.Run = func(y []float32, x [][]float32) { copy(y, x[0]) }
		},
		"output not overwritten": func(o *Op) {
			run := o.Run
			o.Run = func(y []float32, x [][]float32) {
				z := make([]float32, len(y))
				run(z, x)
				for i := range y {
					y[i] += z[i]
				}
			}
		},
		"input changed": func(o *Op) {
			run := o.Run
			o.Run = func(y []float32, x [][]float32) { run(y, x); x[0][0] = 0 }
		},
		"wrong gradient": func(o *Op) {
			o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy} }
		},
		"no gradient":      func(o *Op) { o.Grad = nil },
		"too few":          func(o *Op) { o.Grad = func(*Tape, []*G.Node, *G.Node, *G.Node) []*G.Node { return nil } },
		"gradient missing": func(o *Op) { o.Grad = func(*Tape, []*G.Node, *G.Node, *G.Node) []*G.Node { return []*G.Node{nil} } },
		"misshapen gradient": func(o *Op) {
			o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
				return []*G.Node{t.Do(Reshape(s, Shape{3, 2}), dy)}
			}
		},
	} {
		bad := good
		break_(&bad)
		if err := Check(bad, ref, 1); err == nil {
			t.Errorf("%s: Check found nothing", name)
		}
	}
	if err := Check(good, ref, 1); err != nil {
		t.Error(err)
	}
	if err := Check(productAndSum(s), ref, 1); err == nil {
		t.Error("Check took an op with two outputs")
	}
}

// CheckAll must find mistakes in each output, and where they come together.
func TestCheckAllFindsMistakes(t *testing.T) {
	s := Shape{2, 3}
	good := productAndSum(s)
	for name, break_ := range map[string]func(o *Op){
		"second output wrong": func(o *Op) {
			o.RunAll = func(y, x [][]float32) { good.RunAll(y, x); y[1][2]++ }
		},
		"second output not overwritten": func(o *Op) {
			o.RunAll = func(y, x [][]float32) { good.RunAll([][]float32{y[0], make([]float32, 6)}, x) }
		},
		"optional output always written": func(o *Op) { o.Optional = []int{1} },
		"other output wrong without the optional one": func(o *Op) {
			o.Optional = []int{1}
			o.RunAll = func(y, x [][]float32) {
				if y[1] != nil {
					good.RunAll(y, x)
				} else {
					copy(y[0], x[0])
				}
			}
		},
		"second gradient wrong": func(o *Op) {
			o.GradAll = func(t *Tape, x, y, dy []*G.Node) []*G.Node {
				if dy[1] != nil {
					dy[1] = t.Do(Add(2, s), dy[1], dy[1])
				}
				return good.GradAll(t, x, y, dy)
			}
		},
		"gradients not added up": func(o *Op) {
			o.GradAll = func(t *Tape, x, y, dy []*G.Node) []*G.Node {
				if dy[1] != nil {
					dy = []*G.Node{nil, dy[1]}
				}
				return good.GradAll(t, x, y, dy)
			}
		},
		"no gradients": func(o *Op) { o.GradAll = nil },
	} {
		bad := good
		break_(&bad)
		if err := CheckAll(bad, refProductAndSum, 1); err == nil {
			t.Errorf("%s: CheckAll found nothing", name)
		}
	}
	if err := CheckAll(good, refProductAndSum, 1); err != nil {
		t.Error(err)
	}
}
