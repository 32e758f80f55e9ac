package autoencoder_test

import (
	"fmt"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Sparse is a program's own architecture: dense layers and a penalty on large codes. Its option
// becomes a flag of the command and a name in the JSON of a run.
type Sparse struct {
	autoencoder.Dense
	Penalty float32 `json:"penalty" flag:"penalty" help:"of sparse: weight of the squares of the code in the loss"`
}

func NewSparse() *Sparse {
	return &Sparse{Penalty: 0.01, Dense: autoencoder.Dense{Hidden: []int{64}, Latent: 16,
		Nonlinearity: autoencoder.Nonlinearity{Activation: autoencoder.GELU, Output: autoencoder.Sigmoid, Slope: 0.3}}}
}

func (s *Sparse) Build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if !(s.Penalty >= 0) {
		return nil, &autoencoder.FieldError{Field: "penalty", Want: "a number of 0 or more", Got: s.Penalty}
	}
	encoder := s.Encoder(image, s.Latent, func(y *graph.Node) *graph.Node {
		return graph.ActivityL2("penalty", y, s.Penalty)
	})
	return autoencoder.Join(encoder, s.Decoder(image))
}

func ExampleRegister() {
	autoencoder.Register(autoencoder.Architecture{
		Name:  "sparse",
		About: "64-16 and back, with small codes",
		New:   func() autoencoder.Config { return NewSparse() },
		Training: autoencoder.Training{Loss: train.MSE(), Optimizer: train.NewAdam(1e-3),
			Schedule: train.Cosine{}, Epochs: 20, Batch: 256},
		Trial: graph.Shape{1, 8, 8},
	})

	a, err := autoencoder.Find("sparse")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range autoencoder.Fields(a.New()) {
		fmt.Printf("--%s %s\n", f.Flag, f)
	}
	config, err := a.Decode([]byte(`{"penalty": -1}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = config.Build(graph.Shape{1, 28, 28})
	fmt.Println(err)
	// Output:
	// --hidden 64
	// --latent 16
	// --activation gelu
	// --output sigmoid
	// --slope 0.3
	// --dropout 0
	// --penalty 0.01
	// penalty: want a number of 0 or more, got -1
}
