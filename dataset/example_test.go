package dataset_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
)

// A program's own data set: two grey images to train on, and one to test with.
func ExampleRegister() {
	size := images.Size{Channels: 1, Height: 1, Width: 2}
	err := dataset.Register(dataset.Entry{
		Name:  "pixels",
		About: "some pixels",
		Open: func(context.Context, dataset.Options) (*dataset.Data, error) {
			return &dataset.Data{
				Name:   "pixels",
				Train:  images.FromValues(size, []float32{0, 1, 1, 0}),
				Test:   images.FromValues(size, []float32{1, 1}),
				Source: "this program",
			}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	data, err := dataset.Open(context.Background(), dataset.Options{Data: "pixels"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s from %s: %d images of %v\n", data.Name, data.Source, data.Train.Len(), data.Train.Size())
}
