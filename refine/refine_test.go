package refine

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

const latents = 4

// codec returns a decoder and a conditional prior with random weights.
func codec(t *testing.T) Codec {
	t.Helper()
	z := graph.Input("z", latents)
	decoder := graph.New("decoder", z, graph.Sigmoid("y", graph.Dense("out", graph.SiLU("silu", graph.Dense("hidden", z, 9)), 20)))
	x := graph.Input("x", latents)
	prior := graph.New("prior", x, graph.ConditionalCode("code", x, 6))
	for _, m := range []*graph.Model{decoder, prior} {
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
	}
	p, err := graph.PriorOf(prior.Nodes()[1])
	if err != nil {
		t.Fatal(err)
	}
	return Codec{Decoder: decoder, Step: []float32{1, 0.5, 2, 1}, Offset: []float32{0, 1, -1, 0.25}, Prior: p, Lambda: 20}
}

// refiner returns a Refiner with random positions and images.
func refiner(t *testing.T, c Codec, rows int) *Refiner {
	t.Helper()
	r, err := New(c, rows)
	if err != nil {
		t.Fatal(err)
	}
	src := random.New(3, "numbers")
	for i := range r.Positions {
		r.Positions[i] = 6*src.Float32() - 3
	}
	src = random.New(4, "pixels")
	for i := range r.Images {
		r.Images[i] = src.Float32()
	}
	return r
}

func round(x []float32) {
	for i, v := range x {
		x[i] = float32(math.RoundToEven(float64(v)))
	}
}

func (r *Refiner) loss(t *testing.T) float32 {
	t.Helper()
	if _, _, err := r.Evaluate(); err != nil {
		t.Fatal(err)
	}
	return r.program.Result(lossResult)[0]
}

// Evaluate gives the images of the decoder, bit for bit, and a gradient that differences confirm.
func TestEvaluate(t *testing.T) {
	tables := codec(t)
	tables.Prior = nil
	for range latents {
		tables.Tables = append(tables.Tables, Table{Lo: -2, Bits: []float32{6, 3, 1, 2, 7}})
	}
	for _, c := range []Codec{codec(t), tables} {
		r := refiner(t, c, 3)
		images, gradient, err := r.Evaluate()
		if err != nil {
			t.Fatal(err)
		}
		var z []float32
		for i, p := range r.Positions {
			z = append(z, float32(p*c.Step[i%latents])+c.Offset[i%latents])
		}
		want, err := c.Decoder.Predict(t.Context(), z)
		if err != nil || !slices.Equal(images, want) {
			t.Errorf("the images are others than those of the decoder: %v", err)
		}
		got := slices.Clone(gradient)
		for i, p := range r.Positions {
			const h = 1.0 / 256
			r.Positions[i] = p + h
			up := r.loss(t)
			r.Positions[i] = p - h
			want := (up - r.loss(t)) / (2 * h)
			r.Positions[i] = p
			if math.Abs(float64(got[i]-want)) > 0.02*math.Max(1, math.Abs(float64(want))) {
				t.Errorf("gradient %d is %v, want %v", i, got[i], want)
			}
		}
	}
}

// Annealed positions are near to integers that are better than the nearest ones. What becomes of an
// image does not depend on the others.
func TestAnneal(t *testing.T) {
	c := codec(t)
	s := Schedule{Steps: 60, Rate: 0.1, First: 0.4, Last: 0.1, Noise: 0.2}
	anneal := func(r *Refiner) []float32 {
		steps := 0
		if err := r.Anneal(t.Context(), s, func() { steps++ }); err != nil || steps != s.Steps {
			t.Fatalf("%d steps, %v", steps, err)
		}
		return slices.Clone(r.Positions)
	}
	r := refiner(t, c, 5)
	round(r.Positions)
	before := r.loss(t)
	r = refiner(t, c, 5)
	all := anneal(r)
	round(r.Positions)
	if after := r.loss(t); !(after < 0.9*before) {
		t.Errorf("the loss is %v, that of the nearest integers %v", after, before)
	}
	few := anneal(refiner(t, c, 2))
	if !slices.Equal(few, all[:len(few)]) {
		t.Error("2 images have other positions than they have among 5")
	}
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	err := r.Anneal(ctx, s, func() {
		if steps++; steps == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || steps != 3 {
		t.Errorf("got %v after %d steps", err, steps)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Codec){
		"no lambda":        func(c *Codec) { c.Lambda = 0 },
		"infinite lambda":  func(c *Codec) { c.Lambda = float32(math.Inf(1)) },
		"no prior":         func(c *Codec) { c.Prior = nil },
		"prior and tables": func(c *Codec) { c.Tables = make([]Table, latents) },
		"few tables":       func(c *Codec) { c.Prior, c.Tables = nil, make([]Table, 1) },
		"few steps":        func(c *Codec) { c.Step, c.Offset = c.Step[1:], c.Offset[1:] },
	} {
		c := codec(t)
		change(&c)
		if _, err := New(c, 2); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
