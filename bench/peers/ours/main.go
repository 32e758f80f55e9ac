// Command ours is gorgonae's program in the comparison with other libraries. It runs the same
// training with train.Fit, and prints the lines that run.py reads.
//
//	ours ARCHITECTURE BATCH EPOCHS
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

const (
	side   = 28
	pixels = side * side
)

type architecture struct {
	config autoencoder.Config
	loss   train.Loss
}

func architectures() map[string]architecture {
	deep := autoencoder.NewTutorial()
	deep.Hidden, deep.Latent = []int{1000, 500, 250}, 30
	conv := autoencoder.NewConv()
	conv.Activation = autoencoder.ReLU
	return map[string]architecture{
		"tutorial":     {autoencoder.NewTutorial(), train.MSE()},
		"deep":         {deep, train.MSE()},
		"conv":         {conv, train.BinaryCrossEntropy()},
		"conv-strided": {autoencoder.NewStrided(), train.BinaryCrossEntropy()},
	}
}

func main() {
	if len(os.Args) != 4 || architectures()[os.Args[1]].config == nil {
		log.Fatal("usage: ours tutorial|deep|conv|conv-strided BATCH EPOCHS")
	}
	batch, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	epochs, err := strconv.Atoi(os.Args[3])
	if err == nil {
		err = architectures()[os.Args[1]].train(batch, epochs)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func (a architecture) train(batch, epochs int) error {
	data, err := readImages(filepath.Join(os.Getenv("MNIST_DIR"), "train-images-idx3-ubyte.gz"))
	if err != nil {
		return err
	}
	ae, err := a.config.Build(graph.Shape{1, side, side})
	if err != nil {
		return err
	}
	if err := ae.Model.Init(1); err != nil {
		return err
	}
	t, err := train.Compile(ae.Model, a.loss, train.NewAdam(5e-4), train.Config{Batch: batch, Seed: 1})
	if err != nil {
		return err
	}
	number := 0
	_, err = t.Fit(context.Background(), data, nil, epochs, train.Hooks{
		Step: func(p train.Progress) {
			if p.Epoch == 1 && p.Step == 1 {
				fmt.Println(`{"step": 1}`)
			}
		},
		Epoch: func(e train.Epoch) error {
			number++
			fmt.Printf("{\"epoch\": %d, \"seconds\": %v, \"loss\": %v}\n", number, e.Seconds, e.Loss)
			return nil
		},
	})
	return err
}

// images are examples of bytes, which train divides by 255.
type images []byte

func (d images) Len() int                                   { return len(d) / pixels }
func (d images) Shape() (x, y []int)                        { return []int{pixels}, nil }
func (d images) Example(epoch, i int, x, y []float32) error { panic("ours: train did not use Bytes") }

func (d images) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, _ []byte) []byte { return d[i*pixels:][:pixels] }
}

func readImages(path string) (images, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	var head [4]uint32 // magic number, images, height, width
	if err := binary.Read(in, binary.BigEndian, &head); err != nil {
		return nil, err
	}
	data := make(images, head[1]*pixels)
	_, err = io.ReadFull(in, data)
	return data, err
}
