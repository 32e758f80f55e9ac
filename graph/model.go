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

// Model is a graph of layers from one input to one output. Apply calls it as one layer of another
// model. Its only state is its weights.
type Model struct {
	name    string
	nodes   []*Node   // inputs before users; the first is the input, the last the output
	models  []*Model  // the models applied in it, inner first, each once, itself last
	weights []*Weight // the weights of all those models, in that order
	parts   map[string]*Model
	calls   int      // the layers in one graph: a model within counts as often as it is applied
	guards  []*guard // of all weights
	err     error
	free    predictors
}

// New makes a model of the nodes between in, which must be an Input, and out. The model's name must
// be unique among the models that it is used with. The model keeps the first error in its making;
// Err, Init, Predict and all other methods that use the model return it.
//
// A node belongs to one model. To use another model's layers, apply that model.
func New(name string, in, out *Node) *Model {
	m := &Model{name: name}
	if err := m.assemble(in, out); err != nil {
		m.err = errors.Wrapf(err, "model %q", name)
	}
	return m
}

// Err returns the first error in the making of the model, or nil.
func (m *Model) Err() error { return m.err }

// Name returns the model's name.
func (m *Model) Name() string { return m.name }

// Nodes returns the model's calls, inputs before users: the first is the Input, the last the
// output.
func (m *Model) Nodes() []*Node { return m.nodes }

// Models returns the models applied within, each once, inner ones first, and the model itself last.
func (m *Model) Models() []*Model { return m.models }

// Weights returns the weights of all models within, inner ones first.
func (m *Model) Weights() []*Weight { return m.weights }

// In returns the shape of an input example, or nil if the model has an error.
func (m *Model) In() Shape {
	if m.err != nil {
		return nil
	}
	return m.nodes[0].shape
}

// Out returns the shape of an output, or nil if the model has an error.
func (m *Model) Out() Shape {
	if m.err != nil {
		return nil
	}
	return m.nodes[len(m.nodes)-1].shape
}

func (m *Model) assemble(in, out *Node) error {
	if in == nil || out == nil {
		return errors.New("want an input and an output, got nil")
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

// order returns a node and all nodes below it, inputs before users.
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
		return errors.Errorf("want an Input as the model's input, got %q", in.name)
	}
	if !slices.Contains(nodes, in) {
		return errors.Errorf("want an output that depends on the input %q, got one that does not", in.name)
	}
	for _, n := range nodes {
		if n.owner != nil {
			return errors.Errorf("want layers of no other model, got %q of model %q: apply that model instead", n.name, n.owner.name)
		}
		if len(n.inputs) == 0 && n != in {
			return errors.Errorf("want an output that depends on the input %q alone, got one that depends on %q", in.name, n.name)
		}
	}
	return nil
}

// checkName refuses names that would make a weight's name ambiguous, or that a file cannot hold.
func checkName(name string) error {
	if name == "" || !utf8.ValidString(name) || strings.Contains(name, "/") || strings.ContainsFunc(name, unicode.IsControl) {
		return errors.Errorf("want a name that is not empty and has no slash, line break or invalid UTF-8, got the name %.60q", name)
	}
	return nil
}

// nameNodes names the nodes that have no name, and refuses equal names.
func nameNodes(nodes []*Node) error {
	taken := map[string]bool{}
	for _, n := range nodes {
		if n.name == "" || n.auto {
			continue
		}
		if taken[n.name] {
			return errors.Errorf("want a different name for each layer, got %q twice", n.name)
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

// freeName finds a name for a node: the name of the model that it applies, if that is free, else
// that name or the layer's kind with a number.
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

// maxCalls bounds the layers in one graph. Models that apply one another twice double them at each
// level, so a short file could ask for any number.
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
			return errors.Errorf("want at most %d layers, counting models as often as they are applied, got more", maxCalls)
		}
		for _, mm := range inner.models {
			if other, ok := owners[mm.prefix()]; ok && other != mm {
				return errors.Errorf("want a different name for each model within, since weights are named after it, got %q twice", mm.name)
			}
			if owners[mm.prefix()] == nil {
				owners[mm.prefix()] = mm
				m.models = append(m.models, mm)
			}
		}
	}
	if owners[m.prefix()] != nil {
		return errors.New("want another name than the models within, got the same")
	}
	m.models = append(m.models, m)
	own := &guard{name: m.prefix()}
	for _, n := range m.nodes {
		if n.weights != nil {
			continue // the weights of the model that was resized
		}
		var err error
		if n.weights, err = newWeights(own, n); err != nil {
			return err
		}
	}
	for _, mm := range m.models {
		for _, n := range mm.nodes {
			m.weights = append(m.weights, n.weights...)
		}
	}
	m.guards = guards(m.weights)
	for _, n := range m.nodes {
		n.owner = m
		for _, in := range n.inputs {
			in.users = append(in.users, n)
		}
	}
	return nil
}

// prefix returns the first part of the weights' names.
func (m *Model) prefix() string { return strings.TrimSuffix(m.name, "_model") }

func newWeights(owner *guard, n *Node) ([]*Weight, error) {
	var weights []*Weight
	taken := map[string]bool{}
	for _, s := range n.layer.Weights(n.inShapes()...) {
		err := checkName(s.Name)
		if err == nil {
			err = checkWeight(s.Shape)
		}
		if err == nil && (taken[s.Name] || s.Init == nil) {
			err = errors.New("want a name of its own and an initialiser")
		}
		if err != nil {
			return nil, errors.Wrapf(err, "layer %q (%s): weight %q", n.name, n.layer.Kind(), s.Name)
		}
		taken[s.Name] = true
		name := owner.name + "/" + n.name + "/" + s.Name
		weights = append(weights, &Weight{Name: name, Shape: s.Shape, Kept: s.Kept, Local: s.Name, init: s.Init, guard: owner})
	}
	return weights, nil
}

// Init gives every weight its first values. They follow from the seed and the weight's name alone.
func (m *Model) Init(seed uint64) error {
	if m.err != nil {
		return m.err
	}
	m.Change(func() {
		for _, w := range m.weights {
			w.alloc()
			w.init.Fill(w.Data, w.Shape, random.New(seed, "weight", w.Name).Float32)
		}
	})
	return nil
}

// Ready returns an error if the model has one, or if a weight has no values yet.
func (m *Model) Ready() error {
	if m.err != nil {
		return m.err
	}
	if len(m.nodes) == 0 {
		return errors.New("want a model that New made, got an empty one")
	}
	for _, w := range m.weights {
		if w.Data == nil {
			return errors.Errorf("model %q: want values for all weights, got no values yet for %q: call Init, or load a file", m.name, w.Name)
		}
	}
	return nil
}
