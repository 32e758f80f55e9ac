// Command skip trains its own autoencoder with skip connections on the built-in handwriting. Every
// hidden layer adds to its input instead of replacing it (He et al., "Deep residual learning for
// image recognition", 2016). The decoder gets the code again before its last layer. The command
// leaves the folder of a run, and every command of gorgonae can read that folder:
//
//	go run ./examples/skip runs/skip
//	gorgonae figures runs/skip
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("want a folder for the run, got %d arguments", len(os.Args)-1)
	}
	if err := skip(context.Background(), os.Stdout, os.Args[1], 20000, 5); err != nil {
		log.Fatal(err)
	}
}

// residual is the architecture. A run only needs its method Build, and keeps its exported fields.
type residual struct {
	Width int `json:"width"` // of the hidden layers
	Code  int `json:"code"`  // numbers of a code
}

// Build builds the models for images of a shape.
func (c *residual) Build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	x := graph.Input("image", image.Size())
	h := block("residual_1", graph.Dense("wide", x, c.Width))
	encoder := graph.New("encoder", x, graph.Dense("code", block("residual_2", h), c.Code))

	z := graph.Input("code", c.Code)
	h = block("residual_1", graph.Dense("wide", z, c.Width))
	h = graph.Concat("skip", block("residual_2", h), z) // (width + code)
	decoder := graph.New("decoder", z, graph.Sigmoid("output", graph.Dense("pixels", h, image.Size())))
	return autoencoder.Join(encoder, decoder)
}

// block is x + silu(dense(x)).
func block(name string, x *graph.Node) *graph.Node {
	y := graph.SiLU(name+"_silu", graph.Dense(name+"_dense", x, x.Shape().Size()))
	return graph.Add(name, x, y)
}

// skip trains on a number of images for some epochs.
func skip(ctx context.Context, w io.Writer, to string, images, epochs int) error {
	digits, test := handwriting.Draw(images, images/10)
	data := &dataset.Data{Name: digits.Name, Train: digits, Test: test, Source: "drawn by this program"}
	s := run.Settings{Architecture: "skip", Config: &residual{Width: 128, Code: 16}, Control: run.Control{Seed: 1, Shuffle: true},
		Training: autoencoder.Training{Loss: train.BinaryCrossEntropy(), Optimizer: train.NewAdam(1e-3), Schedule: train.Cosine{},
			Epochs: epochs, Batch: 100}}
	r, err := run.New(data, s, run.Place{Dir: to, Resume: true})
	if err != nil {
		return err
	}
	if err := r.Autoencoder.Model.Summary(w); err != nil {
		return err
	}
	_, err = r.Train(ctx, run.Hooks{Epoch: func(e train.Epoch) {
		fmt.Fprintf(w, "loss %.4f  val_loss %.4f\n", e.Loss, e.ValLoss)
	}})
	return err
}
