package graph_test

import (
	"path/filepath"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// scale is a layer of another package with everything that a layer can have: y = gain·x with an
// operation of its own, a trained gain for each feature, a penalty on its output, and a kept weight
// that counts the steps.
type scale struct {
	Start float32 `json:"start"` // the first value of the gain
}

func (scale) Kind() string { return "test.Scale" }

func (scale) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }

func (l scale) Weights(in ...graph.Shape) []graph.Spec {
	start := func(w []float32, _ graph.Shape, _ func() float32) {
		for i := range w {
			w[i] = l.Start
		}
	}
	return []graph.Spec{
		{Name: "gain", Shape: in[0], Init: graph.InitFunc(start)},
		{Name: "steps", Shape: graph.Shape{1}, Init: graph.Ones, Kept: true},
	}
}

func (l scale) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	y := b.Do(multiply(b.Rows, op.ShapeOf(in[0])[1]), in[0], b.Weight("gain"))
	b.AddLoss("size", b.Try(G.Mean(b.Try(G.Square(y)))))
	if b.Mode == graph.Train {
		steps := b.Weight("steps")
		b.Update("steps", b.Do(op.Add(2, op.Shape{1}), steps, b.Var("one", op.Shape{1}, []float32{1}, false)))
	}
	return y
}

// multiply is y[r,j] = x[r,j]·gain[j].
func multiply(rows, n int) op.Op {
	return op.Op{
		Name: "Multiply",
		In:   []op.Shape{{rows, n}, {n}},
		Out:  op.Shape{rows, n},
		Run: func(y []float32, x [][]float32) {
			for i, v := range x[0] {
				y[i] = v * x[1][i%n]
			}
		},
		Grad: func(t *op.Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(multiply(rows, n), dy, x[1]), t.Do(op.ColumnSums(rows, n), t.Try(G.HadamardProd(x[0], dy)))}
		},
	}
}

func TestLayerFromOutside(t *testing.T) {
	graph.Register[scale]()
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.Call("", scale{Start: 3}, x))
	wantNames(t, m, []string{"x", "test.scale_1"}, []string{"m/test.scale_1/gain", "m/test.scale_1/steps"})
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	data := []float32{1, -2, 3, 0.5}
	y := []float32{3, -6, 9, 1.5}
	if got := predict(t, m, data); !slices.Equal(got, y) {
		t.Errorf("it predicts %v, want %v", got, y)
	}

	tr := newTraining(t, m, graph.Train, 1, data)
	tr.run(t, 0)
	mean := float32(9+36+81+2.25) / 4
	// The loss is half the sum of squares of y and their mean over 4: the gradient is Σ x·(y + y/2)
	// over the rows.
	for what, c := range map[string][2][]float32{
		"y":        {tr.y, y},
		"term":     {tr.terms["size"], {mean}},
		"loss":     {tr.loss, {2*mean + mean}},
		"update":   {tr.updates["m/test.scale_1/steps"], {2}},
		"gradient": {tr.grads["m/test.scale_1/gain"], {1.5 * (1*3 + 3*9), 1.5 * (2*6 + 0.5*1.5)}},
	} {
		if !slices.Equal(c[0], c[1]) {
			t.Errorf("its %s is %v, want %v", what, c[0], c[1])
		}
	}
	if len(tr.grads) != 1 {
		t.Errorf("the gradients are %v, want that of the gain alone", tr.grads)
	}

	path := filepath.Join(t.TempDir(), "model.safetensors")
	copy(m.Weights()[1].Data, []float32{41})
	if err := (&graph.File{Model: m}).Write(path); err != nil {
		t.Fatal(err)
	}
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if w := f.Model.Weights()[1]; !w.Kept || w.Data[0] != 41 {
		t.Errorf("the kept weight was read as %+v", w)
	}
	if got := predict(t, f.Model, data); !slices.Equal(got, y) {
		t.Errorf("the model that was read predicts %v, want %v", got, y)
	}
}

// imposter claims the kind of another layer.
type imposter struct{ scale }

func (imposter) Kind() string { return "Model" }

func TestRegister(t *testing.T) {
	graph.Register[odd]()
	graph.Register[odd]() // again, as two packages may
	for what, register := range map[string]func(){
		"another type of a kind": graph.Register[odder],
		"the kind of a call":     graph.Register[imposter],
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was registered", what)
				}
			}()
			register()
		}()
	}
}

// odd is a layer that does what its fields say. Most of it is wrong.
type odd struct {
	Name   string                                    // the name of both its weights
	Output func(b *graph.Builder, x *G.Node) *G.Node `json:"-"`
}

func (odd) Kind() string                                 { return "test.Odd" }
func (odd) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (l odd) Weights(...graph.Shape) []graph.Spec {
	if l.Output != nil {
		return []graph.Spec{{Name: "a", Shape: graph.Shape{2}, Init: graph.Zeros}, {Name: "b", Shape: graph.Shape{3}, Init: graph.Zeros, Kept: true}}
	}
	return []graph.Spec{{Name: l.Name, Shape: graph.Shape{1}, Init: graph.Zeros}, {Name: l.Name, Shape: graph.Shape{1}, Init: graph.Zeros}}
}
func (l odd) Build(b *graph.Builder, in ...*G.Node) *G.Node { return l.Output(b, in[0]) }

type odder struct{ odd }

// A mistake in a layer's Build is an error that names the layer.
func TestMistakesOfLayers(t *testing.T) {
	for name, c := range map[string]struct {
		build func(b *graph.Builder, x *G.Node) *G.Node
		want  []string
	}{
		"nothing":           {func(*graph.Builder, *G.Node) *G.Node { return nil }, []string{"want an output of shape (2, 2), got nothing"}},
		"shape":             {func(b *graph.Builder, _ *G.Node) *G.Node { return b.Weight("a") }, []string{"want an output of shape (2, 2), got (2)"}},
		"weight":            {func(b *graph.Builder, _ *G.Node) *G.Node { return b.Weight("c") }, []string{`want a weight that the layer has, got "c"`, "add it to its Weights"}},
		"term":              {func(b *graph.Builder, x *G.Node) *G.Node { b.AddLoss("term", x); return x }, []string{`want a scalar as loss term "term"`, "got shape (2, 2)"}},
		"update of trained": {func(b *graph.Builder, x *G.Node) *G.Node { b.Update("a", b.Weight("a")); return x }, []string{`"a"`, "kept weight"}},
		"update's shape":    {func(b *graph.Builder, x *G.Node) *G.Node { b.Update("b", b.Weight("a")); return x }, []string{`want an update of shape (3) for the kept weight "b", got shape (2)`}},
		"noise":             {func(b *graph.Builder, x *G.Node) *G.Node { b.Noise(); return x }, []string{"noise", "only predicts"}},
		"own error":         {func(b *graph.Builder, x *G.Node) *G.Node { b.Fail(errOwn); return x }, []string{errOwn.Error()}},
	} {
		t.Run(name, func(t *testing.T) {
			x := graph.Input("x", 2)
			m := graph.New("m", x, graph.Call("odd", odd{Output: c.build}, x))
			if err := m.Init(1); err != nil {
				t.Fatal(err)
			}
			_, err := m.Predict(t.Context(), make([]float32, 4))
			wantError(t, err, append(c.want, `model "m"`)...)
			if c.want[0] != errOwn.Error() {
				wantError(t, err, `"odd"`)
			}
		})
	}
}

// A kept weight is not a trained leaf. In evaluation no weight is.
func TestWeightsWithoutGradient(t *testing.T) {
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.Call("scale", scale{Start: 1}, x))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	for i, mode := range []graph.Mode{graph.Evaluate, graph.Train} {
		_, err := op.Compile(func(t *op.Tape) []*G.Node {
			b := graph.NewBuilder(t, mode, 1)
			y := m.Build(b, t.Var("x", op.Shape{1, 2}, []float32{1, 2}, false))
			return t.Grad(t.Do(op.SquaredNorm(op.Shape{1, 2}, 1), y), b.Leaf(m.Weights()[i]))
		})
		wantError(t, err, m.Weights()[i].Name, "trained")
	}
}

// A layer may build a model in its own Build, and continue with its own name.
func TestLayerThatBuildsAModel(t *testing.T) {
	x := graph.Input("x", 2)
	inner := graph.New("inner", x, graph.ReLU("relu", x))
	x = graph.Input("x", 2)
	m := graph.New("m", x, graph.Call("odd", odd{Output: func(b *graph.Builder, x *G.Node) *G.Node {
		y := inner.Build(b, x)
		if b.Name() != "odd" {
			t.Errorf("after building a model the layer is %q", b.Name())
		}
		return y
	}}, x))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	if y := predict(t, m, []float32{-1, 2}); !slices.Equal(y, []float32{0, 2}) {
		t.Errorf("it predicts %v, want 0 and 2", y)
	}
}

type ownError string

func (e ownError) Error() string { return string(e) }

const errOwn = ownError("an error of one's own")

// Two rows are given to a graph of three.
func TestBuildChecksItsInput(t *testing.T) {
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.ReLU("relu", x))
	_, err := op.Compile(func(t *op.Tape) []*G.Node {
		return []*G.Node{m.Build(graph.NewBuilder(t, graph.Predict, 3), t.Var("x", op.Shape{2, 2}, make([]float32, 4), false))}
	})
	wantError(t, err, `model "m"`, "(3, 2), got (2, 2)")
}

// A layer that draws needs a source of noise, unless the graph only predicts.
func TestNoiseWantsASource(t *testing.T) {
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.GaussianNoise("noise", x, 1))
	for mode, want := range map[graph.Mode]string{graph.Predict: "", graph.Evaluate: "", graph.Train: "call Builder.DrawFrom first"} {
		_, err := op.Compile(func(t *op.Tape) []*G.Node {
			return []*G.Node{m.Build(graph.NewBuilder(t, mode, 1), t.Var("x", op.Shape{1, 2}, []float32{1, 2}, false))}
		})
		if want != "" {
			wantError(t, err, `"noise"`, want)
		} else if err != nil {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
}
