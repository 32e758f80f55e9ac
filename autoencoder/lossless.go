package autoencoder

import (
	"slices"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func lossless() Architecture {
	return Architecture{
		Name:  "lossless",
		About: "a causal network over the pixels, codes are the images themselves: to store them without loss",
		New:   func() Config { return NewLossless() },
		Training: Training{Loss: train.MSE().Sum(), Optimizer: train.NewAdam(6e-3), Schedule: train.Cosine{Warmup: 200},
			Epochs: 10, Batch: 32},
		Trial: graph.Shape{1, 8, 8},
	}
}

// Lossless stores images exactly. Its encoder and its decoder change nothing: a code is the image
// itself. Between them a code layer models what each number of an image costs, given those before it;
// see graph.PixelCode. As the reconstruction is the image, the loss is the bits of an image alone.
type Lossless struct {
	Embedding int   `json:"embedding" flag:"embedding" help:"of lossless: numbers that stand for the value of a near pixel"`
	Palette   int   `json:"palette" flag:"palette" help:"of lossless: numbers that stand for the set of values seen so far"`
	Ink       []int `json:"ink" flag:"ink" help:"of lossless: widths of the hidden layers that tell 0 from other values"`
	Value     []int `json:"value" flag:"value" help:"of lossless: widths of the hidden layers that tell values from 1 to 255"`
}

// NewLossless returns networks of 58,000 weights together, for grey images.
func NewLossless() *Lossless {
	return &Lossless{Embedding: 6, Palette: 12, Ink: []int{32, 16}, Value: []int{112, 64}}
}

// Build builds the models.
func (c *Lossless) Build(image graph.Shape) (*Autoencoder, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	same := func(part string) *graph.Model {
		x := graph.Input(part+"_input", image...)
		return graph.New(part+"_model", x, x)
	}
	return JoinBy(same("encoder"), same("decoder"), func(x *graph.Node) *graph.Node {
		return graph.PixelCode(codeName, x, graph.PixelNet{Embedding: c.Embedding, Palette: c.Palette, Ink: c.Ink, Value: c.Value})
	})
}

// Check returns an error if a field has a value that it cannot have.
func (c *Lossless) Check() error {
	switch {
	case c.Embedding < 1:
		return &FieldError{"embedding", "at least 1", c.Embedding}
	case c.Palette < 1:
		return &FieldError{"palette", "at least 1", c.Palette}
	case len(c.Ink) > 0 && slices.Min(c.Ink) < 1:
		return &FieldError{"ink", "widths of at least 1", c.Ink}
	case len(c.Value) > 0 && slices.Min(c.Value) < 1:
		return &FieldError{"value", "widths of at least 1", c.Value}
	}
	return nil
}
