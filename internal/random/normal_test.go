package random

import (
	"math"
	"testing"
)

func TestNormalPair(t *testing.T) {
	s := New(1, "normal")
	for i := range 200_000 {
		bits := s.Uint64()
		switch i { // the ends of both ranges
		case 0:
			bits = 0
		case 1:
			bits = math.MaxUint64
		case 2:
			bits = 1<<63 | 1<<31
		}
		radius := math.Sqrt(-2 * math.Log((float64(bits>>32)+0.5)/(1<<32)))
		turn := float64(uint32(bits)>>30)/4 + (float64(bits&(1<<30-1))+0.5)/(1<<32) - 0.125
		sin, cos := math.Sincos(2 * math.Pi * turn)
		a, b := NormalPair(bits)
		if math.Abs(a-radius*cos) > 2e-10*radius || math.Abs(b-radius*sin) > 2e-10*radius {
			t.Fatalf("%#x gives %v and %v, want %v and %v", bits, a, b, radius*cos, radius*sin)
		}
		if math.Abs(a) > 6.8 || math.Abs(b) > 6.8 {
			t.Fatalf("%#x gives %v and %v, want at most 6.8", bits, a, b)
		}
	}
}

// Both numbers follow the normal distribution, and they are independent.
func TestNormalDistribution(t *testing.T) {
	const n = 200_000
	below := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	var count [2][13]int
	var product float64
	for i := range uint64(n) {
		a, b := NormalPair(Hash(7, i))
		product += a * b
		for k, v := range []float64{a, b} {
			for bin := range count[k] {
				if v < float64(bin-6)/2 {
					count[k][bin]++
				}
			}
		}
	}
	for k := range count {
		for bin, c := range count[k] {
			p := below(float64(bin-6) / 2)
			if deviation := math.Sqrt(p * (1 - p) / n); math.Abs(float64(c)/n-p) > 4*deviation {
				t.Errorf("a share of %v of numbers %d is below %v, want %v", float64(c)/n, k, float64(bin-6)/2, p)
			}
		}
	}
	if math.Abs(product/n) > 4/math.Sqrt(n) {
		t.Errorf("their correlation is %v, want 0", product/n)
	}
}

// The bits are pinned, so that noise, and a training run with noise, is the same on every machine.
func TestNormalPairIsPinned(t *testing.T) {
	h := uint64(0)
	for i := range uint64(10_000) {
		a, b := NormalPair(Hash(3, i))
		h = mix(h ^ math.Float64bits(a))
		h = mix(h ^ math.Float64bits(b))
	}
	const want = uint64(0x5258836555a4fd34)
	if h != want {
		t.Errorf("the hash of the first numbers is %#x, want %#x", h, want)
	}
}
