package random

import (
	"math"
	"testing"
)

// The stream of SplitMix64 from state 0, as its authors' reference program prints it.
func TestSplitMix64(t *testing.T) {
	s := FromKey(0)
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := s.Uint64(); got != want {
			t.Errorf("element %d is %#x, want %#x", i, got, want)
		}
		if got := Hash(0, uint64(i)); got != want {
			t.Errorf("Hash(0, %d) is %#x, want %#x", i, got, want)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	keys := map[uint64]string{}
	add := func(k uint64, what string) {
		if other, ok := keys[k]; ok {
			t.Errorf("%s and %s have the same key", what, other)
		}
		keys[k] = what
	}
	add(Key(1), "1")
	add(Key(2), "2")
	add(Key(1, ""), "1, empty")
	add(Key(1, "ab", "c"), "ab, c")
	add(Key(1, "a", "bc"), "a, bc")
	add(Key(1, "abc"), "abc")
	add(Key(1, "abc", ""), "abc, empty")
	for i := range uint64(4) {
		add(Sub(Key(1), i), "sub")
		add(Sub(Sub(Key(1), i), 0), "sub of sub")
	}
}

func TestUniform(t *testing.T) {
	const n, draws = 7, 70_000
	s := New(3, "uniform")
	var count [n]int
	var sum32, sum64 float64
	for range draws {
		count[s.Uint64n(n)]++
		f, d := s.Float32(), s.Float64()
		if f < 0 || f >= 1 || d < 0 || d >= 1 {
			t.Fatalf("drew %v and %v, want [0, 1)", f, d)
		}
		sum32, sum64 = sum32+float64(f), sum64+d
	}
	for v, c := range count { // five standard deviations
		if math.Abs(float64(c)-draws/n) > 5*math.Sqrt(draws/n) {
			t.Errorf("%d was drawn %d times, want about %d", v, c, draws/n)
		}
	}
	for _, mean := range []float64{sum32 / draws, sum64 / draws} {
		if math.Abs(mean-0.5) > 5*math.Sqrt(1./12/draws) {
			t.Errorf("mean %v, want 0.5", mean)
		}
	}
}

func TestPerm(t *testing.T) {
	first := map[int32]int{}
	for seed := range uint64(500) {
		p := New(seed).Perm(5)
		seen := map[int32]bool{}
		for _, v := range p {
			seen[v] = true
		}
		if len(p) != 5 || len(seen) != 5 || !seen[0] || !seen[4] {
			t.Fatalf("%v is not a permutation of 0..4", p)
		}
		first[p[0]]++
	}
	for v, c := range first {
		if c < 60 || c > 140 {
			t.Errorf("%d came first %d times of 500, want about 100", v, c)
		}
	}
}
