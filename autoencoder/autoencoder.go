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

// Autoencoder is an encoder, a decoder and the whole model that applies both. They share their
// weights.
type Autoencoder struct {
	Encoder *graph.Model // example -> code
	Decoder *graph.Model // code -> reconstruction
	Model   *graph.Model // example -> reconstruction; this one is trained
}

// The roles of the parts in a model and its file; see graph.Model.SetPart. A model can have parts
// in other roles too.
const (
	EncoderRole = "encoder"
	DecoderRole = "decoder"
)

// From finds the encoder and the decoder in a model by their roles. Files of the first version have
// no roles: in a model without any, the encoder is the first model that it applies, the decoder the
// last. It returns an error if the model has no encoder or no decoder, or if they do not fit
// together.
func From(m *graph.Model) (*Autoencoder, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	e, d := m.Part(EncoderRole), m.Part(DecoderRole)
	if len(m.Parts()) == 0 {
		e, d = firstAndLast(m)
	}
	switch {
	case e == nil || d == nil:
		return nil, errors.Errorf("model %q: want an encoder and a decoder, got a model without", m.Name())
	case !e.In().Equal(m.In()):
		return nil, errors.Errorf("model %q: want an encoder of examples of shape %v, got %q for shape %v", m.Name(), m.In(), e.Name(), e.In())
	case !d.In().Equal(e.Out()):
		return nil, errors.Errorf("model %q: want a decoder of codes of shape %v, got %q for shape %v", m.Name(), e.Out(), d.Name(), d.In())
	case !d.Out().Equal(m.Out()):
		return nil, errors.Errorf("model %q: want a decoder that makes shape %v, got %q that makes %v", m.Name(), m.Out(), d.Name(), d.Out())
	}
	return &Autoencoder{Encoder: e, Decoder: d, Model: m}, nil
}

// firstAndLast returns the first and the last of the models that a model applies, or nil if it
// applies fewer than two.
func firstAndLast(m *graph.Model) (first, last *graph.Model) {
	var applied []*graph.Model
	for _, n := range m.Nodes() {
		if inner := n.Model(); inner != nil {
			applied = append(applied, inner)
		}
	}
	if len(applied) < 2 {
		return nil, nil
	}
	return applied[0], applied[len(applied)-1]
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

// Join builds the whole model from its parts. The layers before are on the way from the input to
// the encoder; they belong to neither part.
func Join(encoder, decoder *graph.Model, before ...func(x *graph.Node) *graph.Node) (*Autoencoder, error) {
	return join(encoder, decoder, before, nil)
}

// JoinBy builds the whole model from its parts and a layer between encoder and decoder, which
// belongs to neither part. It must keep the shape of a code.
func JoinBy(encoder, decoder *graph.Model, between func(code *graph.Node) *graph.Node) (*Autoencoder, error) {
	return join(encoder, decoder, nil, []func(*graph.Node) *graph.Node{between})
}

func join(encoder, decoder *graph.Model, before, between []func(*graph.Node) *graph.Node) (*Autoencoder, error) {
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
	y = encoder.Apply(y)
	for _, layer := range between {
		y = layer(y)
	}
	m := graph.New("AE", x, decoder.Apply(y))
	m.SetPart(EncoderRole, encoder)
	m.SetPart(DecoderRole, decoder)
	if err := m.Err(); err != nil {
		return nil, err
	}
	return &Autoencoder{encoder, decoder, m}, nil
}
