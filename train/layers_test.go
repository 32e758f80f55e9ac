package train_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/train"
)

// penalised is one model 6-5-2-5-6 with a penalty on its code.
func penalised(t testing.TB, lambda float32) *graph.Model {
	t.Helper()
	x := graph.Input("x", 6)
	y := x
	for i, width := range []int{5, 2, 5, 6} {
		y = graph.LeakyReLU(fmt.Sprint("leakyrelu_", i), graph.Dense(fmt.Sprint("dense_", i), y, width), 0.3)
		if width == 2 {
			y = graph.ActivityL2("compact", y, lambda)
		}
	}
	m := graph.New("penalised", x, y)
	initialise(t, m)
	return m
}

// The terms that layers add are part of loss, val_loss and gradient, and have columns of their own.
func TestTerms(t *testing.T) {
	const batch, rate, lambda = 4, 0.01, 0.5
	x, val := uniform(1, 11, 6), uniform(2, 5, 6)
	m := penalised(t, lambda)
	n := newNaive(m.Weights())
	n.penalty, n.at = lambda, 1
	tr := compile(t, m, train.MSE(), train.NewAdam(rate), train.Config{Batch: batch, InOrder: true})
	h := fit(t, tr, &table{x: x}, &table{x: val}, 4)
	if !slices.Equal(h.Terms, []string{"compact"}) {
		t.Fatalf("the history has the terms %q, want compact", h.Terms)
	}
	for _, e := range h.Epochs {
		loss, term := n.epoch(float64s(x), float64s(x), batch, rate)
		near(t, "loss", e.Loss, loss, 1e-6)
		near(t, "term", e.Terms[0], term, 1e-6)
		plain := *n
		plain.penalty = 0
		valLoss := n.evaluate(float64s(val), float64s(val))
		near(t, "val_loss", e.ValLoss, valLoss, 1e-6)
		near(t, "val term", e.ValTerms[0], valLoss-plain.evaluate(float64s(val), float64s(val)), 1e-6)
	}
	n.compare(t, m)
}

// once adds a loss term in only one mode.
type once struct {
	Mode graph.Mode
}

func (once) Kind() string                                 { return "Once" }
func (once) Weights(...graph.Shape) []graph.Spec          { return nil }
func (once) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (l once) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	if b.Mode == l.Mode {
		b.AddLoss(b.Name(), b.Do(op.SquaredNorm(op.ShapeOf(in[0]), 1), in[0]))
	}
	return in[0]
}

var registerCounter = sync.OnceFunc(graph.Register[counter])

// counter adds the number of training steps so far to its input. The number is a kept weight.
type counter struct{}

func (counter) Kind() string                                 { return "Counter" }
func (counter) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (counter) Weights(...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "steps", Shape: graph.Shape{1}, Init: graph.Zeros, Kept: true}}
}

func (counter) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	s, steps := op.ShapeOf(in[0]), b.Weight("steps")
	if b.Mode == graph.Train {
		b.Update("steps", b.Do(op.Op{Name: "Increment", In: []op.Shape{{1}}, Out: op.Shape{1},
			Run: func(y []float32, x [][]float32) { y[0] = x[0][0] + 1 }}, steps))
	}
	return b.Do(op.Op{Name: "Shift", In: []op.Shape{s, {1}}, Out: s,
		Run: func(y []float32, x [][]float32) {
			for i, v := range x[0] {
				y[i] = v + x[1][0]
			}
		},
		Grad: func(_ *op.Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy, nil} },
	}, in[0], steps)
}

// still is an optimizer that changes nothing.
type still struct{ sgd }

func (still) Update(uint64, float32, *graph.Weight, []float32, [][]float32) {}

// sgd is plain gradient descent, without state.
type sgd struct{ LearningRate float32 }

func (o sgd) Rate() float32 { return o.LearningRate }
func (sgd) Slots() []string { return nil }
func (sgd) Check() error    { return nil }
func (sgd) String() string  { return "sgd" }
func (sgd) Update(_ uint64, rate float32, w *graph.Weight, g []float32, _ [][]float32) {
	for i, v := range g {
		w.Data[i] -= rate * v
	}
}

// A kept weight gets its next value after the step: a step sees the value before it, an evaluation
// sees the last one, and a checkpoint holds it.
func TestKeptWeights(t *testing.T) {
	registerCounter()
	build := func() *train.Trainer {
		m := identity(t, 2, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, counter{}, x) })
		return compile(t, m, train.MSE(), still{}, train.Config{Batch: 2, InOrder: true})
	}
	ds := &table{x: uniform(1, 5, 2)}
	tr := build()
	h := fit(t, tr, ds, ds, 2) // output minus target is the number of steps: 0, 1, 2 for 2, 2 and 1 examples
	near(t, "loss of epoch 1", h.Epochs[0].Loss, (0*2+1*2+4*1)/5.0, 1e-6)
	near(t, "loss of epoch 2", h.Epochs[1].Loss, (9*2+16*2+25*1)/5.0, 1e-6)
	near(t, "val_loss of epoch 1", h.Epochs[0].ValLoss, 9, 1e-6)
	near(t, "val_loss of epoch 2", h.Epochs[1].ValLoss, 36, 1e-6)

	again := build()
	resume(t, again, save(t, tr))
	for _, w := range again.Model().Weights() {
		if w.Kept && w.Data[0] != 6 {
			t.Errorf("%s is %v after 6 steps and a resume", w.Name, w.Data[0])
		}
	}
	h = fit(t, again, ds, ds, 3)
	near(t, "loss of epoch 3", h.Epochs[2].Loss, (36*2+49*2+64*1)/5.0, 1e-6)
}

// The next value of a kept weight is the mean over the parts of a batch: exactly what all of them say, if they say the
// same, also if the parts have different sizes.
func TestKeptWeightsOfShards(t *testing.T) {
	registerCounter()
	for _, shards := range []int{2, 3, 5, 7} {
		m := identity(t, 2, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, counter{}, x) })
		tr := compile(t, m, train.MSE(), still{}, train.Config{Batch: 19, Shards: shards})
		fit(t, tr, &table{x: uniform(1, 19*3+13, 2)}, nil, 25)
		for _, w := range m.Weights() {
			if w.Kept && w.Data[0] != 100 {
				t.Errorf("%d shards: %s is %v after 100 steps", shards, w.Name, w.Data[0])
			}
		}
	}
}

var registerIdler = sync.OnceFunc(graph.Register[idler])

// idler keeps numbers that it never changes.
type idler struct{}

func (idler) Kind() string                                 { return "Idler" }
func (idler) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (idler) Weights(...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "kept", Shape: graph.Shape{50}, Init: graph.Zeros, Kept: true}}
}

func (idler) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	if b.Mode == graph.Train {
		b.Update("kept", b.Do(op.Copy(op.Shape{50}), b.Weight("kept")))
	}
	return in[0]
}

// A kept weight that no part of a batch changes keeps its bits, whatever numbers it has.
func TestKeptWeightsThatStay(t *testing.T) {
	registerIdler()
	want := uniform(3, 1, 50)[0]
	for _, shards := range []int{2, 3, 5, 7} {
		m := identity(t, 2, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, idler{}, x) })
		tr := compile(t, m, train.MSE(), still{}, train.Config{Batch: 19, Shards: shards})
		for _, w := range m.Weights() {
			if !w.Kept {
				continue
			}
			copy(w.Data, want)
			fit(t, tr, &table{x: uniform(1, 19+13, 2)}, nil, 3)
			if !slices.Equal(w.Data, want) {
				t.Errorf("%d shards: the first numbers %v became %v", shards, want[:5], w.Data[:5])
			}
		}
	}
}

func TestTermsInOneModeAreRefused(t *testing.T) {
	ds := &table{x: uniform(1, 5, 2)}
	for _, mode := range []graph.Mode{graph.Train, graph.Evaluate} {
		m := identity(t, 2, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, once{Mode: mode}, x) })
		tr := compile(t, m, train.MSE(), train.NewAdam(1e-3), train.Config{})
		_, err := tr.Fit(t.Context(), ds, ds, 1, train.Hooks{})
		wantError(t, err, "validation after epoch 1", `"identity"`, "loss terms", `["activation"]`, "[]")
	}
}

// twice adds the sum of two weights to its input.
type twice struct{}

func (twice) Kind() string                                 { return "Twice" }
func (twice) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (twice) Weights(in ...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "a", Shape: in[0], Init: graph.Zeros}, {Name: "b", Shape: in[0], Init: graph.Zeros}}
}

func (twice) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	s, n := op.ShapeOf(in[0]), op.ShapeOf(b.Weight("a"))
	sum := b.Do(op.Add(2, n), b.Weight("a"), b.Weight("b"))
	return b.Do(op.Op{Name: "Bias", In: []op.Shape{s, n}, Out: s,
		Run: func(y []float32, x [][]float32) {
			for i, v := range x[0] {
				y[i] = v + x[1][i%len(x[1])]
			}
		},
		Grad: func(t *op.Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{dy, t.Do(op.ColumnSums(s[0], s[1]), dy)}
		},
	}, in[0], sum)
}

// A step of sgd at rate 1 is as long as the norm of the gradients, up to Clip, and keeps its
// direction. The two weights of twice have one gradient, in the same memory.
func TestClip(t *testing.T) {
	ds := &table{x: uniform(1, 4, 6), y: uniform(2, 4, 6)}
	for _, build := range []func() *graph.Model{
		func() *graph.Model { return tiny(t, nil).Model },
		func() *graph.Model {
			return identity(t, 6, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, twice{}, x) })
		},
	} {
		movement := func(clip float32) []float64 {
			m := build()
			before := numbers(m)
			fit(t, compile(t, m, train.MSE().Sum(), sgd{1}, train.Config{Clip: clip}), ds, nil, 1)
			after := numbers(m)
			for i := range after {
				after[i] -= before[i]
			}
			return after
		}
		free := movement(0)
		length := norm(free)
		if length < 0.5 {
			t.Fatalf("the gradients' norm is %v, want more for this test", length)
		}
		for _, clip := range []float64{0.01, 0.3, length * 0.99, length * 1.01, 1e6} {
			got := movement(float32(clip))
			want := math.Min(length, float64(float32(clip)))
			near(t, fmt.Sprintf("step at clip %g", clip), norm(got)/want, 1, 2e-6)
			for i, v := range got {
				near(t, "direction", v/want, free[i]/length, 1e-5)
			}
		}
	}
}

func numbers(m *graph.Model) []float64 {
	var all []float64
	for _, w := range m.Weights() {
		for _, v := range w.Data {
			all = append(all, float64(v))
		}
	}
	return all
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}
