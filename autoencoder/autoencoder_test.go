package autoencoder_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// What is read from a file is the same autoencoder: its parts, and what they compute.
func TestRead(t *testing.T) {
	want := build(t, 6, func(c *autoencoder.Tutorial) { c.Hidden, c.Latent, c.Dropout = []int{5, 4}, 3, 0.5 })
	if err := want.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := (&graph.File{Model: want.Model, Meta: map[string]string{"data": "mine"}}).Write(path); err != nil {
		t.Fatal(err)
	}
	got, f, err := autoencoder.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Model != got.Model || f.Meta["data"] != "mine" {
		t.Errorf("the file is %+v", f)
	}
	wantModels(t, "read", got, describe(want.Encoder), describe(want.Decoder), describe(want.Model))
	x := []float32{1, -2, 3, -4, 5, -6, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6}
	predict := func(m *graph.Model, x []float32) []float32 {
		y, err := m.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	code := predict(got.Encoder, x)
	if !slices.Equal(code, predict(want.Encoder, x)) || len(code) != 6 {
		t.Errorf("the codes are %v", code)
	}
	if y := predict(want.Model, x); !slices.Equal(predict(got.Model, x), y) || !slices.Equal(predict(got.Decoder, code), y) {
		t.Error("the reconstructions differ")
	}
}

func part(name string, in, out int) *graph.Model {
	x := graph.Input("x", in)
	return graph.New(name, x, graph.Dense("dense", x, out))
}

// whole is a model of others behind one another, and then of layers that change the width to those
// given.
func whole(in int, parts []*graph.Model, widths ...int) *graph.Model {
	x := graph.Input("x", in)
	y := x
	for _, p := range parts {
		y = p.Apply(y)
	}
	for _, w := range widths {
		y = graph.Dense("", y, w)
	}
	return graph.New("whole", x, y)
}

func TestFrom(t *testing.T) {
	e, middle, d := part("e", 6, 2), part("middle", 2, 2), part("d", 2, 6)
	for _, m := range []*graph.Model{
		whole(6, []*graph.Model{part("e", 6, 2), part("d", 2, 6)}),
		whole(6, []*graph.Model{e, middle, d}),
		whole(6, []*graph.Model{part("e", 6, 2), part("d", 2, 6)}, 6), // a layer more that keeps the width
	} {
		ae, err := autoencoder.From(m)
		if err != nil || ae.Encoder.Name() != "e" || ae.Decoder.Name() != "d" || ae.Model != m {
			t.Errorf("of\n%s\nthe parts are %+v (%v)", describe(m), ae, err)
		}
	}
	half := whole(6, []*graph.Model{e, d})
	half.SetPart(autoencoder.EncoderRole, e)
	x := graph.Input("x", 6)
	first := graph.Dense("", x, 7)
	other := part("e", 7, 2)
	for _, c := range []struct {
		m    *graph.Model
		want string
	}{
		{half, `model "whole": want an encoder and a decoder, got a model without`},
		{part("plain", 6, 6), `model "plain": want an encoder and a decoder, got a model without`},
		{whole(6, []*graph.Model{part("e", 6, 6)}), `model "whole": want an encoder and a decoder, got a model without`},
		{whole(6, []*graph.Model{part("e", 6, 2), part("m", 2, 3), part("d", 3, 6)}), `want a decoder of codes of shape (2), got "d" for shape (3)`},
		{whole(6, []*graph.Model{part("e", 6, 2), part("d", 2, 6)}, 9), `want a decoder that makes shape (9), got "d" that makes (6)`},
		{graph.New("whole", x, part("d", 2, 6).Apply(other.Apply(first))), `want an encoder of examples of shape (6), got "e" for shape (7)`},
		{whole(6, []*graph.Model{part("e", 6, 2), part("d", 3, 6)}), "want an input of shape (3), got (2)"},
	} {
		ae, err := autoencoder.From(c.m)
		if err == nil || ae != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}

// fourParts is a model with a hyperprior: the code is described by a second, smaller autoencoder,
// and both make the reconstruction. Neither is the encoder the first nor the decoder the last model
// that it applies.
func fourParts() *graph.Model {
	part := func(name string, in, out graph.Shape) *graph.Model {
		x := graph.Input("x", in...)
		return graph.New(name, x, graph.Conv2D("conv", x, out[0], 3, graph.Same))
	}
	image, code, hyper := graph.Shape{3, 8, 8}, graph.Shape{4, 8, 8}, graph.Shape{2, 8, 8}
	analysis, synthesis := part("analysis", image, code), part("synthesis", code, image)
	hyperAnalysis, hyperSynthesis := part("hyper_analysis", code, hyper), part("hyper_synthesis", hyper, image)

	x := graph.Input("x", image...)
	y := analysis.Apply(part("whitening", image, image).Apply(x))
	m := graph.New("four", x, hyperSynthesis.Apply(hyperAnalysis.Apply(graph.Add("sum", y, analysis.Apply(synthesis.Apply(y))))))
	m.SetPart(autoencoder.EncoderRole, analysis)
	m.SetPart(autoencoder.DecoderRole, synthesis)
	m.SetPart("hyper_encoder", hyperAnalysis)
	m.SetPart("hyper_decoder", hyperSynthesis)
	return m
}

// Roles tell encoder and decoder from other parts: in a new model, from a file and at another size.
func TestRoles(t *testing.T) {
	check := func(what string, ae *autoencoder.Autoencoder, err error) {
		t.Helper()
		if err != nil || ae.Encoder.Name() != "analysis" || ae.Decoder.Name() != "synthesis" || ae.Model.Part("hyper_encoder").Name() != "hyper_analysis" {
			t.Fatalf("%s: the parts are %+v (%v)", what, ae, err)
		}
	}
	m := fourParts()
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	ae, err := autoencoder.From(m)
	check("new", ae, err)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := (&graph.File{Model: m}).Write(path); err != nil {
		t.Fatal(err)
	}
	read, _, err := autoencoder.Read(path)
	check("from a file", read, err)
	large, err := read.Resize(3, 16, 24)
	check("at another size", large, err)
	if !large.Encoder.Out().Equal(graph.Shape{4, 16, 24}) {
		t.Errorf("codes of large images have shape %v", large.Encoder.Out())
	}
}

// Errors of files name the file, once.
func TestReadRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	refuse := func(want string) {
		t.Helper()
		_, _, err := autoencoder.Read(path)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("the error is %v, want one with %q and the path", err, want)
		}
	}
	refuse("cannot read")
	if err := os.WriteFile(path, []byte("no model"), 0o666); err != nil {
		t.Fatal(err)
	}
	refuse("cannot read")
	plain := part("plain", 3, 3)
	if err := plain.Init(1); err != nil {
		t.Fatal(err)
	}
	if err := (&graph.File{Model: plain}).Write(path); err != nil {
		t.Fatal(err)
	}
	refuse(`cannot use ` + path + `: model "plain": want an encoder and a decoder`)
}
