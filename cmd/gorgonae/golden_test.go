package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
)

// goldenRuns returns the flags with which the runs of testdata/v1 were trained.
func goldenRuns() map[string][]string {
	return map[string][]string{
		"tutorial":     {"--hidden", "8"},
		"deep":         {"--hidden", "12,8", "--latent", "4", "--activation", "silu", "--dropout", "0.1"},
		"denoising":    {"--hidden", "8", "--latent", "4", "--activation", "relu"},
		"vae":          {"--hidden", "8", "--latent", "3", "--activation", "softplus"},
		"conv":         nil,
		"conv-strided": {"--latent", "4"},
	}
}

// golden copies the data of testdata/v1 into the workplace and returns the path of the runs.
func golden(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("testdata/v1")
	if err != nil {
		t.Fatal(err)
	}
	workplace(t)
	if err := os.CopyFS("tiny", os.DirFS(filepath.Join(dir, "tiny"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// goldenWeights returns the trained weights of a model.
func goldenWeights(t *testing.T, path string) map[string][]float32 {
	t.Helper()
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	weights := map[string][]float32{}
	for _, w := range f.Model.Weights() {
		if !w.Kept { // the first version left the averages of batch norms as the steps had moved them
			weights[w.Name] = w.Data
		}
	}
	return weights
}

// The first version trained some runs to the end and stopped others in the middle of an epoch. When
// this version continues a stopped run, it ends with the same trained weights, bit for bit, as the
// first version's complete run. A new run with these flags ends with the same weights too.
func TestGoldenRuns(t *testing.T) {
	dir := golden(t)
	for name, options := range goldenRuns() {
		want := goldenWeights(t, filepath.Join(dir, name, run.ModelName))
		args := append([]string{"train", "--data", "tiny", "--model", name, "--epochs", "3", "--batch", "7"}, options...)
		works(t, append(args, "--out", "new-"+name)...)
		same := func(dir string) {
			got := goldenWeights(t, filepath.Join(dir, run.ModelName))
			for w, data := range want {
				if !slices.Equal(got[w], data) {
					t.Errorf("%s: the weight %s has other values than the first version's", dir, w)
				}
			}
		}
		same("new-" + name)
		checkpoint, err := os.ReadFile(filepath.Join(dir, name, run.CheckpointName))
		if os.IsNotExist(err) && name == "conv-strided" { // its checkpoint would be large
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join("old-"+name, run.CheckpointName), checkpoint)
		works(t, append(args, "--out", "old-"+name, "--resume")...)
		same("old-" + name)
	}
}

// Every command accepts the models of the first version. The codes and the images of one of them
// are the same as the first version wrote.
func TestGoldenModels(t *testing.T) {
	dir := golden(t)
	for name := range goldenRuns() {
		model := filepath.Join(dir, name, run.ModelName)
		works(t, "summary", model)
		works(t, "evaluate", model, "--data", "tiny")
		works(t, "encode", model, "--data", "tiny", "--out", name+".npy")
		works(t, "decode", model, name+".npy", "--out", name+"-images.npy")
		works(t, "figures", model, "--data", "tiny", "--out", name+"-figures")
	}
	for file, want := range map[string]string{"conv.npy": "codes.npy", "conv-images.npy": "images.npy"} {
		got, want := readNPY(t, file), readNPY(t, filepath.Join(dir, "conv", want))
		if !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.Data, want.Data) {
			t.Errorf("%s differs from the first version's array", file)
		}
	}
}
