package op

import (
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// refNorm normalises the elements that have the same group. Scale and offset follow the last axis,
// which has n elements.
func refNorm(n int, epsilon float32, group func(i int) int) Reference {
	return func(y []float64, x [][]float64) {
		members := map[int][]float64{}
		for i, v := range x[0] {
			members[group(i)] = append(members[group(i)], v)
		}
		for i, v := range x[0] {
			m := mean(members[group(i)])
			var squares []float64
			for _, u := range members[group(i)] {
				squares = append(squares, (u-m)*(u-m))
			}
			y[i] = (v-m)/math.Sqrt(mean(squares)+float64(epsilon))*x[1][i%n] + x[2][i%n]
		}
	}
}

func TestBatchNorm(t *testing.T) {
	src := random.New(2, "norms")
	for trial := range uint64(12) {
		batchNormAgrees(t, Shape{3 + int(src.Uint64n(3)), 1 + int(src.Uint64n(9))}, 1e-3, trial)
		batchNormAgrees(t, Shape{2, 3, 2, 3}, 0.1, trial)
	}
}

// batchNormAgrees compares BatchNorm and ChannelNorm with their references.
func batchNormAgrees(t *testing.T, s Shape, epsilon float32, seed uint64) {
	t.Helper()
	n := s[len(s)-1]
	norm := refNorm(n, epsilon, func(i int) int { return i % n })
	batch, given := BatchNorm(s, epsilon, nil), ChannelNorm(s, 5, nil) // 5, since random variances may be negative
	err := CheckAll(batch, func(y, x [][]float64) {
		norm(y[0], x)
		for c := range n {
			var channel []float64
			for i := c; i < len(x[0]); i += n {
				channel = append(channel, x[0][i])
			}
			y[1][c] = mean(channel)
			for i, v := range channel {
				channel[i] = square(v - y[1][c])
			}
			y[2][c] = mean(channel)
		}
	}, seed)
	if err != nil {
		t.Error(err)
	}
	err = Check(given, func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			c := i % n
			y[i] = (v-x[3][c])/math.Sqrt(x[4][c]+5)*x[1][c] + x[2][c]
		}
	}, seed, 3, 4)
	if err != nil {
		t.Error(err)
	}
	refusesWrongInputs(t, batch)
	refusesWrongInputs(t, given)
}

// A norm with an activation is both, one after the other, and so are the gradients.
func TestNormWithActivation(t *testing.T) {
	s := Shape{3, 2, 2, 5}
	n := s[3]
	plain := refNorm(n, 1e-3, func(i int) int { return i % n })
	for _, c := range []struct {
		f   Act
		ref func(x float64) float64
	}{
		{SiLU(), func(x float64) float64 { return x / (1 + math.Exp(-x)) }},
		{Tanh(), math.Tanh},
		{LeakyReLU(0.3), func(x float64) float64 { return max(x, 0.3*x) }},
	} {
		err := Check(ChannelNorm(s, 5, &c.f), func(y []float64, x [][]float64) {
			for i, v := range x[0] {
				k := i % n
				y[i] = c.ref((v-x[3][k])/math.Sqrt(x[4][k]+5)*x[1][k] + x[2][k])
			}
		}, 3, 3, 4)
		if err != nil {
			t.Error(c.f.Name, err)
		}
		err = CheckAll(BatchNorm(s, 1e-3, &c.f), func(y, x [][]float64) {
			plain(y[0], x)
			for i, v := range y[0] {
				y[0][i] = c.ref(v)
			}
			for k := range n {
				var channel []float64
				for i := k; i < len(x[0]); i += n {
					channel = append(channel, x[0][i])
				}
				y[1][k] = mean(channel)
				for i, v := range channel {
					channel[i] = square(v - y[1][k])
				}
				y[2][k] = mean(channel)
			}
		}, 4)
		if err != nil {
			t.Error(c.f.Name, err)
		}
	}
}

func TestMovingAverage(t *testing.T) {
	o := MovingAverage(Shape{2}, 0.75)
	err := Check(o, func(y []float64, x [][]float64) {
		for i := range y {
			y[i] = 0.75*x[0][i] + 0.25*x[1][i]
		}
	}, 1, 0, 1)
	if err != nil {
		t.Error(err)
	}
}

// statisticsAgree compares the running averages after a training step with momentum 0.9.
func statisticsAgree(t *testing.T, tensors map[string]safetensors.Tensor, name string, s Shape, mean safetensors.Tensor) {
	if strings.HasSuffix(name, "train0") {
		return
	}
	x, _ := channelsLast(tensors[name+"/x"])
	c := Shape{s[3]}
	results := run(t, func(tape *Tape) []*G.Node {
		in := tape.Var("x", s, x, false)
		one := tape.Var("one", c, slices.Repeat([]float32{1}, s[3]), false)
		y := tape.DoAll(BatchNorm(s, 1e-3, nil), in, one, one)
		update := func(name string, old []float32, now *G.Node) *G.Node {
			return tape.Do(MovingAverage(c, 0.9), tape.Var(name, c, old, false), now)
		}
		return []*G.Node{update("mean", mean.Data, y[1]), update("variance", tensors[name+"/var"].Data, y[2])}
	})
	for i, what := range []string{"mean_after", "var_after"} {
		if err := close32(what, results[i], wide(tensors[name+"/"+what].Data)); err != nil {
			t.Error(err)
		}
	}
}

// The gradient through a Constant output is left out.
func TestConstantOutputs(t *testing.T) {
	s := Shape{2, 2}
	x := []float32{1, 2, 3, 6}
	y := run(t, func(t *Tape) []*G.Node {
		in := t.Var("x", s, x, true)
		one := Shape{2}
		ones := t.Var("ones", one, []float32{1, 1}, false)
		m := t.DoAll(BatchNorm(s, 1e-3, nil), in, ones, ones)[1]
		loss := t.Do(Add(2, Shape{}), t.Do(SquaredNorm(s, 0.5), in), t.Do(SquaredNorm(one, 0.5), m))
		return append(t.Grad(loss, in), m)
	})
	equal(t, "gradient", y[0], x)
	equal(t, "mean", y[1], []float32{2, 4})
}
