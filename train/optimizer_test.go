package train

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// power is the exact power rounded to float32. Its own error, below 1e-10 here, does not change the
// rounding.
func TestPower(t *testing.T) {
	steps := []uint64{0, 1, 2, 3, 4700, 65535, 65536, 100_000, 999_999}
	for n := uint64(5); n < 3000; n += 7 {
		steps = append(steps, n)
	}
	for _, base := range []float32{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999994} {
		for _, n := range steps {
			exact := big.NewFloat(1).SetPrec(200)
			square := new(big.Float).SetPrec(200).SetFloat64(float64(base))
			for k := n; k > 0; k >>= 1 {
				if k&1 == 1 {
					exact.Mul(exact, square)
				}
				square.Mul(square, square)
			}
			want, _ := exact.Float32()
			if got := power(base, n); got != want {
				t.Errorf("%v to the %d is %v, want %v", base, n, got, want)
			}
		}
	}
}

func TestPinnedPowers(t *testing.T) {
	for _, c := range []struct {
		base float32
		n    uint64
		want uint32
	}{{0.9, 7, 0x3ef4e352}, {0.999, 200, 0x3f51931c}, {0.999, 4700, 0x3c14ad0f}} {
		if got := math.Float32bits(power(c.base, c.n)); got != c.want {
			t.Errorf("%v to the %d has the bits %#x, want %#x", c.base, c.n, got, c.want)
		}
	}
}

// kerasAdam is update_step of keras/src/optimizers/adam.py, operation by operation: tensors are
// float32, Python's floats are float64 until they meet a tensor.
func kerasAdam(step int, rate, beta1, beta2, epsilon float64, w, g, m, v float32) (float32, float32, float32) {
	power1 := float32(math.Pow(float64(float32(beta1)), float64(step)))
	power2 := float32(math.Pow(float64(float32(beta2)), float64(step)))
	alpha := float32(float32(rate)*float32(math.Sqrt(float64(1-power2)))) / (1 - power1)
	m += float32((g - m) * float32(1-beta1))
	v += float32((float32(g*g) - v) * float32(1-beta2))
	w -= float32(m*alpha) / (float32(math.Sqrt(float64(v))) + float32(epsilon))
	return w, m, v
}

// exactAdam is the same in float64.
func exactAdam(step int, rate, beta1, beta2, epsilon, w, g, m, v float64) (float64, float64, float64) {
	m = beta1*m + (1-beta1)*g
	v = beta2*v + (1-beta2)*g*g
	t := float64(step)
	return w - rate*math.Sqrt(1-math.Pow(beta2, t))/(1-math.Pow(beta1, t))*m/(math.Sqrt(v)+epsilon), m, v
}

func TestAdam(t *testing.T) {
	const rate, epsilon = 1e-2, 1e-7
	for _, beta := range [][2]float64{{0.9, 0.999}, {0, 0.5}, {0.5, 0.5}, {0.95, 0.99}} {
		a := Adam{LearningRate: rate, Beta1: beta[0], Beta2: beta[1], Epsilon: epsilon}
		if err := a.Check(); err != nil {
			t.Fatal(err)
		}
		s := random.New(1, "adam")
		w := &graph.Weight{Shape: graph.Shape{1, 5}, Data: make([]float32, 5)}
		slots := [][]float32{make([]float32, 5), make([]float32, 5)}
		keras := [5][3]float32{}
		exact := [5][3]float64{}
		for step := 1; step <= 50; step++ {
			g := make([]float32, 5)
			for i := range g {
				g[i] = (2*s.Float32() - 1) * []float32{1, 1e-3, 1e-6, 0, 1e10}[i]
				keras[i][0], keras[i][1], keras[i][2] = kerasAdam(step, rate, beta[0], beta[1], epsilon, keras[i][0], g[i], keras[i][1], keras[i][2])
				exact[i][0], exact[i][1], exact[i][2] = exactAdam(step, rate, beta[0], beta[1], epsilon, exact[i][0], float64(g[i]), exact[i][1], exact[i][2])
			}
			a.Update(uint64(step), rate, w, g, slots)
			for i := range g {
				w := w.Data
				if w[i] != keras[i][0] || slots[0][i] != keras[i][1] || slots[1][i] != keras[i][2] {
					t.Fatalf("%v, step %d: w, m, v are %v, %v, %v, Keras has %v", a, step, w[i], slots[0][i], slots[1][i], keras[i])
				}
				if d := math.Abs(float64(w[i]) - exact[i][0]); d > 1e-6 {
					t.Fatalf("%v, step %d: the weight is %v, want %v", a, step, w[i], exact[i][0])
				}
			}
		}
	}
}

// String has the decimal numbers of the settings, not those that float32 rounds them to.
func TestAdamString(t *testing.T) {
	if got, want := NewAdam(1e-3).String(), "adam(beta1=0.9, beta2=0.999, epsilon=1e-07)"; got != want {
		t.Errorf("Adam is %q, want %q", got, want)
	}
}

// A beta that is 1 in float32 would divide by zero.
func TestAdamRefusesBetasNearOne(t *testing.T) {
	a := NewAdam(1e-3)
	for _, beta := range []float64{math.Nextafter(1, 0), 1 - 1e-9, math.NaN()} {
		a.Beta1 = beta
		if a.Check() == nil {
			t.Errorf("beta %v was accepted", beta)
		}
	}
	a.Beta1 = float64(math.Nextafter32(1, 0))
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

// AdamW first shrinks a weight if it is a kernel, and then is Adam.
func TestAdamW(t *testing.T) {
	const rate, decay = 1e-2, 0.5
	a := NewAdamW(rate, decay)
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	for shape, shrinks := range map[*graph.Shape]bool{{4}: false, {2, 2}: true, {1, 2, 1, 2}: true} {
		s := random.New(1, "adamw")
		w := &graph.Weight{Shape: *shape, Data: []float32{1, -2, 3, 0}}
		slots := [][]float32{make([]float32, 4), make([]float32, 4)}
		exact := [4][3]float64{{1}, {-2}, {3}, {0}}
		for step := 1; step <= 50; step++ {
			g := make([]float32, 4)
			for i := range g {
				g[i] = 2*s.Float32() - 1
				if shrinks {
					exact[i][0] *= 1 - rate*decay
				}
				exact[i][0], exact[i][1], exact[i][2] = exactAdam(step, rate, 0.9, 0.999, 1e-7, exact[i][0], float64(g[i]), exact[i][1], exact[i][2])
			}
			a.Update(uint64(step), rate, w, g, slots)
			for i, got := range w.Data {
				if d := math.Abs(float64(got) - exact[i][0]); d > 2e-6 {
					t.Fatalf("shape %v, step %d: the weight is %v, want %v", *shape, step, got, exact[i][0])
				}
			}
		}
	}
}

// SGD is compared with its formula in float64.
func TestSGD(t *testing.T) {
	const rate = 0.1
	for _, o := range []SGD{{rate, 0, false}, {rate, 0.9, false}, {rate, 0.5, true}} {
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		s := random.New(1, "sgd")
		w := &graph.Weight{Shape: graph.Shape{3}, Data: []float32{1, -2, 3}}
		slots := [][]float32{make([]float32, 3)}
		exact, velocity := []float64{1, -2, 3}, make([]float64, 3)
		for step := uint64(1); step <= 50; step++ {
			g := make([]float32, 3)
			for i := range g {
				g[i] = 2*s.Float32() - 1
				velocity[i] = float64(o.Momentum)*velocity[i] + float64(g[i])
				if d := velocity[i]; o.Nesterov {
					exact[i] -= rate * (float64(g[i]) + float64(o.Momentum)*d)
				} else {
					exact[i] -= rate * d
				}
			}
			o.Update(step, rate, w, g, slots)
			for i, got := range w.Data {
				if d := math.Abs(float64(got) - exact[i]); d > 1e-5 {
					t.Fatalf("%v, step %d: the weight is %v, want %v", o, step, got, exact[i])
				}
			}
		}
	}
}

func TestParseOptimizer(t *testing.T) {
	for text, want := range map[string]Optimizer{
		"adam": NewAdam(0.5), "adamw:decay=0.01": NewAdamW(0.5, 0.01),
		"sgd": SGD{LearningRate: 0.5}, "sgd:momentum=0.9": SGD{0.5, 0.9, false}, "sgd:momentum=0.9,nesterov": SGD{0.5, 0.9, true},
	} {
		if got, err := ParseOptimizer(text, 0.5); err != nil || got != want {
			t.Errorf("%s was read as %v (%v)", text, got, err)
		}
	}
	for _, bad := range []string{"", "Adam", "adam:", "adam:decay=0.1", "adamw", "adamw:", "adamw:0.1", "adamw:decay=", "adamw:decay=x",
		"adamw:decay=0.1,nesterov", "sgd:", "sgd:nesterov", "sgd:0.9", "sgd:momentum=0.9,", "rmsprop"} {
		if got, err := ParseOptimizer(bad, 0.5); err == nil || !strings.Contains(err.Error(), "want an optimizer adam, adamw:decay=F") {
			t.Errorf("%q was read as %v (%v)", bad, got, err)
		}
	}
}

func TestOptimizersRefuse(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, o := range []Optimizer{SGD{}, SGD{LearningRate: nan}, SGD{LearningRate: inf}, SGD{1, -0.1, false}, SGD{1, 1, false}, SGD{1, nan, false},
		SGD{1, 0, true}, NewAdamW(1e-3, -1), NewAdamW(1e-3, nan), NewAdamW(1e-3, inf), NewAdamW(0.5, 2)} {
		if o.Check() == nil {
			t.Errorf("%v at a rate of %v was accepted", o, o.Rate())
		}
	}
}
