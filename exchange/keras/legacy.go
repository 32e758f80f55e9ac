package keras

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/hdf5"
)

// loadNames reads the weights of a whole-model .h5 file: a group for each layer of the model, with an
// attribute that lists its variables, the trained ones first. Those of a nested model lie in its group.
func loadNames(b *builder, n *network, group *hdf5.Group) (weights, error) {
	names, err := texts(group, "layer_names")
	if err != nil {
		return nil, err
	}
	var layers []*layer
	for _, l := range n.layers {
		if len(b.of(l)) > 0 {
			layers = append(layers, l)
		}
	}
	stored := map[string][]string{}
	var with []string // names of the layers that have weights
	for _, name := range names {
		g, err := group.Group(name)
		if err != nil {
			return nil, err
		}
		if stored[name], err = texts(g, "weight_names"); err != nil {
			return nil, err
		}
		if len(stored[name]) > 0 {
			with = append(with, name)
		}
	}
	if len(with) != len(layers) {
		return nil, errors.Errorf("want the weights of %d layers, got those of %d: %s: the file belongs to another model", len(layers), len(with), someOf(with))
	}
	// Keras goes by the order: names may be those of another session, whose dense_1 is the first layer and not the
	// second. So they count only if all are there.
	named := !slices.ContainsFunc(layers, func(l *layer) bool { return !slices.Contains(with, l.name) })
	found := weights{}
	for i, l := range layers {
		name := with[i]
		if named {
			name = l.name
		}
		if err := found.layer(group, name, stored[name], legacyOrder(b.of(l))); err != nil {
			return nil, errors.WithMessagef(err, "layer %.60q", l.name)
		}
	}
	return found, nil
}

// of returns the variables of a layer, or of a nested model.
func (b *builder) of(l *layer) []*variable {
	if l.inner != nil {
		return b.all(l.inner)
	}
	return b.variables[l]
}

// legacyOrder puts the variables that are trained before the others.
func legacyOrder(all []*variable) []*variable {
	rest := slices.DeleteFunc(slices.Clone(all), func(v *variable) bool { return v.trained })
	return append(trainable(all), rest...)
}

// layer reads the variables of one layer, whose datasets have names in a group.
func (w weights) layer(group *hdf5.Group, layer string, names []string, all []*variable) error {
	if len(names) != len(all) {
		return errors.Errorf("want %d variables, got %d: %s", len(all), len(names), someOf(names))
	}
	for i, v := range all {
		if got := lastName(names[i]); !v.called(got) {
			return errors.Errorf("want %s as its variable %d, got %.60q", v.name, i+1, names[i])
		}
		d, err := group.Dataset(layer + "/" + names[i])
		if err != nil {
			return err
		}
		if w[v], err = floats(d, v); err != nil {
			return err
		}
	}
	return nil
}

// lastName returns the last part of a variable's name: "kernel" of "dense/kernel:0".
func lastName(name string) string {
	name = name[strings.LastIndex(name, "/")+1:]
	name, _, _ = strings.Cut(name, ":")
	return name
}

// called reports whether a file may call the variable so. Keras 2 calls the kernel of a depthwise convolution
// depthwise_kernel.
func (v *variable) called(name string) bool {
	return v.name == name || v.name == "kernel" && name == "depthwise_kernel"
}

// texts reads a list of names from an attribute. Lists that are too long for one attribute are in several, with
// the numbers 0, 1, ... after the name.
func texts(g *hdf5.Group, name string) ([]string, error) {
	v, err := g.Attr(name)
	if err == nil {
		return names(v)
	}
	if !errors.Is(err, hdf5.ErrNotExist) {
		return nil, err
	}
	var all []string
	for i := 0; ; i++ {
		v, other := g.Attr(name + strconv.Itoa(i))
		if errors.Is(other, hdf5.ErrNotExist) && i > 0 {
			return all, nil
		}
		if other != nil {
			return nil, errors.Errorf("%s: want the attribute %s, got none: this is no file of a Keras model", g.Path(), name)
		}
		more, other := names(v)
		if other != nil {
			return nil, other
		}
		all = append(all, more...)
	}
}

// names returns the texts of an attribute. An empty list has the type of numbers.
func names(v hdf5.Value) ([]string, error) {
	if v.Shape() == nil || graph.Shape(v.Shape()).Size() == 0 {
		return nil, nil
	}
	return v.Texts()
}
