package graph

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Model is a graph of layers from one input to one output. Apply calls it as one layer of another model. Its only
// state is the weights of its nodes.
type Model struct {
	name    string
	nodes   []*Node   // inputs before users; the first is the input, the last the output
	models  []*Model  // the models applied in it, inner first, each once, itself last
	weights []*Weight // of all those models, in that order
	parts   map[string]*Model
	calls   int // of layers in one graph: a model within counts as often as it is applied
	err     error
	free    predictors
}

// New makes a model of the nodes between in, an Input, and out. Its name must be unique among the models that it is
// used with. An error made on the way is kept, and returned by Err, Init, Predict and whatever else uses the model.
//
// A node belongs to one model. A model that wants another's layers applies that model.
func New(name string, in, out *Node) *Model {
	m := &Model{name: name}
	if err := m.assemble(in, out); err != nil {
		m.err = errors.Wrapf(err, "model %q", name)
	}
	return m
}

// Err is the first error that was made in building the model, or nil.
func (m *Model) Err() error { return m.err }

// Name is the model's name.
func (m *Model) Name() string { return m.name }

// Nodes are the model's calls, inputs before users: the first is the Input, the last the output.
func (m *Model) Nodes() []*Node { return m.nodes }

// Models are the models applied within, each once, inner ones first, and the model itself last.
func (m *Model) Models() []*Model { return m.models }

// Weights are the weights of all models within, inner ones first.
func (m *Model) Weights() []*Weight { return m.weights }

// In is the shape of an input example; nil if there was an error in building the model.
func (m *Model) In() Shape {
	if m.err != nil {
		return nil
	}
	return m.nodes[0].shape
}

// Out is the shape of an output; nil if there was an error in building the model.
func (m *Model) Out() Shape {
	if m.err != nil {
		return nil
	}
	return m.nodes[len(m.nodes)-1].shape
}

func (m *Model) assemble(in, out *Node) error {
	if in == nil || out == nil {
		return errors.New("input or output is nil")
	}
	if out.err != nil {
		return out.err
	}
	if in.err != nil {
		return in.err
	}
	if err := checkName(m.prefix()); err != nil {
		return err
	}
	nodes := order(out)
	if err := m.checkNodes(nodes, in); err != nil {
		return err
	}
	if err := nameNodes(nodes); err != nil {
		return err
	}
	m.nodes = nodes
	return m.own()
}

// order lists a node and all below it, inputs before users.
func order(out *Node) []*Node {
	var nodes []*Node
	seen := map[*Node]bool{}
	var visit func(*Node)
	visit = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, x := range n.inputs {
			visit(x)
		}
		nodes = append(nodes, n)
	}
	visit(out)
	return nodes
}

func (m *Model) checkNodes(nodes []*Node, in *Node) error {
	if _, ok := in.layer.(input); !ok {
		return errors.Errorf("%q is no Input", in.name)
	}
	if !slices.Contains(nodes, in) {
		return errors.Errorf("the output does not depend on the input %q", in.name)
	}
	for _, n := range nodes {
		if n.owner != nil {
			return errors.Errorf("layer %q already belongs to model %q: apply that model instead of using its layers", n.name, n.owner.name)
		}
		if len(n.inputs) == 0 && n != in {
			return errors.Errorf("the output depends on %q, which is not the model's input %q", n.name, in.name)
		}
	}
	return nil
}

// checkName refuses what would make a weight's name ambiguous or could not be written to a file.
func checkName(name string) error {
	if name == "" || !utf8.ValidString(name) || strings.Contains(name, "/") || strings.ContainsFunc(name, unicode.IsControl) {
		return errors.Errorf("the name %q: want one that is not empty and has no slash, line break or invalid UTF-8", name)
	}
	return nil
}

// nameNodes gives names to nodes that have none, and refuses two alike.
func nameNodes(nodes []*Node) error {
	taken := map[string]bool{}
	for _, n := range nodes {
		if n.name == "" || n.auto {
			continue
		}
		if taken[n.name] {
			return errors.Errorf("two layers are named %q", n.name)
		}
		taken[n.name] = true
	}
	for _, n := range nodes {
		if n.name == "" || n.auto {
			n.name = freeName(n, taken)
			taken[n.name] = true
		}
		if err := checkName(n.name); err != nil {
			return err
		}
	}
	return nil
}

// freeName finds a name for a node: that of the model it applies if it is free, else it or the layer's kind with a
// number.
func freeName(n *Node, taken map[string]bool) string {
	base := n.name
	if base == "" {
		base = strings.ToLower(n.layer.Kind())
	} else if !taken[base] {
		return base
	}
	for i := 1; ; i++ {
		if name := fmt.Sprintf("%s_%d", base, i); !taken[name] {
			return name
		}
	}
}

// maxCalls bounds the layers in one graph: models that apply one another twice double them at each level, so that a short
// file could ask for any number.
const maxCalls = 1 << 16

// own collects the inner models, claims the nodes and makes their weights.
func (m *Model) own() error {
	owners := map[string]*Model{}
	for _, n := range m.nodes {
		m.calls++
		inner, ok := n.layer.(applied)
		if !ok {
			continue
		}
		if m.calls += inner.calls; m.calls > maxCalls {
			return errors.Errorf("more than %d layers, counting models as often as they are applied", maxCalls)
		}
		for _, mm := range inner.models {
			if other, ok := owners[mm.prefix()]; ok && other != mm {
				return errors.Errorf("two different models within are named %q, which would give their weights the same names", mm.name)
			}
			if owners[mm.prefix()] == nil {
				owners[mm.prefix()] = mm
				m.models = append(m.models, mm)
			}
		}
	}
	if owners[m.prefix()] != nil {
		return errors.New("a model within has the same name")
	}
	m.models = append(m.models, m)
	for _, n := range m.nodes {
		if n.weights != nil {
			continue // those of the model that was resized
		}
		var err error
		if n.weights, err = newWeights(m.prefix(), n); err != nil {
			return err
		}
	}
	for _, mm := range m.models {
		for _, n := range mm.nodes {
			m.weights = append(m.weights, n.weights...)
		}
	}
	for _, n := range m.nodes {
		n.owner = m
		for _, in := range n.inputs {
			in.users = append(in.users, n)
		}
	}
	return nil
}

// prefix is the first part of the weights' names.
func (m *Model) prefix() string { return strings.TrimSuffix(m.name, "_model") }

func newWeights(owner string, n *Node) ([]*Weight, error) {
	var weights []*Weight
	taken := map[string]bool{}
	for _, s := range n.layer.Weights(n.inShapes()...) {
		err := checkName(s.Name)
		if err == nil {
			err = checkShape(s.Shape)
		}
		if err == nil && (taken[s.Name] || s.Init == nil) {
			err = errors.New("want a name of its own and an initialiser")
		}
		if err != nil {
			return nil, errors.Wrapf(err, "layer %q (%s): weight %q", n.name, n.layer.Kind(), s.Name)
		}
		taken[s.Name] = true
		name := owner + "/" + n.name + "/" + s.Name
		weights = append(weights, &Weight{Name: name, Shape: s.Shape, Kept: s.Kept, Local: s.Name, init: s.Init})
	}
	return weights, nil
}

// Init gives every weight its first values, which follow from the seed and the weight's name alone.
func (m *Model) Init(seed uint64) error {
	if m.err != nil {
		return m.err
	}
	for _, w := range m.weights {
		w.alloc()
		w.init.Fill(w.Data, w.Shape, random.New(seed, "weight", w.Name).Float32)
	}
	return nil
}

// Ready returns an error if the model was not built well or its weights have no values yet.
func (m *Model) Ready() error {
	if m.err != nil {
		return m.err
	}
	for _, w := range m.weights {
		if w.Data == nil {
			return errors.Errorf("model %q: weight %q has no values yet: call Init, or load a file", m.name, w.Name)
		}
	}
	return nil
}
