package train_test

import (
	"context"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// A run that adopts the optimizer of another one ends with the bits of a run of all steps, also if it is
// stopped and resumed.
func TestAdopt(t *testing.T) {
	build := func() *graph.Model {
		x := graph.Input("x", 3)
		m := graph.New("m", x, graph.Dense("y", graph.Dense("z", x, 2), 3))
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		return m
	}
	ctx, data := context.Background(), threes{{0.1, 0.5, 0.9}, {0.3, 0.2, 0.1}}
	fit := func(tr *train.Trainer, epochs int) {
		t.Helper()
		if _, err := tr.Fit(ctx, data, nil, epochs, train.Hooks{}); err != nil {
			t.Fatal(err)
		}
	}
	compile := func(m *graph.Model) *train.Trainer {
		t.Helper()
		tr, err := train.Compile(m, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 1, InOrder: true})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	whole, first, second := build(), build(), build()
	fit(compile(whole), 5)
	begun := compile(first)
	fit(begun, 2)
	path := t.TempDir() + "/first"
	if err := begun.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	state := map[string][]float32{}
	for _, e := range f.Extra {
		state[e.Name] = e.Data
	}
	slots := func(w *graph.Weight) [][]float32 { return [][]float32{state["m/"+w.Name], state["v/"+w.Name]} }
	for i, w := range second.Weights() {
		if err := w.Set(first.Weights()[i].Data); err != nil {
			t.Fatal(err)
		}
	}
	next := compile(second)
	if err := next.Adopt(4, slots); err != nil {
		t.Fatal(err)
	}
	fit(next, 1)
	if err := next.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	third := build() // with other weights than those that the run began with
	resumed := compile(third)
	if err := resumed.Resume(path); err != nil {
		t.Fatal(err)
	}
	fit(resumed, 3)
	for i, w := range third.Weights() {
		for k, v := range w.Data {
			if math.Float32bits(v) != math.Float32bits(whole.Weights()[i].Data[k]) {
				t.Fatalf("%s is %v, want %v", w.Name, w.Data, whole.Weights()[i].Data)
			}
		}
	}
	if err := resumed.Adopt(1, slots); err == nil {
		t.Error("a run that has begun adopts a state")
	}
	if err := compile(build()).Adopt(1, func(*graph.Weight) [][]float32 { return nil }); err == nil {
		t.Error("a state without arrays is adopted")
	}
	if err := compile(build()).Adopt(1, func(w *graph.Weight) [][]float32 {
		return [][]float32{make([]float32, len(w.Data)), append(make([]float32, len(w.Data)-1), float32(math.NaN()))}
	}); err == nil {
		t.Error("a state that is not finite is adopted")
	}
}

type threes [][3]float32

func (d threes) Len() int            { return len(d) }
func (d threes) Shape() (x, y []int) { return []int{3}, nil }
func (d threes) Example(_, i int, x, y []float32) error {
	copy(x, d[i][:])
	copy(y, d[i][:])
	return nil
}
