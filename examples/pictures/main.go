// Command pictures trains the convolutional autoencoder on a folder of pictures of one size, grey or
// colour. It leaves the folder of a run, and every command of gorgonae can read that
// folder:
//
//	go run ./examples/pictures ~/pictures/faces runs/faces
//	gorgonae evaluate runs/faces --data ~/pictures/faces
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatalf("want a folder of images and a folder for the results, got %d arguments", len(os.Args)-1)
	}
	if err := pictures(context.Background(), os.Stdout, os.Args[1], os.Args[2], 20); err != nil {
		log.Fatal(err)
	}
}

func pictures(ctx context.Context, w io.Writer, from, to string, epochs int) error {
	data, err := dataset.Open(ctx, dataset.Options{Data: from})
	if err != nil {
		return err
	}
	s, err := run.NewSettings("conv")
	if err != nil {
		return err
	}
	s.Training.Epochs = epochs
	s.Training.Optimizer, s.Training.Schedule = train.NewAdam(1e-2), train.Cosine{}
	s.Training.Augmentation = images.Augmentation{Shift: 1} // so that the model sees more different images
	r, err := run.New(data, s, run.Place{Dir: to, Resume: true})
	if err != nil {
		return err
	}
	_, err = r.Train(ctx, run.Hooks{Epoch: func(e train.Epoch) {
		fmt.Fprintf(w, "loss %.4f  val_loss %.4f\n", e.Loss, e.ValLoss)
	}})
	if err != nil {
		return err
	}
	_, err = report.Of(r).Draw(ctx, to, figure.PNG, false)
	return err
}
