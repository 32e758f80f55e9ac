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
				sum := 0.0
				if len(x) > 2 {
					sum = x[2][j]
				}
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
		{op: DenseNoBias(3, 5, 2, nil), ref: refDense(3, 5, 2, nil)},
		{op: DenseNoBias(5, 4, 17, &leaky), ref: refDense(5, 4, 17, func(v float64) float64 { return max(v, float64(float32(0.3))*v) })},
		{op: DenseNoBias(4, 3, 5, &tanh), ref: refDense(4, 3, 5, math.Tanh)},
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
