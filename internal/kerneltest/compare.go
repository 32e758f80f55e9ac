package kerneltest

import (
	"math"
	"testing"
	"unsafe"
)

const guardWord = -12345.678

// Guarded returns a copy of x between guard words, and a function that fails the test if a guard
// word was overwritten.
func Guarded(t *testing.T, x []float32) (inner []float32, check func()) {
	t.Helper()
	const margin = 17
	all := make([]float32, len(x)+2*margin)
	for i := range all {
		all[i] = guardWord
	}
	inner = all[margin : margin+len(x) : margin+len(x)]
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

// SameBits reports whether x and y have the same bits. Any NaN equals any other.
func SameBits(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// WantBits fails the test unless element i of a result has the bits of want.
func WantBits(t *testing.T, way, what string, i int, got, want float32) {
	t.Helper()
	if !SameBits(got, want) {
		t.Fatalf("%s, %s: element %d is %g, want %g", way, what, i, got, want)
	}
}

// WantSlice fails the test unless got has the bits of want.
func WantSlice(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if !SameBits(got[i], want[i]) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

// Ulps returns the distance of got from want in units of the last place of a float32 of the size of
// want.
func Ulps(got float32, want float64) float64 {
	switch rounded := float32(want); {
	case math.IsNaN(want) && got != got, math.IsInf(float64(rounded), 0) && got == rounded:
		return 0
	case math.IsNaN(want) || got != got:
		return math.Inf(1)
	}
	return math.Abs(float64(got)-want) / Ulp(want)
}

// Ulp returns the unit in the last place of a float32 of the size of x.
func Ulp(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-24, -149))
}

// Round rounds x to float32.
func Round(x float64) float64 { return float64(float32(x)) }

// TreeSum is the definition of a sum over all elements, written out. See f32.Lanes.
func TreeSum(n int, term func(i int) float64) float64 {
	total := 0.0
	for start := 0; start < n; start += 4096 {
		var lane [16]float64
		for j := range lane {
			for i := start + j; i < min(start+4096, n); i += 16 {
				lane[j] += term(i)
			}
		}
		at := func(j int) float64 { return lane[j] + lane[j+8] }
		four := func(j int) float64 { return at(j) + at(j+4) }
		total += (four(0) + four(2)) + (four(1) + four(3))
	}
	return total
}

// MustPanic fails the test unless f panics with a string.
func MustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if _, ok := recover().(string); !ok {
			t.Errorf("%s: no panic with a string", what)
		}
	}()
	f()
}

// Recovered returns the value that f panics with, or nil.
func Recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// An Offset is the place of a field in a struct, and the place where the assembly wants it.
type Offset struct{ Got, Want uintptr }

// WantOffsets fails the test unless all fields are where the assembly wants them. There is assembly
// for 64-bit processors alone.
func WantOffsets(t *testing.T, fields map[string]Offset) {
	t.Helper()
	for name, o := range fields {
		if unsafe.Sizeof(uintptr(0)) == 8 && o.Got != o.Want {
			t.Errorf("%s is at %d, the assembly wants it at %d", name, o.Got, o.Want)
		}
	}
}
