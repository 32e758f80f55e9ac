package main

import (
	"os"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// State dictionaries that real PyTorch saves become models of ours that predict what PyTorch predicts.
func TestPeersImport(t *testing.T) {
	python, make := peers(t), testFile(t, "testdata/peers_import.py")
	for name, flags := range map[string]string{
		"tutorial":       "--model tutorial",
		"deep":           "--model deep",
		"half":           "--model deep",
		"bfloat16":       "--model deep",
		"double":         "--model deep",
		"colour":         "--model deep --activation relu",
		"square":         "--model deep --activation relu",
		"strided":        "--model conv-strided",
		"strided-colour": "--model conv-strided",
		"blog":           "--model conv --size 28x28",
		"vae":            "--model vae --activation relu",
		"compiled":       "--model deep --activation tanh",
		"parallel":       "--model deep --activation tanh",
		"shared":         "--model deep --activation tanh --map map.json",
		"tied-view":      "--model deep --activation tanh",
		"tied":           "--model deep --hidden 16 --latent 4 --map map.json",
	} {
		t.Run(name, func(t *testing.T) {
			workplace(t)
			script(t, python, make, name)
			write(t, "map.json", []byte(map[string]string{
				"shared":    `{"decoder/decoder_dense_2/kernel": "decoder.2.weight", "decoder/decoder_dense_2/bias": "decoder.2.bias"}`,
				"tied-view": "--model deep --activation tanh",
				"tied": `{"decoder/decoder_dense_1/kernel": "b.weight.T", "decoder/decoder_dense_1/bias": "bias1",
					"decoder/decoder_dense_2/kernel": "a.weight.T", "decoder/decoder_dense_2/bias": "bias2"}`,
			}[name]))
			works(t, append([]string{"import", "model.safetensors", "--out", "run"}, strings.Fields(flags)...)...)
			m, err := run.Read("run")
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Model.Predict(t.Context(), loadArray(t, "x.npy"))
			if err != nil {
				t.Fatal(err)
			}
			sameNumbers(t, name, got, loadArray(t, "y.npy"))
		})
	}
}

// A pickle is refused, and the two lines of the message convert it.
func TestPeersPickle(t *testing.T) {
	python, make := peers(t), testFile(t, "testdata/peers_import.py")
	workplace(t)
	script(t, python, make, "pickle")
	for _, file := range []string{"model.pt", "old.pth", "script.pt"} {
		status, _, errs := call(t, "import", file, "--model", "deep", "--out", "run")
		_, lines, ok := strings.Cut(errs, `["model"]): `)
		if status != 1 || !ok {
			t.Fatalf("%s: got %q, want two lines of Python", file, errs)
		}
		if file == "script.pt" {
			continue // holds a program, from which torch.jit.load(...).state_dict() takes the weights
		}
		first, second, _ := strings.Cut(lines, " safetensors.torch.save_file")
		write(t, "convert.py", []byte(first+"\nsafetensors.torch.save_file"+second))
		script(t, python, "convert.py")
	}
	works(t, "import", "model.safetensors", "--model", "deep", "--activation", "tanh", "--out", "run")
	if a, b := read(t, "model.safetensors"), read(t, "old.safetensors"); a != b {
		t.Error("the two files differ")
	}
	if _, err := os.Stat("run/checkpoint.safetensors"); err != nil {
		t.Error(err)
	}
}
