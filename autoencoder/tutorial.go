package autoencoder

import (
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func tutorial() Architecture {
	return Architecture{
		Name:  "tutorial",
		About: "the Keras tutorial's: codes of two numbers, to look at",
		New:   func() Config { return NewTutorial() },
		Training: Training{Loss: train.MSE(), Optimizer: train.NewAdam(5e-4), Schedule: train.Constant{},
			Epochs: 20, Batch: 256},
		Trial: graph.Shape{1, 8, 8},
	}
}

// Tutorial is the autoencoder of the Keras tutorial: one hidden layer on each side, and an
// activation after every layer, the code's and the output's too.
type Tutorial struct {
	Dense
	Code Activation `json:"code"` // after the code
}

// NewTutorial returns the tutorial's own settings: 784-300-2-300-784 for images of 28 x 28,
// LeakyReLU of slope 0.3.
func NewTutorial() *Tutorial {
	return &Tutorial{Code: LeakyReLU, Dense: Dense{
		Hidden:       []int{300},
		Latent:       2,
		Nonlinearity: Nonlinearity{Activation: LeakyReLU, Output: LeakyReLU, Slope: 0.3},
	}}
}

// Build builds the models.
func (t *Tutorial) Build(image graph.Shape) (*Autoencoder, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	encoder := t.Encoder(image, t.Latent, func(y *graph.Node) *graph.Node {
		return t.Code.Apply("encoder_output", y, t.Slope)
	})
	return Join(encoder, t.Decoder(image))
}

// Check returns an error if a field has a value that it cannot have.
func (t *Tutorial) Check() error {
	if err := t.Dense.Check(); err != nil {
		return err
	}
	return t.Code.Check("code")
}
