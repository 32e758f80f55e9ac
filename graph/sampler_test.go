package graph

import (
	"slices"
	"testing"
)

// A sampler draws the noise of training. It depends on the seed and the step. In Evaluate there is
// none.
func TestSampler(t *testing.T) {
	x := Input("x", 64)
	m := New("noisy", x, GaussianNoise("noise", x, 0.5))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	input := make([]float32, 128)
	for i := range input {
		input[i] = float32(i) / 128
	}
	run := func(mode Mode, seed, step uint64) []float32 {
		t.Helper()
		s, err := NewSampler(m, mode, 2, seed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Run(step+1, input); err != nil { // a step before must not matter
			t.Fatal(err)
		}
		y, err := s.Run(step, input)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	first := run(Train, 3, 5)
	if !slices.Equal(first, run(Train, 3, 5)) {
		t.Error("the same seed and step give other noise")
	}
	for what, y := range map[string][]float32{"step": run(Train, 3, 6), "seed": run(Train, 4, 5), "mode": run(Evaluate, 3, 5)} {
		if slices.Equal(first, y) {
			t.Errorf("another %s gives the same noise", what)
		}
	}
	if !slices.Equal(run(Evaluate, 3, 5), input) {
		t.Error("there is noise in Evaluate")
	}
	variance := 0.0
	for i, v := range first {
		d := float64(v - input[i])
		variance += d * d / 128
	}
	if variance < 0.15 || variance > 0.4 {
		t.Errorf("the noise has the variance %v, want about 0.25", variance)
	}
	s, err := NewSampler(m, Train, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(0, input[:64]); err == nil {
		t.Error("half a batch was taken")
	}
}
