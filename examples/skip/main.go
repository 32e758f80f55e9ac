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
	"github.com/gorgonae/gorgonae/handwriting"
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
	h := residual("residual_1", graph.Dense("wide", x, width))
	encoder := graph.New("encoder", x, graph.Dense("code", residual("residual_2", h), code))

	z := graph.Input("code", code)
	h = residual("residual_1", graph.Dense("wide", z, width))
	h = graph.Concat("skip", residual("residual_2", h), z) // (width + code)
	decoder := graph.New("decoder", z, graph.Sigmoid("output", graph.Dense("pixels", h, 28*28)))

	in := graph.Input("in", 28*28)
	model := graph.New("model", in, decoder.Apply(encoder.Apply(in)))
	if err := model.Init(1); err != nil {
		return err
	}
	if err := model.Summary(w); err != nil {
		return err
	}

	digits, test := handwriting.Draw(images, images/10)
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
func residual(name string, x *graph.Node) *graph.Node {
	y := graph.SiLU(name+"_silu", graph.Dense(name+"_dense", x, x.Shape().Size()))
	return graph.Add(name, x, y)
}
