package train_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/train"
)

// Your own model, trained for a moment on the built-in handwriting. README.md shows these lines.
func Example() {
	x := graph.Input("image", 784)
	h := graph.SiLU("silu", graph.Dense("hidden", x, 128))
	code := graph.ActivityL2("penalty", graph.Dense("code", h, 8), 1e-4) // adds to the loss
	encoder := graph.New("encoder", x, code)

	z := graph.Input("code", 8)
	g := graph.SiLU("silu", graph.Dense("hidden", z, 128))
	g = graph.Concat("skip", g, z) // any graph of layers will do
	decoder := graph.New("decoder", z, graph.Sigmoid("output", graph.Dense("pixels", g, 784)))

	in := graph.Input("in", 784)
	model := graph.New("model", in, decoder.Apply(encoder.Apply(in)))
	if err := model.Init(1); err != nil { // also reports an error made above
		log.Fatal(err)
	}

	digits, test := handwriting.Draw(2000, 500)
	t, err := train.Compile(model, train.BinaryCrossEntropy(), train.NewAdam(2e-3), train.Config{Batch: 100})
	if err != nil {
		log.Fatal(err)
	}
	history, err := t.Fit(context.Background(), digits, test, 5, train.Hooks{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("val_loss %.1f\n", history.Epochs[4].ValLoss)
	// Output: val_loss 0.2
}

// Each line of Go in README.md must be a line of the example above, of package graph's example of a
// layer or of package run's example.
func TestReadmeShowsTheExamples(t *testing.T) {
	readme := read(t, "../README.md")
	runs := map[string]bool{}
	for _, file := range []string{"example_test.go", "../graph/layer_example_test.go", "../run/example_test.go"} {
		for line := range strings.Lines(read(t, file)) {
			runs[strings.TrimSpace(line)] = true
		}
	}
	blocks := strings.Split(readme, "```go\n")[1:]
	if len(blocks) != 3 {
		t.Fatalf("README.md has %d blocks of Go, want 3", len(blocks))
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); !runs[line] {
				t.Errorf("README.md shows %q, which no example runs", line)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
