package kerneltest

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// A Kernel is a kernel of up to two inputs beside its reference in float64. An exact reference
// rounds each operation to float32, which in float64 arithmetic gives the bits of float32
// arithmetic. The others may differ by Bound units in the last place, or by 0.501 if Bound is 0,
// and by another Slack*|a|.
type Kernel struct {
	Name  string
	Run   func(y, a, b []float32)
	Want  func(a, b float64) float64
	Exact bool
	Bound float64
	Slack float64
}

// Slope is the parameter with which tests call kernels.
const Slope = 0.3

// Slope64 is Slope as kernels have it.
var Slope64 = Round(Slope)

// Unary makes a kernel of two inputs from one of one input.
func Unary(f func(y, x []float32)) func(y, a, b []float32) {
	return func(y, a, _ []float32) { f(y, a) }
}

// Where returns yes if c is true, else no.
func Where(c bool, yes, no float64) float64 {
	if c {
		return yes
	}
	return no
}

// Check compares the result of a kernel with its reference and returns the largest error in units
// of the last place.
func (k *Kernel) Check(t *testing.T, a, b, got []float32) (worst float64) {
	t.Helper()
	for i, v := range got {
		x, y := float64(a[i]), float64(b[i])
		if k.Name == "SoftplusGrad" {
			y = math.Abs(y)
		}
		want := k.Want(x, y)
		if k.Exact {
			if !SameBits(v, float32(want)) {
				t.Fatalf("%s: got %g, want %g", describe(k.Name, i, a[i], b[i]), v, float32(want))
			}
			continue
		}
		if k.Slack > 0 && math.IsInf(x, 0) && (math.IsInf(float64(v), 0) || v != v) {
			continue // an infinite gradient times a slope of about 0
		}
		u, bound := Ulps(v, want), max(k.Bound, 0.501)
		bound += k.Slack * math.Abs(x) / Ulp(want)
		if u > bound {
			t.Fatalf("%s: got %g, want %g, %.4g ulp off", describe(k.Name, i, a[i], b[i]), v, want, u)
		}
		worst = max(worst, u)
	}
	return worst
}

func describe(name string, i int, a, b float32) string {
	return fmt.Sprintf("%s, element %d of (%g, %g)", name, i, a, b)
}

// CheckKernels compares kernels with their references. It checks that they change no input and
// write nothing outside of their output.
func CheckKernels(t *testing.T, kernels []Kernel) {
	for _, k := range kernels {
		t.Run(k.Name, func(t *testing.T) {
			for seed, n := range Lengths {
				a, checkA := Guarded(t, Mixed(uint64(seed), n))
				b, checkB := Guarded(t, Mixed(uint64(seed)+100, n))
				y, checkY := Guarded(t, Mixed(uint64(seed)+200, n))
				a0, b0 := append([]float32{}, a...), append([]float32{}, b...)
				k.Run(y, a, b)
				checkA()
				checkB()
				checkY()
				for i := range a {
					if !SameBits(a[i], a0[i]) || !SameBits(b[i], b0[i]) {
						t.Fatalf("%s: input changed", describe(k.Name, i, a0[i], b0[i]))
					}
				}
				k.Check(t, a, b, y)
			}
		})
	}
}

// CheckRange compares the kernels that are not exact with their references over the whole range of
// float32, thinned.
func CheckRange(t *testing.T, kernels []Kernel) {
	const n, stride = 4096, 4099 // a prime, so that all bits of the mantissa vary
	for _, k := range kernels {
		if k.Exact {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			x, ones, y := make([]float32, n), make([]float32, n), make([]float32, n)
			for i := range ones {
				ones[i] = 1
			}
			a, b := x, ones
			if strings.HasSuffix(k.Name, "Grad") {
				a, b = ones, x
			}
			worst := 0.0
			for bits := uint64(0); bits < 1<<32; {
				for i := range x {
					x[i] = math.Float32frombits(uint32(bits))
					bits += stride
				}
				k.Run(y, a, b)
				worst = max(worst, k.Check(t, a, b, y))
			}
			t.Logf("%.6f ulp at most", worst)
		})
	}
}
