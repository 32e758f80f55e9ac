// Command skip trains an autoencoder with skip connections on the built-in handwriting: every hidden layer adds to what it
// gets instead of replacing it (He et al., "Deep residual learning for image recognition", 2016), and the decoder looks at
// the code again before its last layer.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/train"
)

func main() {
	if err := run(context.Background(), os.Stdout, 20000, 5); err != nil {
		log.Fatal(err)
	}
}

// run trains on a number of images for some epochs.
func run(ctx context.Context, w io.Writer, images, epochs int) error {
	const width, code = 128, 16

	x := graph.Input("image", 28*28)
	h := residual(graph.Dense(x, width, "wide"), "residual_1")
	encoder := graph.New("encoder", x, graph.Dense(residual(h, "residual_2"), code, "code"))

	z := graph.Input("code", code)
	h = residual(graph.Dense(z, width, "wide"), "residual_1")
	h = graph.Concat("skip", residual(h, "residual_2"), z) // (width + code)
	decoder := graph.New("decoder", z, graph.Sigmoid(graph.Dense(h, 28*28, "pixels"), "output"))

	in := graph.Input("in", 28*28)
	model := graph.New("model", in, decoder.Apply(encoder.Apply(in)))
	if err := model.Init(1); err != nil {
		return err
	}
	if err := model.Summary(w); err != nil {
		return err
	}

	digits, test := mnist.Handwriting(images, images/10)
	t, err := train.Compile(model, train.BinaryCrossEntropy(), train.NewAdam(1e-3), train.Config{Batch: 100, Schedule: train.Cosine{}})
	if err != nil {
		return err
	}
	_, err = t.Fit(ctx, digits, test, epochs, train.Hooks{Epoch: func(e train.Epoch) error {
		_, err := fmt.Fprintf(w, "loss %.4f  val_loss %.4f\n", e.Loss, e.ValLoss)
		return err
	}})
	return err
}

// residual is x + silu(dense(x)).
func residual(x *graph.Node, name string) *graph.Node {
	y := graph.SiLU(graph.Dense(x, x.Shape().Size(), name+"_dense"), name+"_silu")
	return graph.Add(name, x, y)
}
