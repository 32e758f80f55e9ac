package f32

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

var lengths = []int{0, 1, 2, 3, 15, 16, 17, 1000}

var (
	inf = float32(math.Inf(1))
	nan = float32(math.NaN())
)

// nasty holds what breaks numeric code: zeros, subnormals, the ends of the range, infinities and NaNs of both signs.
var nasty = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 1e-45, -1e-45, 1e-40, -1e-40, 1.1754944e-38, -1.1754944e-38,
	1e-20, -1e-20, 1e20, -1e20, math.MaxFloat32, -math.MaxFloat32, 88.72, -88.72, 89, -104, 16777216, -16777217,
	inf, -inf, nan, math.Float32frombits(0xff800001), math.Float32frombits(0x7fffffff),
}

// uniform returns n numbers in [0, 1).
func uniform(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		x[i] = s.Float32()
	}
	return x
}

// normal returns n numbers with mean 0 and variance 1, of roughly normal shape.
func normal(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*(s.Float32()+s.Float32()+s.Float32()) - 3
	}
	return x
}

// mixed returns n numbers of all magnitudes, one in four of them nasty.
func mixed(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		switch s.Uint64n(4) {
		case 0:
			x[i] = nasty[s.Uint64n(uint64(len(nasty)))]
		case 1:
			x[i] = math.Float32frombits(uint32(s.Uint64()))
		default:
			x[i] = 8*s.Float32() - 4
		}
	}
	return x
}

const guardWord = -12345.678

// guarded returns a copy of x with guard words around it, and a function that fails the test if they were written.
func guarded(t *testing.T, x []float32) ([]float32, func()) {
	t.Helper()
	const margin = 17
	all := make([]float32, len(x)+2*margin)
	for i := range all {
		all[i] = guardWord
	}
	inner := all[margin : margin+len(x) : margin+len(x)]
	copy(inner, x)
	return inner, func() {
		t.Helper()
		for i, v := range all {
			if (i < margin || i >= margin+len(x)) && v != guardWord {
				t.Fatalf("wrote outside of a slice of %d, at %d", len(x), i-margin)
			}
		}
	}
}

func sameBits(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// ulps returns the distance of got from want in units of the last place of a float32 of want's size.
func ulps(got float32, want float64) float64 {
	switch rounded := float32(want); {
	case math.IsNaN(want) && got != got, math.IsInf(float64(rounded), 0) && got == rounded:
		return 0
	case math.IsNaN(want) || got != got:
		return math.Inf(1)
	}
	return math.Abs(float64(got)-want) / ulp(want)
}

// ulp returns the unit in the last place of a float32 of x's size.
func ulp(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-24, -149))
}

func round(x float64) float64 { return float64(float32(x)) }

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if _, ok := recover().(string); !ok {
			t.Errorf("%s: no panic with a string", what)
		}
	}()
	f()
}

func describe(name string, i int, a, b float32) string {
	return fmt.Sprintf("%s, element %d of (%g, %g)", name, i, a, b)
}
