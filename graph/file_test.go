package graph_test

import (
	"bytes"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// small is a model with values.
func small(t *testing.T) *graph.Model {
	t.Helper()
	x := graph.Input("x", 3)
	m := graph.New("small_model", x, graph.LeakyReLU("out", graph.Dense("dense", x, 2), 0.3))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFileRoundTrip(t *testing.T) {
	m := small(t)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	f := &graph.File{
		Model: m,
		Meta:  map[string]string{"data": "mnist <&> é", "history": "a\nb", "": ""},
		Extra: []graph.Tensor{{Name: "adam/m", Shape: []int{2, 1}, Data: []float32{1, -2}}, {Name: "step", Data: []float32{3}}},
	}
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got.Meta, f.Meta) {
		t.Errorf("the metadata became %q, want %q", got.Meta, f.Meta)
	}
	if len(got.Extra) != 2 || got.Extra[0].Name != "adam/m" || !slices.Equal(got.Extra[0].Shape, []int{2, 1}) ||
		!slices.Equal(got.Extra[0].Data, []float32{1, -2}) || got.Extra[1].Name != "step" || len(got.Extra[1].Shape) != 0 {
		t.Errorf("the extra tensors became %v, want %v", got.Extra, f.Extra)
	}
	sameWeights(t, got.Model, weights(m))

	again := filepath.Join(t.TempDir(), "again")
	if err := got.Write(again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, path), read(t, again)) {
		t.Error("written again, the file differs")
	}
	if f.Extra[0].Name != "adam/m" || len(f.Meta) != 3 {
		t.Error("Write changed what it was given")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func weights(m *graph.Model) map[string][]float32 {
	values := map[string][]float32{}
	for _, w := range m.Weights() {
		values[w.Name] = slices.Clone(w.Data)
	}
	return values
}

func sameWeights(t *testing.T, m *graph.Model, want map[string][]float32) {
	t.Helper()
	if !maps.EqualFunc(weights(m), want, slices.Equal) {
		t.Errorf("the weights are %v, want %v", weights(m), want)
	}
}

// Weight files of other programs have no architecture. A model that is built already loads them.
func TestLoadWeightsOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	bare := &safetensors.File{Tensors: []safetensors.Tensor{
		{Name: "small/dense/bias", Shape: []int{2}, Data: []float32{7, 8}},
		{Name: "small/dense/kernel", Shape: []int{3, 2}, Data: []float32{1, 2, 3, 4, 5, 6}},
	}}
	write(t, path, bare)
	x := graph.Input("x", 3)
	inner := graph.New("small_model", x, graph.LeakyReLU("out", graph.Dense("dense", x, 2), 0.3))
	x = graph.Input("x", 3)
	outer := graph.New("outer", x, inner.Apply(x))
	if err := outer.LoadWeights(path); err != nil {
		t.Fatal(err)
	}
	want := map[string][]float32{"small/dense/bias": {7, 8}, "small/dense/kernel": {1, 2, 3, 4, 5, 6}}
	sameWeights(t, outer, want)
	sameWeights(t, inner, want)
	if y := predict(t, outer, []float32{1, 1, 1}); !slices.Equal(y, []float32{16, 20}) {
		t.Errorf("with the loaded weights it predicts %v, want 16 and 20", y)
	}
	_, err := graph.ReadFile(path)
	wantError(t, err, path, "no architecture")
}

func write(t *testing.T, path string, f *safetensors.File) {
	t.Helper()
	if err := safetensors.WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
}

// Each kind of damage to a model file is an error that names the file and the fault, both when the
// file is read and when its weights are loaded. The weights then keep their values.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	extra := []graph.Tensor{{Name: "a", Data: ones(1)}, {Name: "b", Data: ones(1)}}
	if err := (&graph.File{Model: small(t), Extra: extra}).Write(good); err != nil {
		t.Fatal(err)
	}
	text := read(t, good)
	type file = safetensors.File
	raw := func(parts ...[]byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, slices.Concat(parts...), 0o666) }
	}
	replace := func(old, new string) func(string) error {
		if n := strings.Count(string(text), old); n != 1 || len(old) != len(new) {
			t.Fatalf("%q is in the file %d times, want once, to become %q", old, n, new)
		}
		return raw(bytes.Replace(text, []byte(old), []byte(new), 1))
	}
	change := func(f func(*file)) func(string) error {
		return func(path string) error {
			s, err := safetensors.ReadFile(good)
			if err != nil {
				return err
			}
			f(s)
			return safetensors.WriteFile(path, s)
		}
	}
	meta := func(key, value string) func(string) error {
		return change(func(s *file) { s.Metadata["gorgonae."+key] = value })
	}
	bias := func(s *file) *graph.Tensor { return &s.Tensors[2] }
	kernel := func(s *file) *graph.Tensor { return &s.Tensors[3] }
	warp := one(l("x", "Input", `{"shape":[3]}`), l("y", "Warp", "", "x"))
	type damage struct {
		make func(path string) error
		want []string
		read bool // only reading the model finds it: loading weights does not need the architecture
	}
	for name, c := range map[string]damage{
		"missing":            {make: func(string) error { return nil }, want: []string{"no such file"}},
		"a folder":           {make: func(path string) error { return os.Mkdir(path, 0o777) }, want: []string{"regular file"}},
		"empty":              {make: raw(), want: []string{"0 bytes"}},
		"cut in the header":  {make: raw(text[:100]), want: []string{"truncated"}},
		"cut in the data":    {make: raw(text[:len(text)-1]), want: []string{"truncated"}},
		"too long":           {make: raw(text, []byte{0}), want: []string{"too long"}},
		"lying header":       {make: raw([]byte{255, 255, 255, 255, 255}, text[5:]), want: []string{"header"}},
		"another format":     {make: raw([]byte("<html><body>404 not found</body></html>")), want: []string{"want a safetensors file", "an HTML page"}},
		"duplicate names":    {make: replace(`"extra/b"`, `"extra/a"`), want: []string{"extra/a", "twice"}},
		"overlap":            {make: replace(`[16,40]`, `[12,36]`), want: []string{"overlap"}},
		"out of range":       {make: replace(`[16,40]`, `[16,99]`), want: []string{"data_offsets"}},
		"another type":       {make: replace(`"dtype":"F32","shape":[2]`, `"dtype":"I32","shape":[2]`), want: []string{"F32"}},
		"NaN":                {make: change(func(s *file) { bias(s).Data[1] = float32(math.NaN()) }), want: []string{"small/dense/bias", "NaN"}},
		"infinity":           {make: change(func(s *file) { kernel(s).Data[5] = float32(math.Inf(-1)) }), want: []string{"small/dense/kernel", "infinity"}},
		"NaN in an extra":    {make: change(func(s *file) { s.Tensors[0] = nan("extra/a") }), want: []string{"extra/a", "NaN"}},
		"shape":              {make: change(func(s *file) { kernel(s).Shape = []int{2, 3} }), want: []string{"small/dense/kernel", "(2, 3)", "(3, 2)"}},
		"axes":               {make: change(func(s *file) { bias(s).Shape = []int{1, 2} }), want: []string{"small/dense/bias", "(1, 2)", "(2)"}},
		"unknown weight":     {make: change(func(s *file) { bias(s).Name = "small/dense/offset" }), want: []string{"want tensors of the weights small/dense/bias, small/dense/kernel alone, got small/dense/offset"}},
		"missing weight":     {make: change(func(s *file) { s.Tensors = slices.Delete(s.Tensors, 2, 3) }), want: []string{"small/dense/bias is missing"}},
		"newer format":       {make: meta("format", "2"), want: []string{"at most 1, got version 2", "update"}},
		"no format":          {make: meta("format", "one"), want: []string{`"one"`}},
		"negative format":    {make: meta("format", "-1"), want: []string{`"-1"`}},
		"no architecture":    {make: change(func(s *file) { delete(s.Metadata, "gorgonae.architecture") }), want: []string{"no architecture"}, read: true},
		"empty architecture": {make: meta("architecture", ""), want: []string{"architecture", "missing"}, read: true},
		"unknown kind":       {make: meta("architecture", warp), want: []string{`"Warp"`, "register"}, read: true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad")
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			f, err := graph.ReadFile(path)
			wantError(t, err, append(c.want, path)...)
			if f != nil {
				t.Error("there is a file beside the error")
			}
			m := small(t)
			before := weights(m)
			err = m.LoadWeights(path)
			if !c.read {
				wantError(t, err, append(c.want, path)...)
			} else if err != nil {
				t.Errorf("loading the weights: %v", err)
			}
			sameWeights(t, m, before)
		})
	}
}

func nan(name string) safetensors.Tensor {
	return safetensors.Tensor{Name: name, Shape: []int{1}, Data: []float32{float32(math.NaN())}}
}

// A file that could not be read again is not written, and an older file stays.
func TestWriteErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := (&graph.File{Model: small(t)}).Write(path); err != nil {
		t.Fatal(err)
	}
	before := read(t, path)
	x := graph.Input("x", 2)
	fresh := graph.New("fresh", x, graph.Dense("dense", x, 2))
	sick := small(t)
	sick.Weights()[1].Data[0] = float32(math.Inf(1))
	twice := []graph.Tensor{{Name: "a", Data: ones(1)}, {Name: "a", Data: ones(1)}}
	for name, c := range map[string]struct {
		file graph.File
		want []string
	}{
		"no values":       {graph.File{Model: fresh}, []string{`no values yet for "fresh/dense/kernel"`}},
		"not finite":      {graph.File{Model: sick}, []string{path, "small/dense/bias", "infinity"}},
		"extra":           {graph.File{Model: small(t), Extra: []graph.Tensor{nan("a")}}, []string{path, "extra/a", "NaN"}},
		"extra's shape":   {graph.File{Model: small(t), Extra: []graph.Tensor{{Name: "a", Shape: []int{2}, Data: ones(3)}}}, []string{path, "extra/a", "2"}},
		"extras alike":    {graph.File{Model: small(t), Extra: twice}, []string{path, "extra/a", "twice"}},
		"reserved key":    {graph.File{Model: small(t), Meta: map[string]string{"gorgonae.format": "7"}}, []string{path, "gorgonae.format", "reserved"}},
		"key of no UTF-8": {graph.File{Model: small(t), Meta: map[string]string{"a\xff": ""}}, []string{path, "UTF-8"}},
	} {
		wantError(t, c.file.Write(path), c.want...)
		if !bytes.Equal(read(t, path), before) {
			t.Fatalf("%s: the older file changed", name)
		}
	}
	wantError(t, (&graph.File{Model: small(t)}).Write(filepath.Join(path, "below")), path)
}

// Files of the first version are read, and written again with the same bytes.
func TestFilesOfTheFirstVersion(t *testing.T) {
	paths, err := filepath.Glob("../cmd/gorgonae/testdata/v1/*/model.safetensors")
	if err != nil || len(paths) < 6 {
		t.Fatalf("the golden files are %q (%v), want 6 or more", paths, err)
	}
	for _, path := range paths {
		text := read(t, path)
		f, err := graph.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := f.Encode(&again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), text) {
			t.Errorf("%s: written again, the file differs", path)
		}
	}
}
