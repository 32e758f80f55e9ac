package graph_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// rebuild walks a model with exported methods alone and builds another from what it finds, like an
// exporter to another format and an importer back.
func rebuild(t *testing.T, m *graph.Model, done map[*graph.Model]*graph.Model) *graph.Model {
	t.Helper()
	if done[m] != nil {
		return done[m]
	}
	nodes := map[*graph.Node]*graph.Node{}
	var last *graph.Node
	for _, n := range m.Nodes() {
		var in []*graph.Node
		for _, x := range n.Inputs() {
			in = append(in, nodes[x])
		}
		if inner := n.Model(); inner != nil {
			last = rebuild(t, inner, done).ApplyAs(n.Name(), in[0])
		} else {
			config, err := n.Config()
			if err != nil {
				t.Fatal(err)
			}
			layer, err := graph.ReadLayer(n.Layer().Kind(), config)
			if err != nil {
				t.Fatal(err)
			}
			last = graph.Call(n.Name(), layer, in...)
		}
		nodes[n] = last
	}
	again := graph.New(m.Name(), nodes[m.Nodes()[0]], last)
	if err := again.Err(); err != nil {
		t.Fatal(err)
	}
	for n, copied := range nodes {
		for i, w := range n.Weights() {
			to := copied.Weights()[i]
			if to.Local != w.Local || to.Name != w.Name || to.Kept != w.Kept {
				t.Fatalf("weight %q became %q", w.Name, to.Name)
			}
			if err := to.Set(w.Data); err != nil {
				t.Fatal(err)
			}
		}
	}
	done[m] = again
	return again
}

func TestRebuild(t *testing.T) {
	for seed := range uint64(40) {
		m := randomModel(t, seed, 3, true).model
		for i, part := range m.Models() {
			m.SetPart([]string{"encoder", "decoder", "prior"}[i%3], part)
		}
		done := map[*graph.Model]*graph.Model{}
		again := rebuild(t, m, done)
		for role, part := range m.Parts() {
			again.SetPart(role, done[part])
		}
		if a, b := architecture(t, m), architecture(t, again); !bytes.Equal(a, b) {
			t.Fatalf("seed %d: the architecture\n%s\nbecame\n%s", seed, a, b)
		}
		x := numbers(2*m.In().Size(), seed)
		if !slices.Equal(predict(t, m, x), predict(t, again, x)) {
			t.Fatalf("seed %d: the rebuilt model predicts other bits", seed)
		}
		var files [2]bytes.Buffer
		for i, m := range []*graph.Model{m, again} {
			if err := (&graph.File{Model: m}).Encode(&files[i]); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
			t.Fatalf("seed %d: the files differ", seed)
		}
	}
}

// The lists that a walk returns are copies.
func TestWalking(t *testing.T) {
	x := graph.Input("x", 3)
	h := graph.Dense("dense", x, 2)
	if len(h.Weights()) != 0 || len(x.Inputs()) != 0 {
		t.Error("a node without a model has weights, or an input has inputs")
	}
	y := graph.Add("sum", h, graph.Tanh("tanh", h))
	m := graph.New("m", x, y)
	if in := y.Inputs(); len(in) != 2 || in[0] != h || in[1].Name() != "tanh" {
		t.Errorf("the sum's inputs are %v", in)
	}
	y.Inputs()[0] = nil
	h.Weights()[0] = nil
	if y.Inputs()[0] != h || h.Weights()[0] != m.Weights()[0] {
		t.Error("a walk changed the model")
	}
	if w := h.Weights(); len(w) != 2 || w[0].Local != "kernel" || w[1].Local != "bias" || w[1].Name != "m/dense/bias" {
		t.Errorf("the weights are %v", w)
	}
	wantError(t, m.Weights()[0].Set(make([]float32, 5)), `"m/dense/kernel"`, "want 6 values for shape (3, 2), got 5")
	wantError(t, m.Ready(), "no values yet")
	for _, w := range m.Weights() {
		if err := w.Set(ones(w.Shape.Size())); err != nil {
			t.Fatal(err)
		}
	}
	values := weights(m)
	if err := m.Ready(); err != nil || !maps.EqualFunc(values, map[string][]float32{"m/dense/kernel": ones(6), "m/dense/bias": ones(2)}, slices.Equal) {
		t.Errorf("the weights are %v (%v)", values, err)
	}
}

func TestReadLayerErrors(t *testing.T) {
	for kind, c := range map[string]struct{ config, want string }{
		"Dense":          {`{"unit":3}`, `unknown field "unit"`},
		"Warp":           {`{}`, `got "Warp"`},
		"Model":          {`{"model":"m"}`, `got "Model"`},
		"LeakyReLU":      {``, "missing"},
		"Conv2D":         {`{"kernel":[3]}`, "[rows, columns], got [3]"},
		"UpSample2D":     {`{} {}`, "more than one"},
		"GaussianSample": {`{"weight":`, "ends too early"},
	} {
		l, err := graph.ReadLayer(kind, []byte(c.config))
		if l != nil {
			t.Errorf("%s: there is a layer beside the error", kind)
		}
		wantError(t, err, c.want)
	}
}
