// Command gomlx runs the same training as the other peers, with GoMLX's trainer and loop on its
// backend in Go. It prints the lines that run.py reads.
//
//	gomlx ARCHITECTURE BATCH EPOCHS
package main

import (
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

const pixels = 784

// architectures holds the models. A model takes a batch and returns its reconstruction and the
// target of the loss, which is the batch itself.
var architectures = map[string]func(scope *model.Scope, x *Node) (y, target *Node){
	"tutorial": dense(300, 2, 300, pixels),
	"deep":     dense(1000, 500, 250, 30, 250, 500, 1000, pixels),
}

func dense(widths ...int) func(scope *model.Scope, x *Node) (y, target *Node) {
	return func(scope *model.Scope, x *Node) (y, target *Node) {
		scope = scope.WithInitializer(initializer.GlorotUniformFn(scope))
		y = x
		for i, width := range widths {
			y = activation.LeakyReluWith(layers.DenseWithBias(scope.In("layer_%d", i), y, width), 0.3)
		}
		return y, x
	}
}

func meanSquaredError(_, predictions []*Node) *Node {
	return ReduceAllMean(Square(Sub(predictions[0], predictions[1])))
}

func main() {
	if len(os.Args) != 4 || architectures[os.Args[1]] == nil {
		log.Fatal("usage: gomlx tutorial|deep BATCH EPOCHS")
	}
	batch, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	epochs, err := strconv.Atoi(os.Args[3])
	if err == nil {
		err = run(os.Args[1], batch, epochs)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(architecture string, batch, epochs int) error {
	examples, err := readImages(filepath.Join(os.Getenv("MNIST_DIR"), "train-images-idx3-ubyte.gz"))
	if err != nil {
		return err
	}
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		return err
	}
	n := len(examples) / pixels
	data, err := dataset.InMemoryFromData(backend, "images", []any{tensors.FromFlatDataAndDimensions(examples, n, pixels)}, nil)
	if err != nil {
		return err
	}
	data.Shuffle().BatchSize(batch, false)

	store := model.NewStore()
	store.SetParam(model.ParamInitialSeed, int64(1))
	trainer := train.NewTrainer(backend, store, architectures[architecture], meanSquaredError,
		optimizer.Adam().LearningRate(5e-4).Epsilon(1e-7).Done(), nil, nil)
	loop := train.NewLoop(trainer)

	sum := 0.0
	loop.OnStep("loss", 0, func(loop *train.Loop, metrics []*tensors.Tensor) error {
		if loop.LoopStep == 0 {
			fmt.Println(`{"step": 1}`)
		}
		rows := min(batch, n-(loop.LoopStep-loop.StartStep)*batch)
		sum += float64(tensors.ToScalar[float32](metrics[0])) * float64(rows)
		return nil
	})
	for epoch := range epochs {
		start := time.Now()
		sum = 0
		if _, err := loop.RunEpochs(data, 1); err != nil {
			return err
		}
		fmt.Printf("{\"epoch\": %d, \"seconds\": %v, \"loss\": %v}\n", epoch+1, time.Since(start).Seconds(), sum/float64(n))
	}
	return nil
}

// readImages returns the pixels of all images divided by 255.
func readImages(path string) ([]float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var head [4]uint32 // magic number, images, height, width
	if err := binary.Read(in, binary.BigEndian, &head); err != nil {
		return nil, err
	}
	bytes := make([]byte, head[1]*pixels)
	if _, err := io.ReadFull(in, bytes); err != nil {
		return nil, err
	}
	examples := make([]float32, len(bytes))
	for i, b := range bytes {
		examples[i] = float32(b) / 255
	}
	return examples, nil
}
