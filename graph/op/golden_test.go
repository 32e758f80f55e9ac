package op

import (
	"os"
	"path/filepath"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// golden reads the cases that PyTorch computed. Each has the inputs, the output y, a random r, and
// the gradients of Σ r·y. The name of a gradient is d and the name of the input.
func golden(t *testing.T) map[string]safetensors.Tensor {
	t.Helper()
	dir := os.Getenv("GOLDEN_DIR")
	if dir == "" {
		t.Skip("SKIPPED: comparison with PyTorch needs GOLDEN_DIR")
	}
	f, err := safetensors.ReadFile(filepath.Join(dir, "layers.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	tensors := map[string]safetensors.Tensor{}
	for _, x := range f.Tensors {
		tensors[x.Name] = x
	}
	return tensors
}

func TestOpsAgreeWithPyTorch(t *testing.T) {
	tensors := golden(t)
	s := Shape{6, 10}
	mean := float32(1) / 60
	for _, c := range []struct {
		name   string
		op     Op
		inputs []string
		fixed  string // an input without a gradient
	}{
		{name: "dense", op: Dense(6, 10, 7, nil), inputs: []string{"x", "kernel", "bias"}},
		{name: "relu", op: Activation(ReLU(), s), inputs: []string{"x"}},
		{name: "leakyrelu", op: Activation(LeakyReLU(0.3), s), inputs: []string{"x"}},
		{name: "elu", op: Activation(ELU(1), s), inputs: []string{"x"}},
		{name: "silu", op: Activation(SiLU(), s), inputs: []string{"x"}},
		{name: "gelu", op: Activation(GELU(), s), inputs: []string{"x"}},
		{name: "sigmoid", op: Activation(Sigmoid(), s), inputs: []string{"x"}},
		{name: "tanh", op: Activation(Tanh(), s), inputs: []string{"x"}},
		{name: "softplus", op: Activation(Softplus(), s), inputs: []string{"x"}},
		{name: "loss_mse", op: SquaredError(s, mean), inputs: []string{"x", "target"}, fixed: "target"},
		{name: "loss_mae", op: AbsoluteError(s, mean), inputs: []string{"x", "target"}, fixed: "target"},
		{name: "loss_huber", op: Huber(s, mean), inputs: []string{"x", "target"}, fixed: "target"},
		{name: "loss_bce_logits", op: LogisticLoss(s, mean), inputs: []string{"x", "target"}, fixed: "target"},
	} {
		t.Run(c.name, func(t *testing.T) {
			get := func(name string) []float32 {
				x, ok := tensors[c.name+"/"+name]
				if !ok {
					t.Fatalf("there is no %s/%s", c.name, name)
				}
				return x.Data
			}
			results := run(t, func(tape *Tape) []*G.Node {
				var leaves, trained []*G.Node
				for i, name := range c.inputs {
					leaf := tape.Var(name, c.op.In[i], get(name), name != c.fixed)
					if leaves = append(leaves, leaf); name != c.fixed {
						trained = append(trained, leaf)
					}
				}
				y := tape.Do(c.op, leaves...)
				return append([]*G.Node{y}, tape.Grad(tape.Do(dot(c.op.Out, get("r")), y), trained...)...)
			})
			names := []string{"y"}
			for _, name := range c.inputs {
				if name != c.fixed {
					names = append(names, "d"+name)
				}
			}
			for i, name := range names {
				want := make([]float64, len(get(name)))
				for k, v := range get(name) {
					want[k] = float64(v)
				}
				if len(want) != len(results[i]) {
					t.Fatalf("%s has %d numbers, want %d", name, len(results[i]), len(want))
				}
				if err := close32(name, results[i], want); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
