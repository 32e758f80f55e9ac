package keras

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/hdf5"
)

// weights are the values of a model's variables as a file holds them, by variable.
type weights map[*variable][]float32

// loader finds the values of variables in a file.
type loader struct {
	builder *builder
	root    *hdf5.Group
	layers  string // the name of groups of layers
	found   weights
	used    map[string]bool // paths of datasets
}

// loadPaths reads a .weights.h5 file, in which Keras 3 stores the variables of a model by paths such as
// layers/dense_1/vars/0: a path names the class of a layer, with a number from the second of this class on,
// and not the layer itself. So nothing but the shapes tells whether a file belongs to a model.
func loadPaths(b *builder, n *network, root *hdf5.Group) (weights, error) {
	l := &loader{builder: b, root: root, layers: "layers", found: weights{}, used: map[string]bool{}}
	if old := "_layer_checkpoint_dependencies"; !root.Has("layers") && root.Has(old) {
		l.layers = old // in files of TensorFlow 2.12 and 2.13
	}
	if err := l.network(n, ""); err != nil {
		return nil, err
	}
	left, err := l.leftOver(root, "", 0)
	if err == nil && len(left) > 0 {
		err = errors.Errorf("want weights of the model's layers alone, got %d more: %s: the file belongs to another model", len(left), someOf(left))
	}
	return l.found, err
}

func (l *loader) network(n *network, path string) error {
	counts := map[string]int{}
	for _, one := range n.layers {
		name := snakeCase(one.Class)
		if k := counts[name]; k > 0 {
			name = fmt.Sprintf("%s_%d", name, k)
		}
		counts[snakeCase(one.Class)]++
		var err error
		if place := path + l.layers + "/" + name; one.inner != nil {
			err = l.network(one.inner, place+"/")
		} else {
			err = l.vars(one, place+"/vars")
		}
		if err != nil {
			return errors.WithMessagef(err, "layer %.60q", one.name)
		}
	}
	return nil
}

// vars reads the variables of one layer.
func (l *loader) vars(one *layer, path string) error {
	for i, v := range l.builder.variables[one] {
		place := fmt.Sprintf("%s/%d", path, i)
		d, err := l.root.Dataset(place)
		if errors.Is(err, hdf5.ErrNotExist) {
			return errors.Errorf("want its %s of shape %v at %s, got nothing there: %s", v.name, graph.Shape(v.shape), place, l.groups())
		}
		if err != nil {
			return err
		}
		if l.found[v], err = floats(d, v); err != nil {
			return err
		}
		l.used[place] = true
	}
	return nil
}

// groups says what the file holds, for a path that it lacks.
func (l *loader) groups() string {
	names := l.root.Names()
	if slices.Contains(names, l.layers) {
		return "the file belongs to another model"
	}
	return fmt.Sprintf("the file holds %s; a model of a class of its own stores its weights by the names of its attributes, which cannot be read: save keras.Model(input, output)", someOf(names))
}

// floats reads the values of a variable from a dataset.
func floats(d *hdf5.Dataset, v *variable) ([]float32, error) {
	if !slices.Equal(d.Shape(), v.shape) {
		return nil, errors.Errorf("want its %s of shape %v, got %v at %s", v.name, graph.Shape(v.shape), graph.Shape(d.Shape()), d.Path())
	}
	return d.Floats(graph.Shape(v.shape).Size())
}

// Bounds of the walk through a file, whose links may lead in circles.
const (
	maxGroups   = 1 << 16
	maxLeftOver = 1 << 10
)

// leftOver returns the paths of datasets that no variable has. The optimizer's are read elsewhere, and states
// of random numbers are dropped.
func (l *loader) leftOver(g *hdf5.Group, path string, depth int) (left []string, err error) {
	if depth > 2*maxDepth+4 || len(l.used) > maxGroups {
		return nil, errors.New("want groups that are not so deep, and not so many")
	}
	for _, name := range g.Names() {
		place := path + name
		if depth == 0 && (name == "optimizer" || name == "_metrics" || name == "metrics") || name == "seed_generator" || name == "_seed_generator" {
			continue
		}
		isGroup, err := g.IsGroup(name)
		if err != nil {
			return nil, err
		}
		if !isGroup {
			if !l.used[place] {
				left = append(left, place)
			}
			continue
		}
		l.used[place+"/"] = true // counts
		inner, err := g.Group(name)
		if err != nil {
			return nil, err
		}
		more, err := l.leftOver(inner, place+"/", depth+1)
		if err != nil {
			return nil, err
		}
		if left = append(left, more...); len(left) > maxLeftOver {
			break
		}
	}
	return left, nil
}

// someOf lists the first of many names.
func someOf(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

var (
	noWord   = regexp.MustCompile(`\W+`)
	wordHead = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	hump     = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snakeCase turns the name of a class into one of a path, as Keras does: Conv2DTranspose is conv2d_transpose.
func snakeCase(class string) string {
	class = noWord.ReplaceAllString(class, "")
	class = wordHead.ReplaceAllString(class, "${1}_$2")
	return strings.ToLower(hump.ReplaceAllString(class, "${1}_$2"))
}

// all returns the variables of a network in Keras's order.
func (b *builder) all(n *network) (all []*variable) {
	for _, l := range n.layers {
		if l.inner != nil {
			all = append(all, b.all(l.inner)...)
		} else {
			all = append(all, b.variables[l]...)
		}
	}
	return all
}

// trainable returns the variables that Keras trains, in the order in which its optimizer keeps them.
func trainable(all []*variable) []*variable {
	return slices.DeleteFunc(slices.Clone(all), func(v *variable) bool { return !v.trained })
}
