package autoencoder

import (
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func deep() Architecture {
	return Architecture{
		Name:  "deep",
		About: "784-1000-500-250-30 and back (Hinton and Salakhutdinov 2006): the truest images of dense layers",
		New:   func() Config { return NewDeep() },
		Training: Training{Loss: train.MSE().Sum(), Optimizer: train.NewAdam(1e-3), Schedule: train.Cosine{Warmup: 1000},
			Augmentation: images.Augmentation{Shift: 1}, Epochs: 120, Batch: 256},
		Trial: graph.Shape{1, 8, 8},
	}
}

// Deep is the autoencoder of Hinton and Salakhutdinov ("Reducing the dimensionality of data with
// neural networks", Science 2006). Their hidden units were logistic and had to be trained layer by
// layer first. With GELU all layers are trained at once.
type Deep struct {
	Dense
	Code Activation `json:"code"` // after the code
}

// NewDeep returns the paper's widths, 784-1000-500-250-30 for images of 28 x 28, with a linear
// code.
func NewDeep() *Deep {
	return &Deep{Code: Linear, Dense: Dense{
		Hidden:       []int{1000, 500, 250},
		Latent:       30,
		Nonlinearity: Nonlinearity{Activation: GELU, Output: Sigmoid, Slope: 0.3},
	}}
}

// Build builds the models.
func (d *Deep) Build(image graph.Shape) (*Autoencoder, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	encoder := d.Encoder(image, d.Latent, func(y *graph.Node) *graph.Node {
		return d.Code.Apply("encoder_output", y, d.Slope)
	})
	return Join(encoder, d.Decoder(image))
}

// Check returns an error if a field has a value that it cannot have.
func (d *Deep) Check() error {
	if err := d.Dense.Check(); err != nil {
		return err
	}
	return d.Code.Check("code")
}
