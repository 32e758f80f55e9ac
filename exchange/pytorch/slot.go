package pytorch

import (
	"fmt"
	"slices"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/weights"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// slot is a layer of ours with weights, which a module of PyTorch may fill.
type slot struct {
	node  *graph.Node
	place int // in the model: layers stand before those that use them
	side  int
	parts []weights.Tensor // in PyTorch's layout
	norm  *slot            // the BatchNorm that takes this layer's output, if nothing else does

	sampled bool      // a GaussianSample takes the output
	bias    []float32 // of a layer before, to be taken off the means of this norm
}

// primary is the name of the tensor by which a module is found.
const primary = "weight"

// find returns the part of a name in a module, as "running_mean", or nil.
func (s *slot) find(local string) *weights.Tensor {
	for i := range s.parts {
		if s.parts[i].Local == local {
			return &s.parts[i]
		}
	}
	return nil
}

// kind describes what a module must be like to fill the slot.
func (s *slot) kind() string {
	p := s.find(primary)
	if p == nil {
		return "" // none of PyTorch's layers
	}
	return kindOf(p.Shape, s.find("running_mean") != nil)
}

// kindOf describes a layer by the shape of its first tensor.
func kindOf(shape []int, averages bool) string {
	switch {
	case averages:
		return fmt.Sprintf("BatchNorm of %v", graph.Shape(shape))
	case len(shape) == 1:
		return fmt.Sprintf("LayerNorm of %v", graph.Shape(shape))
	}
	return fmt.Sprintf("kernel of %v", graph.Shape(shape))
}

// slots returns the layers of an autoencoder that have weights, in order.
func slots(ae *autoencoder.Autoencoder, size images.Size) ([]*slot, error) {
	all, _, err := weights.Arrange(ae.Model, weights.PyTorch, size)
	if err != nil {
		return nil, err
	}
	tensors := map[*graph.Weight]weights.Tensor{}
	for _, t := range all {
		tensors[t.Weight] = t
	}
	var found []*slot
	byNode := map[*graph.Node]*slot{}
	for _, m := range ae.Model.Models() {
		for _, n := range m.Nodes() {
			if len(n.Weights()) == 0 {
				continue
			}
			s := &slot{node: n, place: len(found), side: sideOf(ae, m)}
			for _, w := range n.Weights() {
				s.parts = append(s.parts, tensors[w])
			}
			found = append(found, s)
			byNode[n] = s
		}
		for _, n := range m.Nodes() {
			if users := usersOf(m, n); byNode[n] != nil && len(users) == 1 {
				switch users[0].Layer().Kind() {
				case "BatchNorm":
					byNode[n].norm = byNode[users[0]]
				case "GaussianSample":
					byNode[n].sampled = true
				}
			}
		}
	}
	return found, nil
}

func sideOf(ae *autoencoder.Autoencoder, m *graph.Model) int {
	switch {
	case slices.Contains(ae.Encoder.Models(), m):
		return encoderSide
	case slices.Contains(ae.Decoder.Models(), m):
		return decoderSide
	}
	return noSide
}

// usersOf returns the calls in a model that take the output of a node.
func usersOf(m *graph.Model, n *graph.Node) (users []*graph.Node) {
	for _, other := range m.Nodes() {
		if slices.Contains(other.Inputs(), n) {
			users = append(users, other)
		}
	}
	return users
}
