// Command pictures trains the convolutional autoencoder on a folder of PNG or JPEG images of one size, and leaves the model
// and the reconstructions of images that it was not trained on:
//
//	go run ./examples/pictures ~/pictures/faces runs/faces
//
// Height and width must both be multiples of 8, or both 4 more; colours become grey.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("want a folder of images, and one for the results")
	}
	if err := run(context.Background(), os.Stdout, os.Args[1], os.Args[2], 20); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, from, to string, epochs int) error {
	all, err := images.ReadFolder(from, images.Options{Color: images.Grey})
	if err != nil {
		return err
	}
	pictures, held, err := all.Split(0.1, 1)
	if err != nil {
		return err
	}
	ae, err := autoencoder.NewConv().Build(graph.Shape{1, all.Height, all.Width})
	if err != nil {
		return err
	}
	if err := ae.Model.Init(1); err != nil {
		return err
	}

	moved, err := images.Augment(pictures, images.Augmentation{Shift: 1}, 1) // so that few pictures go a longer way
	if err != nil {
		return err
	}
	t, err := train.Compile(ae.Model, train.BinaryCrossEntropy(), train.NewAdam(1e-2), train.Config{Batch: 16, Schedule: train.Cosine{}})
	if err != nil {
		return err
	}
	_, err = t.Fit(ctx, moved, held, epochs, train.Hooks{Epoch: func(e train.Epoch) error {
		_, err := fmt.Fprintf(w, "loss %.4f  val_loss %.4f\n", e.Loss, e.ValLoss)
		return err
	}})
	if err != nil {
		return err
	}

	var out []float32
	err = train.Predict(ctx, ae.Model, held, func(_ int, y, _ []float32) error {
		out = append(out, y...)
		return nil
	})
	if err != nil {
		return err
	}
	if err := images.WriteFolder(filepath.Join(to, "reconstructions"), images.FromValues(all.Size(), out)); err != nil {
		return err
	}
	size, err := json.Marshal(map[string]any{"name": all.Name, "height": all.Height, "width": all.Width}) // for gorgonae's commands
	if err != nil {
		return err
	}
	model := graph.File{Model: ae.Model, Meta: map[string]string{"data": string(size)}}
	return model.Write(filepath.Join(to, "model.safetensors"))
}
