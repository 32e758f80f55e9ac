package autoencoder

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/freename"
)

// Roles say where the encoder of a model from elsewhere ends. The zero value lets Part find it.
type Roles struct {
	Encoder    string // the name of a model within, whose output is the code
	Bottleneck string // the name of a layer, whose output is the code
}

// Parted is a model that Part has made.
type Parted struct {
	*Autoencoder
	Weights map[*graph.Weight]*graph.Weight // those of the model before, and the new ones with the same values
	Note    string                          // where the encoder ends, in one line
}

// Part finds the encoder and the decoder in a model that has no roles, and returns an autoencoder with a new
// model of each. If the model applies two models within, one after another, they are encoder and decoder. Else
// the model is cut after the layer with the smallest output through which everything passes; layers within
// models within count too. It is an error if several layers are the smallest.
func Part(m *graph.Model, how Roles) (*Parted, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if m.In().Size() != m.Out().Size() {
		return nil, errors.Errorf("model %q: want an autoencoder, which gives its input back, got %v inputs and %v outputs", m.Name(), m.In().Size(), m.Out().Size())
	}
	if how == (Roles{}) {
		if e, d := row(m); e != nil {
			m.SetPart(EncoderRole, e)
			m.SetPart(DecoderRole, d)
			ae, err := From(m)
			if err != nil {
				return nil, err
			}
			same := map[*graph.Weight]*graph.Weight{}
			for _, w := range m.Weights() {
				same[w] = w
			}
			return &Parted{ae, same, fmt.Sprintf("the encoder is %s, the decoder %s", e.Name(), d.Name())}, nil
		}
	}
	f := &flattener{names: freename.Counts{}, from: map[*node]*graph.Node{}, uses: uses(m)}
	f.model(m, nil)
	at, err := f.find(m, how)
	if err != nil {
		return nil, err
	}
	return f.cut(m, at)
}

// row returns the two models that a model applies, if the rest of it does nothing outside of training, and what
// the second gives is its output. Any other layer would belong to neither.
func row(m *graph.Model) (encoder, decoder *graph.Model) {
	nodes := m.Nodes()
	var all []*graph.Node
	for _, n := range nodes {
		if n.Model() != nil {
			all = append(all, n)
		} else if len(n.Inputs()) > 0 && !slices.Contains(idle, n.Layer().Kind()) {
			return nil, nil
		}
	}
	if len(all) != 2 || nodes[len(nodes)-1] != all[1] || all[0].Model() == all[1].Model() {
		return nil, nil
	}
	e, d := all[0].Model(), all[1].Model()
	if !e.In().Equal(m.In()) || !d.In().Equal(e.Out()) {
		return nil, nil
	}
	return e, d
}

// idle are the kinds of layers whose output is their input, except in training.
var idle = []string{"Dropout", "SpatialDropout", "GaussianNoise", "ActivityL2"}

// node is a call of a layer in a model whose models within are written out.
type node struct {
	name   string
	layer  graph.Layer // nil for the input
	inputs []*node
	inner  string // the model that it comes from, and those around it
	shape  graph.Shape
	shared *graph.Model // a model that is applied several times, and stays one
}

// flattener writes out the models within that are applied once.
type flattener struct {
	nodes []*node         // inputs before users
	names freename.Counts // of the layers
	from  map[*node]*graph.Node
	uses  map[*graph.Model]int // in the model and all models within
}

// model adds the nodes of a model. x is what it is applied to, or nil for the whole model.
func (f *flattener) model(m *graph.Model, x *node) *node {
	made := map[*graph.Node]*node{}
	var last *node
	for i, n := range m.Nodes() {
		var in []*node
		for _, from := range n.Inputs() {
			in = append(in, made[from])
		}
		inner := n.Model()
		switch {
		case i == 0 && x != nil:
			last = x
		case inner != nil && f.uses[inner] == 1:
			last = f.model(inner, in[0])
			last.inner += "\x00" + inner.Name()
		default:
			last = &node{name: f.names.Free(n.Name()), layer: n.Layer(), inputs: in, shape: n.Shape(), shared: inner}
			f.nodes, f.from[last] = append(f.nodes, last), n
		}
		made[n] = last
	}
	return last
}

// uses counts how often each model is applied in m and all models within, which may share some.
func uses(m *graph.Model) map[*graph.Model]int {
	count := map[*graph.Model]int{}
	for _, within := range m.Models() {
		for _, n := range within.Nodes() {
			if inner := n.Model(); inner != nil {
				count[inner]++
			}
		}
	}
	return count
}

// passes returns the nodes through which everything passes from the input to the output, without these two.
func (f *flattener) passes() (all []*node) {
	place := map[*node]int{}
	for i, n := range f.nodes {
		place[n] = i
	}
	reach := 0 // the last node that uses one of those before
	last := make([]int, len(f.nodes))
	for i, n := range f.nodes {
		for _, in := range n.inputs {
			last[place[in]] = i
		}
	}
	for i, n := range f.nodes[:len(f.nodes)-1] {
		if i > 0 && reach <= i {
			all = append(all, n)
		}
		reach = max(reach, last[i])
	}
	return all
}

// find returns the node whose output is the code.
func (f *flattener) find(m *graph.Model, how Roles) (*node, error) {
	all := f.passes()
	var names []string
	for _, n := range all {
		names = append(names, n.name)
	}
	if name := how.Bottleneck; name != "" {
		if i := slices.Index(names, name); i >= 0 {
			return all[i], nil
		}
		return nil, errors.Errorf("want a layer through which everything passes as the bottleneck, one of %s, got %q", strings.Join(names, ", "), name)
	}
	if name := how.Encoder; name != "" {
		for _, n := range all {
			if slices.Contains(strings.Split(n.inner, "\x00"), name) || n.shared != nil && n.shared.Name() == name {
				return n, nil
			}
		}
		return nil, errors.Errorf("want a model within that is applied once and through which everything passes as the encoder, got %q: --bottleneck names a layer, one of %s", name, strings.Join(names, ", "))
	}
	return smallest(m, all)
}

// smallest returns the node with the smallest output. Of layers that follow one another and keep the size, as an
// activation does, it is the last.
func smallest(m *graph.Model, all []*node) (*node, error) {
	var best *node
	var equal []string
	for i, n := range all {
		switch size := n.shape.Size(); {
		case best == nil || size < best.shape.Size():
			best, equal = n, []string{n.name}
		case size > best.shape.Size():
		case all[i-1] == best && len(n.inputs) == 1 && n.inputs[0] == best && len(n.layer.Weights(best.shape)) == 0:
			best = n
			equal[len(equal)-1] = n.name
		default:
			best = n
			equal = append(equal, n.name)
		}
	}
	switch {
	case best == nil || best.shape.Size() >= m.In().Size():
		return nil, errors.Errorf("model %q: want an autoencoder with a layer that is smaller than its input of %d numbers, got none through which everything passes: --bottleneck names the layer whose output is the code", m.Name(), m.In().Size())
	case len(equal) > 1:
		return nil, errors.Errorf("model %q: want one layer that is the smallest, got %d with %d numbers each: %s; --bottleneck names the one whose output is the code", m.Name(), len(equal), best.shape.Size(), strings.Join(equal, ", "))
	}
	return best, nil
}

// cut makes encoder, decoder and model.
func (f *flattener) cut(m *graph.Model, at *node) (*Parted, error) {
	end := slices.Index(f.nodes, at) + 1
	taken := map[string]bool{strings.TrimSuffix(m.Name(), "_model"): true}
	for _, n := range f.nodes {
		if n.shared != nil {
			for _, inner := range n.shared.Models() {
				taken[strings.TrimSuffix(inner.Name(), "_model")] = true
			}
		}
	}
	name := func(base string) string {
		for taken[base] {
			base += "_part"
		}
		taken[base] = true
		return base
	}
	p := &Parted{Weights: map[*graph.Weight]*graph.Weight{}, Note: fmt.Sprintf("the encoder ends with the layer %s, whose output of %v is the code", at.name, at.shape)}
	encoder, err := f.part(p, name("encoder"), nil, f.nodes[:end])
	if err != nil {
		return nil, err
	}
	decoder, err := f.part(p, name("decoder"), at, f.nodes[end:])
	if err != nil {
		return nil, err
	}
	x := graph.Input(f.nodes[0].name, m.In()...)
	whole := graph.New(m.Name(), x, decoder.Apply(encoder.Apply(x)))
	whole.SetPart(EncoderRole, encoder)
	whole.SetPart(DecoderRole, decoder)
	p.Autoencoder, err = From(whole)
	return p, err
}

// part makes a model of nodes. from is the node before them, or nil if the first of them is the input.
func (f *flattener) part(p *Parted, name string, from *node, nodes []*node) (*graph.Model, error) {
	made := map[*node]*graph.Node{}
	var x *graph.Node
	if from != nil {
		x = graph.Input(name+"_input", from.shape...)
		made[from] = x
	}
	var y *graph.Node
	for _, n := range nodes {
		var in []*graph.Node
		for _, i := range n.inputs {
			in = append(in, made[i])
		}
		y = graph.Call(n.name, n.layer, in...)
		if x == nil {
			x = y
		}
		made[n] = y
	}
	m := graph.New(name, x, y)
	if err := m.Err(); err != nil {
		return nil, err
	}
	for _, n := range nodes {
		old := f.from[n].Weights()
		for i, w := range made[n].Weights() {
			if err := w.Set(old[i].Data); err != nil {
				return nil, err
			}
			p.Weights[old[i]] = w
		}
		if n.shared != nil {
			for _, w := range n.shared.Weights() {
				p.Weights[w] = w
			}
		}
	}
	return m, nil
}
