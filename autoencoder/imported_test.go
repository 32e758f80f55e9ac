package autoencoder_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// flat builds a model without parts: a chain, with a branch before the code and one after.
func flat(t *testing.T) *graph.Model {
	t.Helper()
	x := graph.Input("x", 8)
	h := graph.Dense("a", x, 6)
	h = graph.Add("sum", h, graph.ReLU("r", h))
	z := graph.Tanh("code", graph.Dense("b", h, 2))
	h = graph.Dense("c", z, 3)
	h = graph.Concat("both", h, graph.ELU("e", h, 1))
	m := graph.New("m", x, graph.Dense("y", h, 8))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// A flat model is cut after its smallest layer and its activation, or where the user says, and predicts the same.
func TestPart(t *testing.T) {
	m := flat(t)
	x := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	want, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		how  autoencoder.Roles
		code string
		size int
	}{{autoencoder.Roles{}, "code", 2}, {autoencoder.Roles{Bottleneck: "sum"}, "sum", 6}, {autoencoder.Roles{Bottleneck: "both"}, "both", 6}} {
		p, err := autoencoder.Part(m, c.how)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.Note, "the layer "+c.code) || p.Encoder.Out().Size() != c.size {
			t.Errorf("%+v: %s, codes of %v", c.how, p.Note, p.Encoder.Out())
		}
		if got, err := p.Model.Predict(t.Context(), x); err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v: predicts %v (%v), want %v", c.how, got, err, want)
		}
		if len(p.Weights) != len(m.Weights()) {
			t.Errorf("%+v: %d weights of %d have a counterpart", c.how, len(p.Weights), len(m.Weights()))
		}
	}
	for _, c := range []struct {
		how  autoencoder.Roles
		want string
	}{
		{autoencoder.Roles{Bottleneck: "r"}, "want a layer through which everything passes as the bottleneck, one of a, sum, b, code, c, both"},
		{autoencoder.Roles{Encoder: "inner"}, "want a model within"},
	} {
		if _, err := autoencoder.Part(m, c.how); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.how, err, c.want)
		}
	}
}

// A model within that is applied once is written out, so that it can be cut; one that is applied twice stays whole.
func TestPartOfModelsWithin(t *testing.T) {
	y := graph.Input("y", 4)
	twice := graph.New("twice", y, graph.Dense("d", y, 4))
	v := graph.Input("v", 8)
	inner := graph.New("inner", v, graph.Dense("up", graph.Dense("down", v, 3), 4))
	x := graph.Input("x", 8)
	m := graph.New("m", x, graph.Dense("out", twice.Apply(twice.Apply(inner.Apply(x))), 8))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	data := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	want, err := m.Predict(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	for how, code := range map[autoencoder.Roles]int{{}: 3, {Encoder: "inner"}: 4} {
		p, err := autoencoder.Part(m, how)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Model.Predict(t.Context(), data); err != nil || !slices.Equal(got, want) || p.Encoder.Out().Size() != code {
			t.Errorf("%+v: codes of %v, predicts %v (%v), want %d and %v", how, p.Encoder.Out(), got, err, code, want)
		}
	}
}

// parted parts a model with initial weights. It returns some inputs too, and what the model makes of them.
func parted(t *testing.T, m *graph.Model) (data, want []float32, p *autoencoder.Parted) {
	t.Helper()
	err := m.Init(1)
	if err == nil {
		data = []float32{1, 2, 3, 4, 5, 6, 7, 8}
		want, err = m.Predict(t.Context(), data)
	}
	if err == nil {
		p, err = autoencoder.Part(m, autoencoder.Roles{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return data, want, p
}

// A model that two models within share stays one, also where they are written out: within the encoder, and in
// encoder and decoder.
func TestPartOfShared(t *testing.T) {
	for _, where := range []string{"encoder", "both"} {
		y := graph.Input("y", 8)
		common := graph.New("common", y, graph.Dense("d", y, 8))
		b, c := graph.Input("b", 8), graph.Input("c", 8)
		first := graph.New("first", b, graph.Tanh("t", common.Apply(b)))
		second := graph.New("second", c, graph.ReLU("r", common.Apply(c)))
		x := graph.Input("x", 8)
		h := first.Apply(x)
		if where == "encoder" {
			h = second.Apply(h)
		}
		h = graph.Dense("up", graph.Dense("code", h, 2), 8)
		if where == "both" {
			h = second.Apply(h)
		}
		m := graph.New("m", x, h)
		data, want, p := parted(t, m)
		got, err := p.Model.Predict(t.Context(), data)
		if err != nil || !slices.Equal(got, want) || p.Encoder.Out().Size() != 2 || len(p.Model.Weights()) != len(m.Weights()) {
			t.Errorf("%s: codes of %v, %d weights, predicts %v (%v), want 2, %d and %v", where, p.Encoder.Out(), len(p.Model.Weights()), got, err, len(m.Weights()), want)
		}
	}
}

// A layer between the two models belongs to one of the parts, so that they predict as the whole does. Noise, which
// does nothing then, need not.
func TestPartOfTwoModels(t *testing.T) {
	for between, note := range map[string]string{
		"tanh":    "the encoder ends with the layer between",
		"softmax": "the encoder ends with the layer between",
		"dropout": "the encoder is first, the decoder second",
	} {
		v, c, x := graph.Input("v", 8), graph.Input("c", 2), graph.Input("x", 8)
		first := graph.New("first", v, graph.Dense("down", v, 2))
		second := graph.New("second", c, graph.Dense("up", c, 8))
		z := map[string]func(string, *graph.Node) *graph.Node{"tanh": graph.Tanh, "softmax": graph.Softmax,
			"dropout": func(name string, x *graph.Node) *graph.Node { return graph.Dropout(name, x, 0.5) }}[between]("between", first.Apply(x))
		m := graph.New("m", x, second.Apply(z))
		data, want, p := parted(t, m)
		code, err := p.Encoder.Predict(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Decoder.Predict(t.Context(), code)
		if err != nil || !slices.Equal(got, want) || !strings.HasPrefix(p.Note, note) {
			t.Errorf("%s between: %q, the parts predict %v (%v), want %q and %v", between, p.Note, got, err, note, want)
		}
	}
}

// Models without one smallest layer, and those that are no autoencoders, are refused.
func TestPartErrors(t *testing.T) {
	build := func(units ...int) *graph.Model {
		x := graph.Input("x", units[0])
		y := x
		for _, n := range units[1:] {
			y = graph.Dense("", y, n)
		}
		m := graph.New("m", x, y)
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for want, units := range map[string][]int{
		"got 2 with 2 numbers each: dense_2, dense_4":      {8, 6, 2, 4, 2, 8},
		"gives its input back, got 8 inputs and 3 outputs": {8, 2, 3},
		"smaller than its input of 8 numbers":              {8, 9, 8},
	} {
		if _, err := autoencoder.Part(build(units...), autoencoder.Roles{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", units, err, want)
		}
	}
}

// The configuration of an imported model is the model: JSON keeps it, and it builds for its images alone.
func TestImported(t *testing.T) {
	p, err := autoencoder.Part(flat(t), autoencoder.Roles{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := autoencoder.NewImported(p.Autoencoder, graph.Shape{1, 2, 4})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	a, err := autoencoder.Find(autoencoder.ImportedName)
	if err != nil {
		t.Fatal(err)
	}
	for _, listed := range autoencoder.Architectures() {
		if listed.Name == a.Name {
			t.Error("it is listed among the architectures that train can build")
		}
	}
	read, err := a.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	ae, err := autoencoder.Build(read, a.TrialImage(read))
	if err != nil {
		t.Fatal(err)
	}
	if ae.Encoder.Name() != "encoder" || ae.Decoder.Name() != "decoder" || len(ae.Model.Weights()) != len(p.Model.Weights()) {
		t.Errorf("it is %s, %s with %d weights", ae.Encoder.Name(), ae.Decoder.Name(), len(ae.Model.Weights()))
	}
	if _, err := autoencoder.Build(read, graph.Shape{1, 4, 2}); err == nil || !strings.Contains(err.Error(), "want images of (1, 2, 4)") {
		t.Errorf("for other images: %v", err)
	}
	if _, err := autoencoder.Build(a.New(), a.Trial); err == nil || !strings.Contains(err.Error(), "gorgonae import FILE") {
		t.Errorf("without layers: %v", err)
	}
	if _, err := autoencoder.NewImported(p.Autoencoder, graph.Shape{1, 3, 3}); err == nil {
		t.Error("images of another size are taken")
	}
}
