package elementwise

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

var gaussians = [][2]int{{1, 1}, {3, 2}, {5, 3}, {2, 20}, {700, 7}}

// distributions returns rows of n means and n logarithms of variances.
func distributions(seed uint64, rows, n int) []float32 { return kerneltest.Normal(seed, rows*2*n) }

func TestSample(t *testing.T) {
	for _, c := range gaussians {
		rows, n := c[0], c[1]
		x := distributions(1, rows, n)
		y, check := kerneltest.Guarded(t, make([]float32, rows*n))
		Sample(y, x, rows, n, random.Sub(7, 9))
		check()
		dy := kerneltest.Normal(2, rows*n)
		dx, checkGradient := kerneltest.Guarded(t, make([]float32, len(x)))
		SampleGrad(dx, dy, x, rows, n, random.Sub(7, 9))
		checkGradient()
		for r := range rows {
			for j := range n {
				a, b := random.NormalPair(random.Hash(random.Sub(7, 9), uint64(r*((n+1)/2)+j/2)))
				e := []float64{a, b}[j%2]
				mean, logvar := float64(x[2*r*n+j]), float64(x[2*r*n+n+j])
				i := r*n + j
				if u := kerneltest.Ulps(y[i], mean+math.Exp(logvar/2)*e); u > 1 && math.Abs(float64(y[i])-mean-math.Exp(logvar/2)*e) > 1e-7 {
					t.Fatalf("%v: sample %d, %d is %v", c, r, j, y[i])
				}
				if dx[2*r*n+j] != dy[i] {
					t.Fatalf("%v: the gradient of mean %d, %d is %v, want %v", c, r, j, dx[2*r*n+j], dy[i])
				}
				if u := kerneltest.Ulps(dx[2*r*n+n+j], float64(dy[i])*e*math.Exp(logvar/2)/2); u > 0.51 {
					t.Fatalf("%v: the gradient of variance %d, %d is %v, %v ulp off", c, r, j, dx[2*r*n+n+j], u)
				}
			}
		}
		other := make([]float32, rows*n)
		if Sample(other, x, rows, n, random.Sub(7, 10)); slices.Equal(other, y) {
			t.Errorf("%v: another step draws the same", c)
		}
	}
}

// Samples of a standard normal distribution have its mean and variance, and no two numbers are
// correlated.
func TestSampleMoments(t *testing.T) {
	const rows, n = 20000, 3
	y := make([]float32, rows*n)
	Sample(y, make([]float32, rows*2*n), rows, n, 1)
	for i := range n {
		for k := range i + 1 {
			mean, product := 0.0, 0.0
			for r := range rows {
				mean += float64(y[r*n+i]) / rows
				product += float64(y[r*n+i]) * float64(y[r*n+k]) / rows
			}
			want := 0.0
			if i == k {
				want = 1
			}
			if math.Abs(mean) > 0.03 || math.Abs(product-want) > 0.04 {
				t.Errorf("numbers %d and %d: mean %v, mean product %v, want 0 and %v", i, k, mean, product, want)
			}
		}
	}
}

func TestSampleMisuse(t *testing.T) {
	x := []float32{0, kerneltest.NaN}
	Sample(x[:1], []float32{0, kerneltest.NaN}, 1, 1, 1)
	if x[0] == x[0] {
		t.Errorf("of NaN the sample is %v", x[0])
	}
	kerneltest.MustPanic(t, "Sample", func() { Sample(x, x, 1, 2, 1) })
	kerneltest.MustPanic(t, "SampleGrad", func() { SampleGrad(x, x, x, 1, 1, 1) })
}
