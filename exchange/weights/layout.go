package weights

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// locals are the names of weights in other libraries, by layout, the layer's kind, and our name.
var locals = map[Layout]map[string]map[string]string{
	PyTorch: {
		"Dense":           {"kernel": "weight", "bias": "bias"},
		"Conv2D":          {"kernel": "weight", "bias": "bias"},
		"ConvTranspose2D": {"kernel": "weight", "bias": "bias"},
		"BatchNorm":       {"scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var"},
		"LayerNorm":       {"scale": "weight", "offset": "bias"},
	},
	Keras: {
		"Dense":           {"kernel": "kernel", "bias": "bias"},
		"Conv2D":          {"kernel": "kernel", "bias": "bias"},
		"ConvTranspose2D": {"kernel": "kernel", "bias": "bias"},
		"BatchNorm":       {"scale": "gamma", "offset": "beta", "mean": "moving_mean", "variance": "moving_variance"},
		"LayerNorm":       {"scale": "gamma", "offset": "beta"},
	},
}

// kernels says which axes of ours a kernel's axes are, by layout and the layer's kind. Without an entry
// they are the same.
var kernels = map[Layout]map[string][]int{
	PyTorch: {"Dense": {1, 0}},
	Keras:   {"Conv2D": {2, 3, 1, 0}, "ConvTranspose2D": {2, 3, 1, 0}},
}

// arrange arranges a weight of a node.
func arrange(n *graph.Node, w *graph.Weight, l Layout, found *orders) (Tensor, error) {
	kind := n.Layer().Kind()
	t := Tensor{Weight: w, Kind: kind, Local: w.Local, orders: found.along(n, w)}
	for i := range w.Shape {
		t.axes = append(t.axes, i)
	}
	if local := locals[l][kind][w.Local]; local != "" {
		t.Local = local
		if axes := kernels[l][kind]; axes != nil && w.Local == "kernel" {
			t.axes = axes
		}
	}
	if in := n.Inputs(); l == Keras && kind == "ConvTranspose2D" && w.Local == "kernel" && w.Shape[1] != n.Shape()[0] && len(in) == 1 {
		return t, errors.Errorf("layer %q: want a transposed convolution without groups, which Keras lacks, got %d groups", n.Name(), n.Shape()[0]/w.Shape[1])
	}
	t.Name = name(l, w, t.Local)
	for _, a := range t.axes {
		t.Shape = append(t.Shape, w.Shape[a])
	}
	return t, nil
}

// Known reports whether a layout's library has layers of a kind with such weights.
func Known(l Layout, kind string) bool { return l == Own || locals[l][kind] != nil }
