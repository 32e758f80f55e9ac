package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// In training each channel is zero with probability p, else it is divided by 1-p. Otherwise nothing
// happens.
func TestSpatialDropout(t *testing.T) {
	const channels, pixels, rows, p = 50, 6, 40, 0.25
	x := graph.Input("x", channels, 2, 3)
	m := graph.New("m", x, graph.Flatten("flat", graph.SpatialDropout("dropout", x, p)))
	in := ones(rows * channels * pixels)
	if y := predict(t, m, in); !slices.Equal(y, in) {
		t.Error("Predict drops")
	}
	tr := newTraining(t, m, graph.Train, 1, in)
	tr.run(t, 0)
	first := slices.Clone(tr.y)
	dropped := 0
	for channel := range slices.Chunk(tr.y, pixels) {
		if channel[0] == 0 {
			dropped++
		}
		for _, v := range channel {
			if v != channel[0] || v != 0 && math.Abs(float64(v)-1/(1-p)) > 1e-6 {
				t.Fatalf("a channel of ones becomes %v", channel)
			}
		}
	}
	if share := float64(dropped) / (rows * channels); math.Abs(share-p) > 4*math.Sqrt(p*(1-p)/(rows*channels)) {
		t.Errorf("a share of %v of the channels is dropped, want %v", share, p)
	}
	tr.run(t, 1)
	if slices.Equal(first, tr.y) {
		t.Error("the next step drops the same channels")
	}
}

// In training each element gets its own normal number, of mean 0 and the standard deviation.
// Otherwise nothing happens.
func TestGaussianNoise(t *testing.T) {
	const n, stddev = 100_000, 0.5
	x := graph.Input("x", n/4)
	m := graph.New("m", x, graph.GaussianNoise("noise", x, stddev))
	in := numbers(n, 3)
	if y := predict(t, m, in); !slices.Equal(y, in) {
		t.Error("Predict adds noise")
	}
	tr := newTraining(t, m, graph.Train, 1, in)
	tr.run(t, 0)
	var sum, squares, neighbours float64
	var before float64
	for i, v := range tr.y {
		d := float64(v - in[i])
		sum, squares, neighbours, before = sum+d, squares+d*d, neighbours+d*before, d
	}
	if mean := sum / n; math.Abs(mean) > 4*stddev/math.Sqrt(n) {
		t.Errorf("the noise has mean %v", mean)
	}
	if got := math.Sqrt(squares / n); math.Abs(got-stddev) > 4*stddev/math.Sqrt(2*n) {
		t.Errorf("the noise has standard deviation %v, want %v", got, stddev)
	}
	if got := neighbours / squares; math.Abs(got) > 4/math.Sqrt(n) {
		t.Errorf("neighbouring elements have noise with correlation %v", got)
	}
	first := slices.Clone(tr.y)
	tr.run(t, 1)
	if slices.Equal(first, tr.y) {
		t.Error("the next step adds the same noise")
	}
	tr.run(t, 0)
	if !slices.Equal(first, tr.y) {
		t.Error("the same step adds other noise")
	}
}
