package graph

import (
	"encoding/json"

	"github.com/pkg/errors"
)

// architecture is the content of a model file beside the weights: the models within a model, inner
// ones first, each once. A layer names its inputs. A layer of kind "Model" calls an earlier model.
type architecture struct {
	Models []modelSpec `json:"models"`
}

// modelSpec is one model. Its first layer is the Input, its last layer the output.
type modelSpec struct {
	Name   string      `json:"name"`
	Layers []layerSpec `json:"layers"`
}

type layerSpec struct {
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	Inputs []string        `json:"inputs,omitempty"`
	Config json.RawMessage `json:"config"`
}

// callSpec is the configuration of a call of a model.
type callSpec struct {
	Model string `json:"model"`
}

// Config returns the layer's configuration as JSON, as model files have it. docs/model-file.md lists
// the fields of each kind, with the defaults of those that may be left out. The call of a model has
// {"model": name}.
func (n *Node) Config() ([]byte, error) {
	var config any = n.layer
	if inner, ok := n.layer.(applied); ok {
		config = callSpec{inner.name}
	}
	text, err := json.Marshal(config)
	return text, errors.Wrapf(err, "layer %q (%s)", n.name, n.layer.Kind())
}

// maxModels bounds the models of a file: each keeps a list of all models within it.
const maxModels = 1 << 10

// Architecture returns the model without its weights as JSON. It always returns the same bytes.
// ReadArchitecture reads them.
func (m *Model) Architecture() ([]byte, error) {
	if m.err != nil {
		return nil, m.err
	}
	var a architecture
	for _, mm := range m.models {
		s := modelSpec{Name: mm.name}
		for _, n := range mm.nodes {
			text, err := n.Config()
			if err != nil {
				return nil, err
			}
			l := layerSpec{Name: n.name, Kind: n.layer.Kind(), Config: text}
			for _, in := range n.inputs {
				l.Inputs = append(l.Inputs, in.name)
			}
			s.Layers = append(s.Layers, l)
		}
		a.Models = append(a.Models, s)
	}
	return json.Marshal(a)
}

// ReadArchitecture builds the model that Architecture wrote. Its weights have no values yet. Layer
// kinds of other packages must have been registered. A mistake in the text is a FormatError or an
// UnsupportedError.
func ReadArchitecture(text []byte) (*Model, error) {
	m, err := readArchitecture(text)
	return m, typed(err)
}

func readArchitecture(text []byte) (*Model, error) {
	a, err := decode(text, architecture{})
	if err != nil {
		return nil, errors.Wrap(err, "architecture")
	}
	if len(a.Models) > maxModels {
		return nil, errors.Errorf("architecture: want at most %d models, got %d", maxModels, len(a.Models))
	}
	var m *Model
	models := map[string]*Model{}
	for _, s := range a.Models {
		if models[s.Name] != nil {
			return nil, errors.Errorf("architecture: want a different name for each model, got %q twice", s.Name)
		}
		if m, err = s.build(models); err != nil {
			return nil, errors.Wrapf(err, "architecture: model %q", s.Name)
		}
		models[s.Name] = m
	}
	if m == nil {
		return nil, errors.New("architecture: want at least one model, got no models")
	}
	if len(m.models) != len(models) {
		return nil, errors.Errorf("architecture: want the last model to use all %d models, got %q, which uses %d", len(models), m.name, len(m.models))
	}
	return m, nil
}

func (s modelSpec) build(models map[string]*Model) (*Model, error) {
	if len(s.Layers) == 0 {
		return nil, errors.New("want at least one layer, got no layers")
	}
	nodes := map[string]*Node{}
	var last *Node
	for _, l := range s.Layers {
		if nodes[l.Name] != nil {
			return nil, errors.Errorf("want a different name for each layer, got %q twice", l.Name)
		}
		if err := checkName(l.Name); err != nil {
			return nil, err
		}
		layer, err := l.layer(models)
		if err != nil {
			return nil, errors.Wrapf(err, "layer %q", l.Name)
		}
		in := make([]*Node, len(l.Inputs))
		for i, name := range l.Inputs {
			if in[i] = nodes[name]; in[i] == nil {
				return nil, errors.Errorf("layer %q: want inputs from the layers before it, got %q", l.Name, name)
			}
		}
		last = Call(l.Name, layer, in...)
		nodes[l.Name] = last
	}
	m := &Model{name: s.Name}
	if err := m.assemble(nodes[s.Layers[0].Name], last); err != nil {
		return nil, err
	}
	if len(m.nodes) != len(s.Layers) {
		return nil, errors.Errorf("want the last layer to use all %d layers, got one that uses %d", len(s.Layers), len(m.nodes))
	}
	return m, nil
}

func (l layerSpec) layer(models map[string]*Model) (Layer, error) {
	if l.Kind != (applied{}).Kind() {
		return readLayer(l.Kind, l.Config)
	}
	call, err := decode(l.Config, callSpec{})
	if err != nil {
		return nil, errors.Wrap(err, "configuration of a model's call")
	}
	if models[call.Model] == nil {
		return nil, errors.Errorf("want a call of a model before this one, got %q", call.Model)
	}
	return applied{models[call.Model]}, nil
}
