package codec_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"log"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
)

// A single image is a small file if it names its model. The model is kept in a file of its own, and
// registered by a program that decodes.
func ExampleEncode() {
	training, test := handwriting.Draw(300, 10)
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err != nil {
		log.Fatal(err)
	}
	if err := ae.Model.Init(1); err != nil { // a useful program trains it, or reads a trained one
		log.Fatal(err)
	}
	model, err := codec.Fit(context.Background(), ae, training, codec.FitOptions{})
	if err != nil {
		log.Fatal(err)
	}
	picture, err := images.Picture(test.Size(), test.Image(0))
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := codec.Encode(&file, picture, model, codec.Options{NameModel: true}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Len(), "bytes")

	if err := codec.Register(model); err != nil {
		log.Fatal(err)
	}
	back, format, err := image.Decode(&file)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(format, back.Bounds())
	// Output:
	// 120 bytes
	// gae (0,0)-(28,28)
}
