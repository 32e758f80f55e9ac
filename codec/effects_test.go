package codec

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// All latents of a small code are moved, and few of a large one, evenly spread.
func TestMovedLatents(t *testing.T) {
	for _, c := range []struct {
		code       graph.Shape
		most, want int
	}{
		{graph.Shape{5}, 100000, 5}, {graph.Shape{8, 4, 4}, 1, 128}, {graph.Shape{5000}, 100, 5000},
		{graph.Shape{8, 32, 32}, 100000, 1024}, {graph.Shape{8, 128, 128}, 64, 64}, {graph.Shape{2000, 2, 2}, 5, 2000},
	} {
		moved := movedLatents(c.code, c.most)
		if len(moved) != c.want {
			t.Errorf("%v, %d at most: %d are moved, want %d", c.code, c.most, len(moved), c.want)
		}
		s := slices.Clone(moved)
		slices.Sort(s)
		if len(slices.Compact(s)) != len(moved) || s[0] < 0 || s[len(s)-1] >= c.code.Size() {
			t.Errorf("%v: %v", c.code, moved)
		}
	}
}

// The effect that a channel shares is near the mean of the effects of all its latents.
func TestSharedEffects(t *testing.T) {
	size := images.Size{Channels: 1, Height: 96, Width: 96}
	ae, err := autoencoder.NewConv().Build(graph.Shape(size.Shape()))
	if err == nil {
		err = ae.Model.Init(3)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Size: size, Encoder: ae.Encoder, Decoder: ae.Decoder}
	if err := m.checkNetworks(); err != nil {
		t.Fatal(err)
	}
	s, err := takeSample(t.Context(), m, pattern(size, 4), nil)
	if err != nil {
		t.Fatal(err)
	}
	code := ae.Encoder.Out()
	if code.Size() <= shareFrom {
		t.Fatalf("a code of shape %v is not large", code)
	}
	_, deviation := s.moments()
	shared, err := s.effects(t.Context(), m, deviation)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, code.Size())
	for i := range all {
		all[i] = i
	}
	sums := make([]float64, len(all))
	z := s.z[:len(all)]
	base, err := m.Decoder.Predict(t.Context(), z)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.probe(t.Context(), m, all, sums, z, base, deviation, 1); err != nil {
		t.Fatal(err)
	}
	for c := range code[0] {
		sum, n := 0.0, 0.0
		for i := c; i < len(all); i += code[0] {
			if shared[i] != shared[c] {
				t.Fatalf("latents %d and %d have the effects %v and %v", c, i, shared[c], shared[i])
			}
			if d := deviation[i] * probeShare; d > 0 {
				sum, n = sum+sums[i]/d/d, n+1
			}
		}
		if mean := math.Sqrt(sum / n); math.Abs(math.Log(shared[c]/mean)) > 0.2 {
			t.Errorf("channel %d: the shared effect is %v, and the mean of one image's %v", c, shared[c], mean)
		}
	}
}

// The bits that are wanted are kept in a file of few images, too, although its stream has an end.
func TestFewImages(t *testing.T) {
	for n, want := range map[int]float64{12: 14, 40: 20, 100: 16} {
		set := piece(0, n)
		set.Labels = nil
		m, err := Fit(t.Context(), small().ae, set, FitOptions{Bits: want})
		if err != nil {
			t.Fatal(err)
		}
		if _, info := write(t, m, set, Options{}, nil); info.BitsPerImage() > want || info.BitsPerImage() < want-streamEnd/float64(n)-2 {
			t.Errorf("%d images have %.2f bits each, want %v", n, info.BitsPerImage(), want)
		}
	}
}
