package keras

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// built builds a Sequential model, whose layers are separated by commas, for inputs of a shape of Keras.
func built(t *testing.T, shape, layers string) (*graph.Model, []string, error) {
	t.Helper()
	n, _, err := readNetwork([]byte(`{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": ` + shape + `}}, ` + layers + `]}}`))
	if err != nil {
		t.Fatal(err)
	}
	b := newBuilder(nil)
	m, err := b.model(n, n.name, nil)
	return m, b.notes, err
}

// refused checks that a model is refused, or built if want is empty.
func refused(t *testing.T, shape, layers, want string) {
	t.Helper()
	_, _, err := built(t, shape, layers)
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s on %s: the error is %v, want %q", layers, shape, err, want)
	}
}

// A softmax is over features, whose axis 1 is the last one. On an image, whose axis 1 are rows, it is refused.
func TestSoftmaxAxis(t *testing.T) {
	for _, c := range []struct{ shape, axis, want string }{
		{"[null, 4]", "-1", ""}, {"[null, 4]", "1", ""}, {"[null, 4]", "3", "axis: want the last axis, -1, got 3"},
		{"[null, 2, 3, 4]", "1", "want an input of 1 axes"}, {"[null, 2, 3, 4]", "-1", "want an input of 1 axes"},
	} {
		refused(t, c.shape, `{"class_name": "Softmax", "config": {"name": "p", "axis": `+c.axis+`}}`, c.want)
	}
}

// A Rescaling of bytes is left out where it alone takes the images. Anywhere else it would be missing.
func TestRescaling(t *testing.T) {
	const (
		shape = "[null, 4]"
		dense = `{"class_name": "Dense", "config": {"name": "d", "units": 4}}`
		scale = `{"class_name": "Rescaling", "config": {"name": "r", "scale": 0.00392156862745098}}`
		again = `{"class_name": "Rescaling", "config": {"name": "r2", "scale": 0.00392156862745098}}`
		want  = "want a Rescaling by 1/255 as the first layer"
	)
	model := func(name, layers string) string {
		return `{"class_name": "Sequential", "config": {"name": "` + name + `", "layers": [{"class_name": "InputLayer", "config": {"name": "y", "batch_shape": ` + shape + `}}, ` + layers + `]}}`
	}
	refused(t, shape, scale+", "+dense, "")
	refused(t, shape, model("encoder", scale+", "+dense), "")
	refused(t, shape, scale+", "+again+", "+dense, want)
	refused(t, shape, dense+", "+again, want)
	refused(t, shape, scale+", "+model("encoder", again+", "+dense), want)
	refused(t, shape, model("encoder", dense)+", "+model("decoder", scale), want)

	// The input goes past the Rescaling too.
	text := `{"class_name": "Functional", "config": {"name": "f", "layers": [
		{"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 4]}, "inbound_nodes": []},
		{"class_name": "Rescaling", "name": "r", "config": {"name": "r", "scale": 0.00392156862745098}, "inbound_nodes": [[["x", 0, 0, {}]]]},
		{"class_name": "Add", "name": "a", "config": {"name": "a"}, "inbound_nodes": [[["x", 0, 0, {}], ["r", 0, 0, {}]]]}],
		"input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}`
	n, _, err := readNetwork([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newBuilder(nil).model(n, n.name, nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the input goes past the Rescaling: %v", err)
	}
}
