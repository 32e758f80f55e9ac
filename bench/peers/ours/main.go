// Command ours is gorgonae's side of the comparison with other libraries: it trains as they do, by the library's own
// Fit, and prints the lines that run.py reads.
//
//	ours ARCHITECTURE EPOCHS
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
	"github.com/gorgonae/gorgonae/train"
)

const pixels = 784

var architectures = map[string]func() (*autoencoder.Autoencoder, error){
	"tutorial": func() (*autoencoder.Autoencoder, error) {
		return autoencoder.Tutorial(autoencoder.Options{Input: pixels})
	},
	"deep": func() (*autoencoder.Autoencoder, error) {
		return autoencoder.Tutorial(autoencoder.Options{Input: pixels, Hidden: []int{1000, 500, 250}, Latent: 30})
	},
}

func main() {
	if len(os.Args) != 3 || architectures[os.Args[1]] == nil {
		log.Fatal("usage: ours tutorial|deep EPOCHS")
	}
	epochs, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = run(os.Args[1], epochs)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(architecture string, epochs int) error {
	data, err := readImages(filepath.Join(os.Getenv("MNIST_DIR"), "train-images-idx3-ubyte.gz"))
	if err != nil {
		return err
	}
	ae, err := architectures[architecture]()
	if err != nil {
		return err
	}
	if err := ae.Model.Init(1); err != nil {
		return err
	}
	t, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(5e-4), train.Config{Batch: 256, Seed: 1})
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
func (d images) Bytes(_, i int, _ []byte) []byte            { return d[i*pixels:][:pixels] }
func (d images) Example(epoch, i int, x, y []float32) error { panic("ours: train did not use Bytes") }

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
