// Package autoencoder holds architectures: encoder, decoder and the model that joins them. Each is
// one file with a configuration, a struct, and what describes it to programs: an Architecture.
//
//	config := autoencoder.NewDeep()
//	config.Latent = 10
//	ae, err := config.Build(graph.Shape{1, 28, 28})
//
// Flags, their help and the JSON in files follow from the struct; see Fields. A program adds its
// own architecture by Register.
package autoencoder

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Autoencoder is three models over the same weights.
type Autoencoder struct {
	Encoder *graph.Model // example -> code
	Decoder *graph.Model // code -> reconstruction
	Model   *graph.Model // example -> reconstruction: what is trained
}

// The roles of the parts in a model and its file.
const (
	encoderRole = "encoder"
	decoderRole = "decoder"
)

// From finds the encoder and the decoder in a model that was read from a file, by their roles. In
// files of the first version, which have no roles, they are the first and the last model that it
// applies.
func From(m *graph.Model) (*Autoencoder, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	ae := &Autoencoder{Encoder: m.Part(encoderRole), Decoder: m.Part(decoderRole), Model: m}
	if ae.Encoder == nil || ae.Decoder == nil {
		var inner []*graph.Model
		for _, n := range m.Nodes() {
			if applied := n.Model(); applied != nil {
				inner = append(inner, applied)
			}
		}
		if len(inner) < 2 {
			return nil, errors.Errorf("model %q applies %d models, want an encoder and a decoder", m.Name(), len(inner))
		}
		ae.Encoder, ae.Decoder = inner[0], inner[len(inner)-1]
	}
	switch e, d := ae.Encoder, ae.Decoder; {
	case !e.In().Equal(m.In()):
		return nil, errors.Errorf("model %q takes examples of shape %v, its encoder %q takes %v", m.Name(), m.In(), e.Name(), e.In())
	case !e.Out().Equal(d.In()):
		return nil, errors.Errorf("model %q: %q gives codes of shape %v, %q takes %v", m.Name(), e.Name(), e.Out(), d.Name(), d.In())
	case !d.Out().Equal(m.Out()):
		return nil, errors.Errorf("model %q gives reconstructions of shape %v, its decoder %q gives %v", m.Name(), m.Out(), d.Name(), d.Out())
	}
	return ae, nil
}

// Read reads an autoencoder from a model file, with the file's metadata.
func Read(path string) (*Autoencoder, *graph.File, error) {
	f, err := graph.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	ae, err := From(f.Model)
	return ae, f, errors.WithMessagef(err, "cannot use %s", path)
}

// Resize returns the autoencoder for examples of another shape, with the same weights; see
// graph.Model.Resize. It returns an error if a layer depends on the shape, or if reconstructions
// would have another shape than the examples.
func (a *Autoencoder) Resize(shape ...int) (*Autoencoder, error) {
	m, err := a.Model.Resize(shape...)
	if err != nil {
		return nil, err
	}
	if !m.Out().Equal(m.In()) {
		return nil, errors.Errorf("model %q would make %v of examples of shape %v", m.Name(), m.Out(), m.In())
	}
	return From(m)
}

// Join builds the whole model from its parts. The layers before are on the way from the input to
// the encoder; they belong to neither part.
func Join(encoder, decoder *graph.Model, before ...func(x *graph.Node) *graph.Node) (*Autoencoder, error) {
	for _, part := range []*graph.Model{encoder, decoder} {
		if err := part.Err(); err != nil {
			return nil, err
		}
	}
	x := graph.Input("AE_input", encoder.In()...)
	y := x
	for _, layer := range before {
		y = layer(y)
	}
	m := graph.New("AE", x, decoder.Apply(encoder.Apply(y)))
	m.SetPart(encoderRole, encoder)
	m.SetPart(decoderRole, decoder)
	if err := m.Err(); err != nil {
		return nil, err
	}
	return &Autoencoder{encoder, decoder, m}, nil
}
