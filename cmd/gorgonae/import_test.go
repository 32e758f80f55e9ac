package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/run"
)

// renamed writes the tensors of a safetensors file under other names, without its metadata.
func renamed(t *testing.T, from, to string, names map[string]string) {
	t.Helper()
	f, err := safetensors.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata = nil
	for i, s := range f.Tensors {
		for old, new := range names {
			if rest, ok := strings.CutPrefix(s.Name, old+"."); ok {
				f.Tensors[i].Name = new + "." + rest
			}
		}
	}
	if err := safetensors.WriteFile(to, f); err != nil {
		t.Fatal(err)
	}
}

// What was exported comes back by import, with its settings or under foreign names, bit for bit. All
// commands take the run, and training goes on.
func TestImport(t *testing.T) {
	workplace(t)
	works(t, quick("--model", "deep", "--activation", "tanh", "--out", "run")...)
	works(t, "export", "run", "--format", "safetensors", "--out", "a.safetensors")
	renamed(t, "a.safetensors", "b.safetensors", map[string]string{"encoder.encoder_dense_1": "fc1", "encoder.encoder_dense_2": "fc2", "decoder.decoder_dense_1": "fc3", "decoder.decoder_dense_2": "fc4"})
	works(t, "import", "a.safetensors", "--out", "a")
	works(t, "import", "b.safetensors", "--model", "deep", "--activation", "tanh", "--out", "b")
	want, err := run.Read("run")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"a", "b"} {
		got, err := run.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.Model.Weights() {
			if g := got.Model.Weights()[i]; g.Name != w.Name || !g.Shape.Equal(w.Shape) || g.Data[1] != w.Data[1] || g.Data[len(g.Data)-1] != w.Data[len(w.Data)-1] {
				t.Errorf("%s: weight %s differs", dir, w.Name)
			}
		}
	}
	score, _, _ := strings.Cut(works(t, "evaluate", "run", "--data", "pics"), "loss ")
	if got := works(t, "evaluate", "b", "--data", "pics"); got != score {
		t.Errorf("the imported model has\n%s, want\n%s", got, score)
	}
	works(t, "encode", "b", "--data", "pics", "--out", "codes.npy")
	works(t, "decode", "b", "codes.npy", "--out", "decoded.npy")
	works(t, "reconstruct", "b", "pics", "--out", "seen")
	works(t, "compress", "b", "pics", "--out", "b.gae")
	works(t, "summary", "b")
	out := works(t, "train", "--out", "b", "--resume", "--data", "pics", "--epochs", "1", "--batch", "8")
	if !strings.Contains(out, "epoch 1/1") && !exists("b/history.csv") {
		t.Errorf("training from imported weights prints %q", out)
	}
	works(t, "evaluate", "b", "--data", "pics")
}

// What does not match is listed on both sides, with a template for a map, which then decides.
func TestImportMap(t *testing.T) {
	workplace(t)
	works(t, quick("--hidden", "8,8,8", "--out", "run")...)
	works(t, "export", "run", "--format", "safetensors", "--out", "a.safetensors")
	names := map[string]string{"encoder.encoder_dense_1": "in", "encoder.encoder_dense_2": "left", "encoder.encoder_dense_3": "right",
		"encoder.encoder_dense_4": "code", "decoder.decoder_dense_2": "up", "decoder.decoder_dense_3": "down"}
	renamed(t, "a.safetensors", "b.safetensors", names)
	ask := []string{"import", "b.safetensors", "--model", "tutorial", "--hidden", "8,8,8", "--latent", "2", "--size", "8x8", "--out", "b"}
	status, template, errs := call(t, ask...)
	for _, want := range []string{"encoder/encoder_dense_2/kernel", "(8, 8)", "left.weight", "cannot import b.safetensors: want tensors that fit", "4 of 8 layers", "--map"} {
		if status != 1 || !strings.Contains(errs, want) {
			t.Errorf("want %q in %q (status %d)", want, errs, status)
		}
	}
	filled := map[string]string{}
	if err := json.Unmarshal([]byte(template), &filled); err != nil || len(filled) != 8 || filled["encoder/encoder_dense_1/kernel"] != "in.weight" || filled["decoder/decoder_dense_2/kernel"] != "" {
		t.Fatalf("the template is %s (%v)", template, err)
	}
	for key, name := range filled {
		old := strings.TrimSuffix(strings.ReplaceAll(key, "/", "."), ".kernel")
		if name == "" {
			filled[key] = names[old] + ".weight"
		}
	}
	text, err := json.Marshal(filled)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "map.json", text)
	works(t, append(ask, "--map", "map.json")...)
	score, _, _ := strings.Cut(works(t, "evaluate", "run", "--data", "pics"), "loss ")
	if got := works(t, "evaluate", "b", "--data", "pics"); got != score {
		t.Errorf("by a map, the model has\n%s, want\n%s", got, score)
	}
	write(t, "map.json", []byte(template))
	refused(t, []string{"--map", "fill in the template"}, append(ask, "--map", "map.json")...)
}

func TestImportRefuses(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	works(t, "export", "run", "--format", "safetensors", "--out", "a.safetensors")
	renamed(t, "a.safetensors", "b.safetensors", nil)
	write(t, "text", []byte("no model"))
	refused(t, []string{"--out", "nothing"}, "import", "b.safetensors")
	refused(t, []string{"--model", "got none"}, "import", "b.safetensors", "--out", "b")
	refused(t, []string{"run holds a run", "--overwrite"}, "import", "a.safetensors", "--out", "run")
	works(t, "export", "run", "--format", "safetensors", "--layout", "keras", "--out", "k.safetensors")
	refused(t, []string{"--layout pytorch"}, "import", "k.safetensors", "--out", "b")
	refused(t, []string{"already", "gorgonae evaluate run"}, "import", "run", "--out", "b")
	refused(t, []string{"already", "evaluate run/model.safetensors"}, "import", "run/model.safetensors", "--out", "b")
	refused(t, []string{"--bottleneck is for files of Keras"}, "import", "a.safetensors", "--bottleneck", "code", "--out", "b")
	refused(t, []string{"want a safetensors file"}, "import", "text", "--model", "deep", "--out", "b")
	write(t, "torn.keras", []byte("PK\x03\x04torn"))
	refused(t, []string{"torn.keras", "want a whole archive of Keras", "damaged or cut off"}, "import", "torn.keras", "--out", "b")
	refused(t, []string{"--size"}, "import", "b.safetensors", "--model", "conv", "--color", "rgb", "--out", "b")
	f, err := os.Create("model.pt")
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"model/version", "model/data.pkl"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	refused(t, []string{"got a pickle of PyTorch", `torch.load("model.pt"`, `"model.safetensors")`}, "import", "model.pt", "--model", "deep", "--out", "b")
	if exists("b") {
		t.Error("a refused import has made the folder")
	}
}
