package pytorch

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/weights"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// dictionary returns a state dictionary of Linear modules with kernels of these shapes.
func dictionary(names []string, kernels [][]int) *safetensors.File {
	f := &safetensors.File{}
	for i, name := range names {
		k := kernels[i]
		w, b := make([]float32, k[0]*k[1]), make([]float32, k[0])
		for j := range w {
			w[j] = float32(100*i + j)
		}
		for j := range b {
			b[j] = float32(-100*i - j)
		}
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: name + ".weight", Shape: k, Data: w}, safetensors.Tensor{Name: name + ".bias", Shape: k[:1], Data: b})
	}
	return f
}

func stateOf(t *testing.T, f *safetensors.File) *State {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.safetensors")
	if err := safetensors.WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
	s, err := Read(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dense is an autoencoder of dense layers for images of 2 x 2, with the hidden widths and a code.
func dense(t *testing.T, latent int, hidden ...int) *autoencoder.Autoencoder {
	t.Helper()
	c := autoencoder.NewDeep()
	c.Hidden, c.Latent = hidden, latent
	ae, err := c.Build(graph.Shape{1, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	return ae
}

var grey = images.Size{Channels: 1, Height: 2, Width: 2}

// firsts returns the first number of each kernel, which says where it came from.
func firsts(ae *autoencoder.Autoencoder) (all []float32) {
	for _, w := range ae.Model.Weights() {
		if w.Local == "kernel" {
			all = append(all, w.Data[0])
		}
	}
	return all
}

// Layers of equal shape are told apart by the numbers in names, 2 before 10, and by the side of the code.
func TestOrder(t *testing.T) {
	shapes := [][]int{{4, 4}, {4, 4}, {4, 4}, {4, 4}}
	for _, names := range [][]string{
		{"net.0", "net.2", "net.10", "net.12"},
		{"encoder.0", "encoder.2", "decoder.0", "decoder.2"},
		{"module.enc1", "module.enc2", "module.dec1", "module.dec2"},
		{"_orig_mod.down.a.1", "_orig_mod.down.a.3", "up.a.1", "up.a.3"},
		{"fc1", "fc2", "last", "first"},
	} {
		ae := dense(t, 4, 4)
		_, err := stateOf(t, dictionary(names, shapes)).Fill(ae, grey, Map{})
		if names[2] == "last" { // neither numbers nor sides tell
			if failed, ok := err.(*MatchError); !ok || len(failed.slots) != 4 || len(failed.modules) != 4 {
				t.Errorf("%v: got %v, want a MatchError", names, err)
			}
			continue
		}
		if got := firsts(ae); err != nil || !slices.Equal(got, []float32{0, 100, 200, 300}) {
			t.Errorf("%v: kernels begin with %v (%v)", names, got, err)
		}
	}
}

// Kernels are transposed: (out, in) becomes (in, out).
func TestTransposed(t *testing.T) {
	ae := dense(t, 2, 3)
	if _, err := stateOf(t, dictionary([]string{"0", "2", "4", "6"}, [][]int{{3, 4}, {2, 3}, {3, 2}, {4, 3}})).Fill(ae, grey, Map{}); err != nil {
		t.Fatal(err)
	}
	if got := ae.Model.Weights()[0].Data; !slices.Equal(got, []float32{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}) {
		t.Errorf("the first kernel is %v", got)
	}
	if got := ae.Model.Weights()[1].Data; !slices.Equal(got, []float32{0, -1, -2}) {
		t.Errorf("the first bias is %v", got)
	}
}

// A match by shapes that names contradict is refused.
func TestContradiction(t *testing.T) {
	shapes := [][]int{{3, 4}, {2, 3}, {3, 2}, {4, 3}}
	for want, names := range map[string][]string{
		"in another order":           {"net.2", "net.0", "net.4", "net.6"},
		"the other side of the code": {"decoder.0", "decoder.2", "encoder.0", "encoder.2"},
	} {
		ae := dense(t, 2, 3)
		_, err := stateOf(t, dictionary(names, shapes)).Fill(ae, grey, Map{})
		if _, ok := err.(*MatchError); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %s", names, err, want)
		}
		if ae.Model.Ready() == nil {
			t.Errorf("%v: weights were set", names)
		}
	}
}

func TestMapErrors(t *testing.T) {
	s := stateOf(t, dictionary([]string{"a", "b", "c", "d"}, [][]int{{3, 4}, {2, 3}, {3, 2}, {4, 3}}))
	for text, want := range map[string]string{
		`{"encoder/nosuch/kernel": "a.weight"}`:                                          `got "encoder/nosuch/kernel"`,
		`{"encoder/encoder_dense_1/kernel": "x.weight"}`:                                 "it has a.bias",
		`{"encoder/encoder_dense_1/kernel": "b.weight"}`:                                 "want encoder/encoder_dense_1/bias in the map too",
		`{"encoder/encoder_dense_1/kernel": ["a.weight", "b.weight"]}`:                   "differ in their first axis alone",
		`{"encoder/encoder_dense_1/kernel": "d.weight.T", "ignore": ["d.weight"]}`:       "encoder_dense_1/bias in the map too",
		`{"encoder/encoder_dense_1/kernel": null, "encoder/encoder_dense_1/bias": null}`: "want a tensor for encoder/encoder_dense_1/kernel",
	} {
		m, err := ParseMap([]byte(text))
		if err == nil {
			_, err = s.Fill(dense(t, 2, 3), grey, m)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		``: "want a JSON object", `[]`: "want a JSON object", `{"a": 1}`: "or null, got 1", `{"a": "b", "a": "c"}`: "twice",
		`{"a": ""}`: "fill in", `{"a": []}`: "got none", `{"a": [1]}`: "got 1", `{"a": "b"`: "JSON", `{"a": "b"} {}`: "more behind", `{"a": `: "value of",
	} {
		if _, err := ParseMap([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// Numbers that are not finite, and variances below 0, change nothing.
func TestNotFinite(t *testing.T) {
	f := dictionary([]string{"0", "2", "4", "6"}, [][]int{{3, 4}, {2, 3}, {3, 2}, {4, 3}})
	f.Tensors[4].Data[1] = float32(math.Inf(1))
	ae := dense(t, 2, 3)
	if _, err := stateOf(t, f).Fill(ae, grey, Map{}); err == nil || !strings.Contains(err.Error(), "decoder_dense_1/kernel: want finite numbers") || ae.Model.Ready() == nil {
		t.Errorf("got %v", err)
	}
}

// PyTorch's defaults are taken for what a foreign file does not hold, and not for a file with our names.
func TestAdapt(t *testing.T) {
	for _, ours := range []bool{true, false} {
		c := autoencoder.NewStrided()
		c.Latent = 5
		size := images.Size{Channels: 3, Height: 8, Width: 8}
		ae, err := c.Build(size.Shape())
		if err != nil {
			t.Fatal(err)
		}
		if err := ae.Model.Init(1); err != nil {
			t.Fatal(err)
		}
		all, _, err := weights.Arrange(ae.Model, weights.PyTorch, size)
		if err != nil {
			t.Fatal(err)
		}
		f := &safetensors.File{}
		for _, a := range all {
			name := a.Name
			if !ours {
				name = strings.ReplaceAll(name, "coder_", "_")
			}
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: name, Shape: a.Shape, Data: a.Values()})
		}
		s, adapted := stateOf(t, f), autoencoder.NewStrided()
		taken, err := s.Adapt(adapted, func(flag string) bool { return flag == "padding" })
		if got, ok := s.Size(); err != nil || !ok || got != size || adapted.Latent != 5 || adapted.Padding != autoencoder.SamePadding {
			t.Errorf("size %v, settings %+v (%v)", got, adapted, err)
		}
		if want := map[bool]float32{true: 0.001, false: 1e-5}[ours]; adapted.Epsilon != want {
			t.Errorf("the epsilon is %v, want %v (%v)", adapted.Epsilon, want, taken)
		}
	}
}

// The lists have both sides with names and shapes, and say how tied weights are named.
func TestLists(t *testing.T) {
	f := dictionary([]string{"enc.0", "enc.2", "extra"}, [][]int{{3, 4}, {2, 3}, {7, 7}})
	_, err := stateOf(t, f).Fill(dense(t, 2, 3), grey, Map{})
	failed, ok := err.(*MatchError)
	if !ok {
		t.Fatalf("got %v", err)
	}
	var b bytes.Buffer
	if err := failed.Lists(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"decoder/decoder_dense_1/kernel", "(3, 2)", "decoder/decoder_dense_2/bias", "extra.weight", "(7, 7)", "perhaps enc.2.weight.T", "perhaps enc.0.weight.T"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the lists have no %s:\n%s", want, b.String())
		}
	}
}

// Shapes of tensors without numbers name no widths.
func TestEmptyTensor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.safetensors")
	f := dictionary([]string{"0"}, [][]int{{3, 4}})
	f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "2.weight", Shape: []int{0, 1 << 40}})
	if err := safetensors.WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, nil); err == nil || !strings.Contains(err.Error(), "2.weight of shape (0, 1099511627776)") {
		t.Errorf("got %v", err)
	}
	if _, err := Read(path, func(name string) bool { return name == "2.weight" }); err != nil {
		t.Errorf("without it: %v", err)
	}
}

// A map leaves out wrappers of names, and so do the biases beside the kernels that it names.
func TestMapOfWrappedNames(t *testing.T) {
	ae := dense(t, 4, 4)
	names := []string{"module.x", "module.y", "module.z", "module.w"}
	state := stateOf(t, dictionary(names, [][]int{{4, 4}, {4, 4}, {4, 4}, {4, 4}}))
	given := Map{weights: map[string][]string{}}
	order := []string{"w", "z", "y", "x"}
	for _, w := range ae.Model.Weights() {
		if kernel, ok := strings.CutSuffix(w.Name, "/kernel"); ok {
			given.weights[kernel+"/kernel"] = []string{order[0] + ".weight"}
			order = order[1:]
		}
	}
	if _, err := state.Fill(ae, grey, given); err != nil {
		t.Fatal(err)
	}
	if got := firsts(ae); !slices.Equal(got, []float32{300, 200, 100, 0}) {
		t.Errorf("kernels begin with %v", got)
	}
}
