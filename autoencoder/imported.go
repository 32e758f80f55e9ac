package autoencoder

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// ImportedName is the name of the architecture of models that other programs made. Find knows it, and
// Architectures does not list it: its layers come from a file, and no flag can change them.
const ImportedName = "imported"

func imported() Architecture {
	return Architecture{
		Name:  ImportedName,
		About: "layers from a file of another program",
		New:   func() Config { return &Imported{} },
		Training: Training{Loss: train.MSE(), Optimizer: train.NewAdam(1e-3), Schedule: train.Constant{},
			Epochs: 20, Batch: 32},
		Trial: graph.Shape{1, 8, 8},
	}
}

// Imported is the autoencoder of another program, with the layers that it has there.
type Imported struct {
	Layers  Layers `json:"layers"`
	Encoder string `json:"encoder"` // the names of the models in these roles
	Decoder string `json:"decoder"`
	Height  int    `json:"height"` // of the images
	Width   int    `json:"width"`
	Color   int    `json:"channels"`
}

// Layers are those of a model, as JSON that graph.ReadArchitecture reads.
type Layers string

// MarshalJSON writes the JSON as it is.
func (l Layers) MarshalJSON() ([]byte, error) {
	if l == "" {
		return []byte("null"), nil
	}
	return []byte(l), nil
}

// UnmarshalJSON keeps the JSON.
func (l *Layers) UnmarshalJSON(text []byte) error { return l.UnmarshalText(text) }

// UnmarshalText keeps the JSON.
func (l *Layers) UnmarshalText(text []byte) error {
	if !json.Valid(text) {
		return errors.New("want the layers of a model as JSON, got other text")
	}
	if *l = Layers(text); string(text) == "null" {
		*l = ""
	}
	return nil
}

// NewImported returns the configuration of a model for images of a shape, (channels, height, width).
func NewImported(ae *Autoencoder, image graph.Shape) (*Imported, error) {
	text, err := ae.Model.Architecture()
	if err != nil {
		return nil, err
	}
	if len(image) != 3 || image.Size() != ae.Model.In().Size() || image.Size() != ae.Model.Out().Size() {
		return nil, errors.Errorf("want images of as many numbers as the model takes and makes, %v and %v, got shape %v", ae.Model.In(), ae.Model.Out(), image)
	}
	return &Imported{Layers(text), ae.Encoder.Name(), ae.Decoder.Name(), image[1], image[2], image[0]}, nil
}

// Image is the shape of the images that the model was made for.
func (c *Imported) Image() graph.Shape { return graph.Shape{c.Color, c.Height, c.Width} }

// Build builds the models. A model of convolutions takes images of any size.
func (c *Imported) Build(image graph.Shape) (*Autoencoder, error) {
	if c.Layers == "" {
		return nil, errors.New("want the layers of another program's model, got none: gorgonae import FILE -o DIR reads one, and gorgonae train --resume --out DIR trains it")
	}
	m, err := graph.ReadArchitecture([]byte(c.Layers))
	if err != nil {
		return nil, err
	}
	for _, part := range m.Models() {
		if part.Name() == c.Encoder {
			m.SetPart(EncoderRole, part)
		}
		if part.Name() == c.Decoder {
			m.SetPart(DecoderRole, part)
		}
	}
	ae, err := From(m)
	if err != nil || image.Equal(c.Image()) {
		return ae, err
	}
	if len(m.In()) != 3 {
		return nil, errors.Errorf("want images of %v for the model that was imported, got %v", c.Image(), image)
	}
	return ae.Resize(image...)
}
