// Package keras reads models of Keras: archives (.keras), weights (.weights.h5) with the JSON of
// Model.to_json, and whole models in HDF5 (.h5), as Keras 3 and Keras 2 write them. Sequential and functional
// models are read, with models within them and shared layers, if package graph has what their layers compute.
//
// A configuration becomes nodes of package graph (config.go, calls.go, build.go and layers.go), then the
// values of variables become weights (weights.go and legacy.go), and the optimizer's state that of ours
// (optimizer.go). Nothing is dropped in silence: what is not read is refused, or is in Model.Notes.
//
// Where the backends of Keras differ, the numbers are TensorFlow's.
package keras

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Options say how to read a file.
type Options struct {
	// Config is the path of the JSON of Model.to_json, for a file that holds weights alone.
	Config string

	// Size is the height and width of images, for a model that leaves them open.
	Size []int
}

// Model is a model of Keras.
type Model struct {
	*graph.Model

	Version  string   // of Keras; "" if the file does not say
	Notes    []string // what a user would not expect
	Training Training
}

// Slots are the arrays that an optimizer keeps for the weights, in the order of train.Optimizer.Slots.
type Slots map[*graph.Weight][][]float32

// Read reads the model in a file.
func Read(path string, o Options) (*Model, error) {
	m, err := read(path, o)
	return m, errors.WithMessagef(err, "cannot read %s", path)
}

func read(path string, o Options) (*Model, error) {
	f, err := open(path, o.Config)
	if err != nil {
		return nil, err
	}
	defer f.close()
	n, top, err := readNetwork(f.config)
	if err != nil {
		return nil, err
	}
	b := newBuilder(o.Size)
	m, err := b.model(n, n.name, nil)
	if err != nil {
		return nil, err
	}
	values, err := f.weights(b, n)
	if err != nil {
		return nil, err
	}
	if err := fill(m, values); err != nil {
		return nil, err
	}
	if f.compile == nil {
		f.compile = top.Compile
	}
	t, notes, err := f.training(trainable(b.all(n)))
	if err != nil {
		return nil, err
	}
	return &Model{Model: m, Version: f.version, Notes: append(b.notes, notes...), Training: *t}, nil
}

// fill gives the weights of a model their values. Those that Keras lacks, such as the scale of a norm without
// one, begin as they should.
func fill(m *graph.Model, values weights) error {
	if err := m.Init(1); err != nil {
		return err
	}
	for v, x := range values {
		w, err := v.weight()
		if err == nil {
			err = w.Set(v.ours(x))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
