package autoencoder

import (
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func codec() Architecture {
	return Architecture{
		Name:  "codec",
		About: "784-1024-512-64, 64-512-784, codes of whole numbers: the fewest bits for a squared error",
		New:   func() Config { return NewCodec() },
		Training: Training{Loss: train.MSE().Sum(), Optimizer: train.NewAdam(2.5e-3), Schedule: train.Cosine{Warmup: 500},
			Augmentation: images.Augmentation{Shift: 1}, Epochs: 80, Batch: 128},
		Trial: graph.Shape{1, 8, 8},
	}
}

// codeName is the name of the code layer in a model of Codec.
const codeName = "code"

// Prior says how a codec models the distribution of its codes.
type Prior string

// The priors. See graph.FactorizedCode and graph.ConditionalCode.
const (
	Factorized  Prior = "factorized"
	Conditional Prior = "conditional"
)

// Choices returns the names of all priors, for the help of a flag.
func (Prior) Choices() []string { return []string{string(Factorized), string(Conditional)} }

// UnmarshalText reads a name. It refuses names that do not exist.
func (p *Prior) UnmarshalText(text []byte) error {
	if !slices.Contains(p.Choices(), string(text)) {
		return errors.Errorf("want %s, got %q", strings.Join(p.Choices(), " or "), text)
	}
	*p = Prior(text)
	return nil
}

// Codec is a learned codec. Between encoder and decoder, a code layer rounds the latents to whole
// numbers of steps, and models what these cost in bits. Training minimises
//
//	bits + Lambda · error
//
// both for an image, where error is the loss of the training settings: the squared error (Ballé,
// Laparra and Simoncelli, "End-to-end optimized image compression", 2017). The encoder gives the
// latents before they are rounded; the decoder takes rounded ones.
type Codec struct {
	Dense
	DecoderHidden []int   `json:"decoder" flag:"decoder" help:"of codec: widths of the decoder's hidden layers; a compressed file holds the decoder"`
	Prior         Prior   `json:"prior" flag:"prior" help:"of codec: {choices}: each number of a code by itself, or given the numbers before it"`
	PriorHidden   int     `json:"prior_hidden" flag:"prior-hidden" help:"of codec: width of the conditional prior's hidden layer"`
	Lambda        float32 `json:"lambda" flag:"lambda" help:"of codec: bits that a unit of the loss is worth; more makes better images and larger files"`
}

// logistics is how many logistic distributions a factorised prior mixes for each latent.
const logistics = 3

// NewCodec returns 784-1024-512-64 for images of 28 x 28 and a decoder of 64-512-784, which is small
// enough to be stored in a file. Lambda is for digits of MNIST: it leads to a squared error of about
// 3 an image, if codes are refined as gorgonae compress does; see codec.Options.
func NewCodec() *Codec {
	return &Codec{DecoderHidden: []int{512}, Prior: Conditional, PriorHidden: 384, Lambda: 14, Dense: Dense{
		Hidden:       []int{1024, 512},
		Latent:       64,
		Nonlinearity: Nonlinearity{Activation: SiLU, Output: Sigmoid, Slope: 0.3},
	}}
}

// Build builds the models.
func (c *Codec) Build(image graph.Shape) (*Autoencoder, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	back := c.Dense
	back.Hidden = slices.Clone(c.DecoderHidden)
	slices.Reverse(back.Hidden)
	encoder := c.Encoder(image, c.Latent, func(y *graph.Node) *graph.Node { return y })
	return JoinBy(encoder, back.Decoder(image), func(z *graph.Node) *graph.Node {
		if c.Prior == Factorized {
			return graph.FactorizedCode(codeName, z, logistics)
		}
		return graph.ConditionalCode(codeName, z, c.PriorHidden)
	})
}

// Check returns an error if a field has a value that it cannot have.
func (c *Codec) Check() error {
	if err := c.Dense.Check(); err != nil {
		return err
	}
	switch {
	case len(c.DecoderHidden) == 0 || slices.Min(c.DecoderHidden) < 1:
		return &FieldError{"decoder", "one or more widths of at least 1", c.DecoderHidden}
	case !slices.Contains(c.Prior.Choices(), string(c.Prior)):
		return &FieldError{"prior", "one of " + strings.Join(c.Prior.Choices(), ", "), string(c.Prior)}
	case c.PriorHidden < 1:
		return &FieldError{"prior_hidden", "at least 1", c.PriorHidden}
	case !positive(c.Lambda):
		return &FieldError{"lambda", "a number above 0", c.Lambda}
	}
	return nil
}

// WeighLoss multiplies the loss of the training settings by Lambda.
func (c *Codec) WeighLoss(l train.Loss) train.Loss { return train.Weighted{Factor: c.Lambda, Loss: l} }

// Prior returns the quantiser and the prior of the code layer between encoder and decoder, or nil if
// the model has none. It is an error if the weights have no values yet.
func (a *Autoencoder) Prior() (*graph.Prior, error) {
	for _, n := range a.Model.Nodes() {
		if p, err := graph.PriorOf(n); p != nil || err != nil {
			return p, err
		}
	}
	return nil, nil
}
