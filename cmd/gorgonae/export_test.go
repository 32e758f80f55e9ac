package main

import (
	"strings"
	"testing"
)

// export writes weights, lists them, and refuses what it cannot write.
func TestExport(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	out := works(t, "export", "run", "--format", "safetensors", "--out", "a.safetensors")
	if want := "encoder.encoder_dense_1.weight (8, 64)\nencoder.encoder_dense_1.bias (8)\n"; !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 8 {
		t.Errorf("export prints %q, want 8 lines that begin with %q", out, want)
	}
	works(t, "export", "run", "--format", "numpy", "-o", "a.npz")
	if out := works(t, "export", "run", "--format", "numpy", "--layout", "keras", "-o", "a.npz", "--force"); !strings.Contains(out, "decoder/decoder_dense_2/kernel (8, 64)\n") {
		t.Errorf("export prints %q", out)
	}
	refused(t, []string{"a.npz exists", "--force"}, "export", "run", "--format", "numpy", "-o", "a.npz")
	refused(t, []string{"--format", `got "tflite"`}, "export", "run", "--format", "tflite", "-o", "b")
	refused(t, []string{"--format", `got ""`}, "export", "run", "-o", "b")
	refused(t, []string{"--layout", `got "jax"`}, "export", "run", "--format", "numpy", "--layout", "jax", "-o", "b.npz")
	refused(t, []string{"--out", "ends in .npz"}, "export", "run", "--format", "numpy", "-o", "b.npy")
	refused(t, []string{"--out", "nothing"}, "export", "run", "--format", "numpy")
	refused(t, []string{"is what the command reads"}, "export", "run", "--format", "safetensors", "--force", "-o", "run/model.safetensors")
	works(t, "export", "run", "--format", "safetensors", "-o", "b.safetensors", "--module", "b.py")
	if text := read(t, "b.py"); !strings.Contains(text, "nn.Linear(64, 8, bias=True)") || !strings.Contains(text, "\nmodel = ") {
		t.Errorf("the module is %s", text)
	}
	refused(t, []string{"--module", "b.py exists"}, "export", "run", "--format", "safetensors", "-o", "c.safetensors", "--module", "b.py")
	refused(t, []string{"--module is for --layout pytorch"}, "export", "run", "--format", "safetensors", "--layout", "keras", "-o", "c.safetensors", "--module", "c.py")
}
