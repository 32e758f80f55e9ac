package graph_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// four returns a model with an analysis and a prior in a middle model, and a synthesis.
func four(t *testing.T) (m, analysis, synthesis *graph.Model) {
	t.Helper()
	layer := func(name string, in, out int) *graph.Model {
		x := graph.Input("x", in)
		return graph.New(name, x, graph.Dense("dense", x, out))
	}
	analysis, synthesis = layer("analysis", 4, 2), layer("synthesis", 2, 4)
	x := graph.Input("x", 4)
	middle := graph.New("middle", x, layer("prior", 2, 2).Apply(analysis.Apply(x)))
	y := graph.Input("y", 4)
	m = graph.New("m", y, synthesis.Apply(middle.Apply(y)))
	return m, analysis, synthesis
}

// Parts keep their roles in a file and in a resized model.
func TestParts(t *testing.T) {
	m, analysis, synthesis := four(t)
	m.SetPart("decoder", analysis)
	m.SetPart("decoder", synthesis) // replaces the first one
	m.SetPart("encoder", analysis)
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	if m.Part("encoder") != analysis || m.Part("decoder") != synthesis || m.Part("prior") != nil || len(m.Parts()) != 2 {
		t.Errorf("the parts are %v", m.Parts())
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := (&graph.File{Model: m}).Write(path); err != nil {
		t.Fatal(err)
	}
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	resized, err := f.Model.Resize(4)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*graph.Model{f.Model, resized} {
		parts := m.Parts()
		if len(parts) != 2 || parts["encoder"].Name() != "analysis" || parts["decoder"].Name() != "synthesis" {
			t.Errorf("the parts read are %v", parts)
		}
		if parts["encoder"] != m.Models()[0] {
			t.Error("the encoder is another model than the one within")
		}
	}
	if f.Model.Part("encoder") == resized.Part("encoder") {
		t.Error("the resized model has a part of the model before it")
	}
	s, err := safetensors.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Metadata["gorgonae.roles"], `{"decoder":"synthesis","encoder":"analysis"}`; got != want {
		t.Errorf("the file's roles are %s, want %s", got, want)
	}
	if strings.Contains(string(s.Metadata["gorgonae.architecture"]), "role") || s.Metadata["gorgonae.format"] != "1" {
		t.Errorf("the rest of the metadata changed: %q", s.Metadata)
	}
	for roles, want := range map[string]string{
		`{"encoder":"encoder"}`: `want the "encoder" to be a model of the file, got "encoder"`,
		`{"":"analysis"}`:       "role",
		`["analysis"]`:          "roles",
		``:                      "roles",
	} {
		s.Metadata["gorgonae.roles"] = roles
		write(t, path, s)
		_, err := graph.ReadFile(path)
		wantError(t, err, path, want)
	}
	delete(s.Metadata, "gorgonae.roles")
	write(t, path, s)
	if f, err := graph.ReadFile(path); err != nil || len(f.Model.Parts()) != 0 {
		t.Errorf("without roles the parts are %v (%v)", f.Model.Parts(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestPartErrors(t *testing.T) {
	_, other, _ := four(t)
	x := graph.Input("x", 2)
	broken := graph.New("broken", x, graph.Dense("dense", x, 0))
	for want, set := range map[string]func(m *graph.Model){
		`model "m": want the encoder to be a model applied in it, got "analysis"`: func(m *graph.Model) { m.SetPart("encoder", other) },
		`model "m": want the encoder to be a model applied in it, got "nil"`:      func(m *graph.Model) { m.SetPart("encoder", nil) },
		`got the name ""`: func(m *graph.Model) { m.SetPart("", m.Models()[0]) },
		`0 units`:         func(m *graph.Model) { m.SetPart("encoder", broken) },
	} {
		m, _, _ := four(t)
		set(m)
		wantError(t, m.Err(), want)
		first := m.Err()
		m.SetPart("encoder", m.Models()[0])
		if m.Err() != first {
			t.Errorf("the first error is not kept: %v", m.Err())
		}
	}
}
