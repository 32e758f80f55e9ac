package keras

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/freename"
)

// builder builds models of package graph from networks.
type builder struct {
	open      []int // the height and width of examples, where the input leaves them open
	notes     []string
	said      map[string]bool // the notes
	taken     freename.Counts // of models, without a trailing "_model"
	variables map[*layer][]*variable
	shared    map[*layer]*graph.Model // models of layers that are called several times, and nested ones
	dtypes    map[string]bool
}

func newBuilder(open []int) *builder {
	return &builder{open: open, said: map[string]bool{}, taken: freename.Counts{}, variables: map[*layer][]*variable{}, shared: map[*layer]*graph.Model{}, dtypes: map[string]bool{}}
}

// note adds a note, once.
func (b *builder) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !b.said[text] {
		b.said[text] = true
		b.notes = append(b.notes, text)
	}
}

// modelName returns a name for a model that no other has.
func (b *builder) modelName(name string) string {
	name, suffixed := strings.CutSuffix(cleanName(name), "_model")
	if name = b.taken.Free(name); suffixed {
		name += "_model"
	}
	return name
}

// cleanName returns a name without what names of models and layers may not have.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfffd {
			return '_'
		}
		return r
	}, name)
	if name == "" || name == "_model" {
		return "model"
	}
	return name
}

// model builds a network for inputs of a shape; nil: that of its input layer.
func (b *builder) model(n *network, name string, in graph.Shape) (*graph.Model, error) {
	declared, err := b.input(n.input, in)
	if err != nil {
		return nil, errors.WithMessagef(err, "input %.60q", n.input.name)
	}
	w := &writer{builder: b, network: n, names: freename.Counts{}, nodes: map[ref]*graph.Node{}, open: map[ref]bool{}}
	x := graph.Input(w.name(n.input.name), declared...)
	w.nodes[ref{layer: n.input}] = x
	y, err := w.node(n.output)
	if err != nil {
		return nil, err
	}
	m := graph.New(b.modelName(name), x, y)
	return m, errors.WithMessagef(m.Err(), "model %.60q", n.name)
}

// input returns the shape of an input layer, as ours.
func (b *builder) input(l *layer, in graph.Shape) (graph.Shape, error) {
	var c struct {
		Shape  []*int `json:"batch_shape"`       // Keras 3
		Shape2 []*int `json:"batch_input_shape"` // Keras 2
		Sparse bool   `json:"sparse"`
		Ragged bool   `json:"ragged"`
	}
	if err := json.Unmarshal(l.Config, &c); err != nil {
		return nil, errors.WithStack(err)
	}
	if c.Sparse || c.Ragged {
		return nil, errors.New("want an input of dense arrays, got a sparse or ragged one")
	}
	if c.Shape == nil {
		c.Shape = c.Shape2
	}
	if in == nil && len(c.Shape) < 2 {
		return nil, errors.New("want a model with the shape of its input, got one that was never built: call it on one batch, or give it a keras.Input, and save it again")
	}
	if in != nil && c.Shape == nil {
		return in, nil
	}
	return b.fill(c.Shape[min(1, len(c.Shape)):], in)
}

// fill fills in the sizes of an input that are left open: from the shape in that the model is called with,
// or from the options.
func (b *builder) fill(axes []*int, in graph.Shape) (graph.Shape, error) {
	given := toKeras(in)
	if in != nil && len(given) != len(axes) {
		return nil, errors.Errorf("want %d axes, got shape %v", len(axes), graph.Shape(given))
	}
	shape := make([]int, len(axes))
	for i, n := range axes {
		switch {
		case n != nil && in != nil && *n != given[i]:
			return nil, errors.Errorf("want %d numbers along axis %d, got shape %v", *n, i+1, graph.Shape(given))
		case n != nil:
			shape[i] = *n
		case in != nil:
			shape[i] = given[i]
		case len(b.open) == 2 && i < 2 && len(axes) <= 3:
			shape[i] = b.open[i]
		default:
			return nil, &OpenSizeError{}
		}
	}
	return toOurs(shape), nil
}

// OpenSizeError is the error of a model whose input takes images of any size, if Options.Size names none.
type OpenSizeError struct{}

func (*OpenSizeError) Error() string {
	return "want the height and width of the images, got a model that takes any"
}
