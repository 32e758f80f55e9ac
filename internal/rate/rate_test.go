package rate

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// sigmoid is the distribution function of the logistic distribution.
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// mass is the probability of v as the package's comment defines it, computed plainly. It is exact
// enough where the probability is not tiny.
func mass(v, mean, logScale float64) float64 {
	s := math.Exp(logScale)
	d := math.Abs(v - mean)
	return sigmoid((0.5-d)/s) - sigmoid((-0.5-d)/s)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

// The cost of a latent and its derivatives agree with the plain definition. In the tails, where that
// is 0, the cost grows by 1/s a step.
func TestLogistic(t *testing.T) {
	for _, l := range []float64{float64(MinLogScale), -2, -0.5, 0, 1.3, float64(MaxLogScale)} {
		s := math.Exp(l)
		for _, d := range []float64{0, 0.1, -0.25, 0.5, -0.5, 1, -3.75, 17, -200, 1e4, 1e9} {
			nats, dd, dl := logistic(d, l)
			what := fmt.Sprintf("d %v, log scale %v:", d, l)
			if p := mass(d, 0, l); p > 1e-6 {
				near(t, what+" cost", nats, -math.Log(p), 1e-8)
				const h = 1e-5
				near(t, what+" derivative by d", dd, -math.Log(mass(d+h, 0, l)/mass(d-h, 0, l))/(2*h), 1e-5)
				near(t, what+" derivative by the logarithm", dl, -math.Log(mass(d, 0, l+h)/mass(d, 0, l-h))/(2*h), 1e-5)
			}
			if math.Abs(d)/s > 40 {
				w := 1 / s
				near(t, what+" cost in the tail", nats, (math.Abs(d)-0.5)*w-math.Log(-math.Expm1(-w)), 1e-9)
				near(t, what+" slope in the tail", dd, math.Copysign(w, d), 1e-9)
			}
			if d == 0 && math.Abs(dd) > 1e-15 {
				t.Errorf("%s the derivative at the mean is %v", what, dd)
			}
		}
	}
	// The masses of all integers add up to 1.
	for _, l := range []float64{-3, -1, 0, 2} {
		sum := 0.0
		for v := -3000; v <= 3000; v++ {
			nats, _, _ := logistic(float64(v)-0.3, l)
			sum += math.Exp(-nats)
		}
		near(t, "the sum of all probabilities", sum, 1, 1e-9)
	}
}

// The quantiser rounds to steps from the offset, halves to even, and clamps. With noise, the symbol
// is the position plus a uniform number.
func TestQuantize(t *testing.T) {
	c := Quantizer{Step: []float32{0.5, 2}, Offset: []float32{0, 0.25}}
	z := []float32{0.25, 1.25, 0.75, 3.3, -0.8, -1e30, 1e30, kerneltest.NaN}
	y, check := kerneltest.Guarded(t, make([]float32, 8))
	v := make([]float32, 8)
	c.Quantize(y, v, z, 4)
	check()
	kerneltest.WantSlice(t, "v", v, []float32{0, 0, 2, 2, -2, -Limit, Limit, kerneltest.NaN})
	kerneltest.WantSlice(t, "y", y, []float32{0, 0.25, 1, 4.25, -1, -2*Limit + 0.25, Limit / 2, kerneltest.NaN})

	const rows = 5000
	z = kerneltest.Normal(1, 2*rows)
	y, v = make([]float32, 2*rows), make([]float32, 2*rows)
	c.QuantizeNoisy(y, v, z, rows, random.Sub(7, 9))
	plain := make([]float32, 2*rows)
	c.Quantize(plain, nil, z, rows)
	kerneltest.WantSlice(t, "y with noise in v", y, plain)
	sum, squares := 0.0, 0.0
	for i := range v {
		u := float64(v[i]) - float64((z[i]-c.Offset[i%2])/c.Step[i%2])
		if u < -0.5 || u > 0.5 {
			t.Fatalf("the noise is %v", u)
		}
		sum, squares = sum+u, squares+u*u
	}
	if mean, variance := sum/(2*rows), squares/(2*rows); math.Abs(mean) > 0.01 || math.Abs(variance-1.0/12) > 0.003 {
		t.Errorf("the noise has mean %v and variance %v", mean, variance)
	}
	other := make([]float32, 2*rows)
	if c.QuantizeNoisy(y, other, z, rows, random.Sub(7, 10)); slices.Equal(other, v) {
		t.Error("another step draws the same noise")
	}
}

// The gradient of the quantiser is the one that its comment states.
func TestQuantizeGradient(t *testing.T) {
	c := Quantizer{Step: []float32{0.5}, Offset: []float32{0.25}}
	z, dy, dv := []float32{1, 2}, []float32{3, -1}, []float32{0.5, 4}
	dz, dl, do := make([]float32, 2), make([]float32, 2), make([]float32, 2)
	c.Gradient(dz, dl, do, z, dy, dv, 2) // p is 1.5 and 3.5, q is 2 and 4
	kerneltest.WantSlice(t, "dz", dz, []float32{4, 7})
	kerneltest.WantSlice(t, "dl", dl, []float32{3*0.5*0.5 - 0.5*1.5, -1*0.5*0.5 - 4*3.5})
	kerneltest.WantSlice(t, "do", do, []float32{-1, -8})
	c.Gradient(dz, dl, do, z, nil, dv, 2)
	kerneltest.WantSlice(t, "dz from dv", dz, []float32{1, 8})
	c.Gradient(dz, dl, do, z, dy, nil, 2)
	kerneltest.WantSlice(t, "dz from dy", dz, dy)
}

// Costs of latents are sums of bits, with at most 16 a latent; a scale in the kernel multiplies
// costs and gradients. A gradient does not move a scale further out of its range.
func TestLogisticKernel(t *testing.T) {
	const rows, n = 3, 2
	v := []float32{0, 1, -2, 5, 1e6, 3}
	p := []float32{0.5, 0, -1, 0.5, -1, 5, 0, 1, 2, 2, -9, -9}
	dv, checkV := kerneltest.Guarded(t, make([]float32, len(v)))
	dp, checkP := kerneltest.Guarded(t, make([]float32, len(p)))
	got := Logistic(v, p, dv, dp, rows, n, 0.25, make([]float64, rows))
	checkV()
	checkP()
	want := 0.0
	for r := range rows {
		for j := range n {
			nats, dd, dl := logistic(float64(v[r*n+j]-p[2*r*n+j]), float64(clampScale(p[(2*r+1)*n+j])))
			want += 0.25 * min(nats/math.Ln2, MaxBits)
			near(t, "dv", float64(dv[r*n+j]), 0.25*dd/math.Ln2, 1e-6)
			near(t, "dmean", float64(dp[2*r*n+j]), -0.25*dd/math.Ln2, 1e-6)
			if r == 2 && dl > 0 {
				dl = 0
			}
			near(t, "dscale", float64(dp[(2*r+1)*n+j]), 0.25*dl/math.Ln2, 1e-6)
		}
	}
	near(t, "the cost", float64(got), want, 1e-6)
	if alone := Logistic(v, p, nil, nil, rows, n, 0.25, make([]float64, rows)); alone != got {
		t.Errorf("without gradients the cost is %v, with them %v", alone, got)
	}
	if nan := Logistic([]float32{kerneltest.NaN}, p[:2], nil, nil, 1, 1, 1, make([]float64, 1)); nan == nan {
		t.Errorf("of NaN the cost is %v", nan)
	}
}

// A mixture of one distribution costs what that distribution costs. Other mixtures agree with the
// plain sum of masses.
func TestMixture(t *testing.T) {
	const rows, n = 40, 3
	v := kerneltest.Normal(1, rows*n)
	for _, k := range []int{1, 3, MaxLogistics} {
		m := Mixture{kerneltest.Normal(2, n*k), kerneltest.Normal(3, n*k), kerneltest.Normal(4, n*k)}
		got := m.Bits(v, nil, Mixture{}, rows, n, 0.5, make([]float64, n))
		want := 0.0
		for i, v := range v {
			j := i % n
			weights, p := 0.0, 0.0
			for c := range k {
				w := math.Exp(float64(m.Logit[j*k+c]))
				weights += w
				p += w * mass(float64(v), float64(m.Mean[j*k+c]), float64(m.LogScale[j*k+c]))
			}
			want -= 0.5 * math.Log2(p/weights)
		}
		near(t, "the cost", float64(got), want, 1e-6)
		if k > 1 {
			continue
		}
		p := make([]float32, 2*rows*n)
		for r := range rows {
			copy(p[2*r*n:], m.Mean)
			copy(p[(2*r+1)*n:], m.LogScale)
		}
		near(t, "the cost of single distributions", float64(Logistic(v, p, nil, nil, rows, n, 0.5, make([]float64, rows))), want, 1e-6)
	}
}

func TestMisuse(t *testing.T) {
	x, sums := make([]float32, 4), make([]float64, 2)
	c := Quantizer{Step: x[:2], Offset: x[:2]}
	m := Mixture{x, x, x}
	kerneltest.MustPanic(t, "Quantize", func() { c.Quantize(x, nil, x, 1) })
	kerneltest.MustPanic(t, "Gradient", func() { c.Gradient(x, x[:2], x, x, nil, nil, 2) })
	kerneltest.MustPanic(t, "Steps", func() { Steps(x, x[:2]) })
	kerneltest.MustPanic(t, "Logistic", func() { Logistic(x, x, nil, nil, 2, 2, 1, sums) })
	kerneltest.MustPanic(t, "Logistic's sums", func() { Logistic(x[:2], x, nil, nil, 2, 1, 1, sums[:1]) })
	kerneltest.MustPanic(t, "Bits", func() { m.Bits(x, nil, Mixture{}, 2, 2, 1, sums[:1]) })
	kerneltest.MustPanic(t, "Bits of no distribution", func() { Mixture{}.Bits(x, nil, Mixture{}, 2, 2, 1, sums) })
}

// golden is the hash of the results for a fixed input. It is the same on every processor. A change
// to it changes every trained codec and every compressed file.
const golden = "090d1e6fdab7520a0f235b328b4c13835052d0cff38d91a8595b664138c608d5"

// The results have the pinned bits, however many goroutines share the work.
func TestGolden(t *testing.T) {
	const rows, n, k = 700, 61, 3
	kerneltest.EveryWay(t, func(way string) {
		h := sha256.New()
		add := func(x ...float32) { binary.Write(h, binary.LittleEndian, x) }
		c := Quantizer{make([]float32, n), kerneltest.Normal(1, n)}
		Steps(c.Step, kerneltest.Normal(2, n))
		z := kerneltest.Normal(3, rows*n)
		y, v := make([]float32, rows*n), make([]float32, rows*n)
		c.QuantizeNoisy(y, v, z, rows, random.Sub(random.Key(5), 6))
		dz, dl, do := make([]float32, rows*n), make([]float32, rows*n), make([]float32, rows*n)
		c.Gradient(dz, dl, do, z, y, v, rows)
		add(slices.Concat(c.Step, y, v, dz, dl, do)...)

		p, dp := kerneltest.Normal(7, rows*2*n), make([]float32, rows*2*n)
		add(Logistic(v, p, dz, dp, rows, n, 0.1, make([]float64, rows)))
		add(slices.Concat(dz, dp)...)
		m := Mixture{kerneltest.Normal(8, n*k), kerneltest.Normal(9, n*k), kerneltest.Normal(10, n*k)}
		d := Mixture{make([]float32, n*k), make([]float32, n*k), make([]float32, n*k)}
		add(m.Bits(v, dz, d, rows, n, 0.1, make([]float64, n)))
		add(slices.Concat(dz, d.Logit, d.Mean, d.LogScale)...)
		if got := fmt.Sprintf("%x", h.Sum(nil)); got != golden {
			t.Errorf("%s: the results have hash %s, want %s", way, got, golden)
		}
	})
}
