package train_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/train"
)

// bitsOfVectors is a small model on vectors. With bitsRun it covers everything that reaches a
// weight: the handwriting, initial weights, all three kinds of products, activations, dropout, a
// penalty, the loss on logits, clipping, the schedule and Adam.
func bitsOfVectors() *graph.Model {
	x := graph.Input("x", 784)
	h := graph.Dropout("", graph.LeakyReLU("", graph.Dense("", x, 37), 0.3), 0.1)
	h = graph.Add("", graph.SiLU("", graph.Dense("", h, 19)), graph.GELU("", graph.Dense("", h, 19)))
	code := graph.ActivityL2("", graph.Tanh("", graph.Dense("", h, 3)), 1e-3)
	h = graph.ELU("", graph.Dense("", code, 23), 1)
	h = graph.Concat("", graph.Softplus("", graph.Dense("", h, 31)), h)
	return graph.New("bits", x, graph.Sigmoid("", graph.Dense("", h, 784)))
}

// bitsOfImages is the same for layers on images.
func bitsOfImages() *graph.Model {
	x := graph.Input("x", 784)
	h := graph.BatchNorm("", graph.Reshape("", graph.GaussianNoise("", x, 0.2), 16, 7, 7))
	h = graph.Concat("", graph.MaxPool2D("", h, 2, 2, graph.Same), graph.AveragePool2D("", h, 3, 2, 1))
	h = graph.LayerNorm("", graph.SpatialDropout("", h, 0.1))
	h = graph.Concat("", graph.GlobalAveragePool2D("", h), graph.Softmax("", graph.Dense("", graph.Flatten("", h), 5)))
	h = graph.BatchNorm("", graph.Reshape("", graph.Dense("", h, 98), 2, 7, 7))
	h = graph.Add("", graph.UpSample2D("", h, 2, graph.Nearest), graph.UpSample2D("", h, 2, graph.Bilinear))
	h = graph.MaxPool2D("", graph.ZeroPad2D("", h, 1, 0, 0, 1), 2, 1, graph.Valid)
	return graph.New("bits", x, graph.Sigmoid("", graph.Dense("", graph.Flatten("", h), 784)))
}

// bitsRun trains a model and returns the SHA-256 of its weights.
func bitsRun(t *testing.T, m *graph.Model) string {
	t.Helper()
	if err := m.Init(7); err != nil {
		t.Fatal(err)
	}
	digits, test := handwriting.Draw(300, 70)
	tr, err := train.Compile(m, train.BinaryCrossEntropy(), train.NewAdam(3e-3),
		train.Config{Batch: 64, Seed: 5, Clip: 0.5, Schedule: train.Cosine{Warmup: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Fit(t.Context(), digits, test, 3, train.Hooks{}); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, w := range m.Weights() {
		if err := binary.Write(sum, binary.LittleEndian, w.Data); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestTrainedBits(t *testing.T) {
	for _, c := range []struct {
		model *graph.Model
		want  string
	}{
		{bitsOfVectors(), "8228ef18bc4beb391734ab7c0e76a73f2d3a233521c829937085b62ab80e76d3"},
		{bitsOfImages(), "0236109b9239a77031ae7ab810425f52f48259e02cda26f329e12835b375d37e"},
	} {
		if got := bitsRun(t, c.model); got != c.want {
			t.Errorf("the weights' SHA-256 is %s, want %s as on every processor", got, c.want)
		}
	}
}

// The run has the same bits with other numbers of threads, and on processors with fewer vector
// instructions.
func TestTrainedBitsOnLesserProcessors(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("only amd64 can hide parts of itself")
	}
	for _, env := range []string{
		"GOMAXPROCS=1", "GOMAXPROCS=7",
		"GODEBUG=cpu.avx512f=off",
		"GODEBUG=cpu.avx512f=off,cpu.avx2=off,cpu.fma=off",
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestTrainedBits$", "-test.v")
		cmd.Env = append(os.Environ(), env)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestTrainedBits ") {
			t.Errorf("with %s: %v\n%s", env, err, out)
		}
	}
}
