package graph_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// anySize returns a model of layers whose weights do not depend on the size of an image. It applies
// one model twice.
func anySize(t *testing.T, height, width int) *graph.Model {
	t.Helper()
	x := graph.Input("x", 3, height, width)
	inner := graph.New("inner", x, graph.ReLU("", graph.BatchNorm("", graph.ZeroPad2D("", x, 1, 0, 0, 1))))
	pool := func(x *graph.Node) *graph.Node { return graph.MaxPool2D("", x, 2, 1, graph.Valid) }
	y := graph.Input("y", 3, height, width)
	h := pool(inner.Apply(pool(inner.Apply(y))))
	h = graph.Concat("", h, graph.Add("", y, graph.LayerNorm("", y)))
	h = graph.AveragePool2D("", graph.SpatialDropout("", h, 0.5), 2, 2, graph.Same)
	h = graph.GaussianNoise("", graph.Dropout("", h, 0.5), 1)
	m := graph.New("outer", y, graph.UpSample2D("", h, 2, graph.Bilinear))
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestResize(t *testing.T) {
	small := anySize(t, 4, 6)
	large, err := small.Resize(3, 9, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := small.Init(1); err != nil { // of both models, which share the weights
		t.Fatal(err)
	}
	if !slices.Equal(small.Weights(), large.Weights()) {
		t.Error("the resized model has other weights")
	}
	anew := anySize(t, 9, 7)
	if err := anew.Init(0); err != nil {
		t.Fatal(err)
	}
	for i, w := range small.Weights() {
		for k := range w.Data {
			w.Data[k] += 0.1 * float32(i+k) // variances stay above 0
		}
		copy(anew.Weights()[i].Data, w.Data)
	}
	if !large.Out().Equal(graph.Shape{6, 10, 8}) || small.Out().Equal(large.Out()) {
		t.Errorf("its output is %v, want (6, 10, 8)", large.Out())
	}
	x := numbers(2*3*9*7, 5)
	if !slices.Equal(predict(t, large, x), predict(t, anew, x)) {
		t.Error("the resized model predicts something else than one that was built of that size")
	}
	if a, b := architecture(t, large), architecture(t, anew); !bytes.Equal(a, b) {
		t.Errorf("the resized model is written as\n%s\nwant\n%s", a, b)
	}
	again, err := large.Resize(3, 4, 6)
	if err != nil {
		t.Fatal(err)
	}
	x = numbers(3*4*6, 6)
	if !slices.Equal(predict(t, again, x), predict(t, small, x)) {
		t.Error("the model that was resized and back predicts something else")
	}
}

func TestResizeErrors(t *testing.T) {
	image := func(build func(x *graph.Node) *graph.Node) *graph.Model {
		x := graph.Input("x", 2, 4, 4)
		return graph.New("m", x, build(x))
	}
	nested := image(func(x *graph.Node) *graph.Node { return graph.Dense("dense", graph.Flatten("", x), 5) })
	for name, c := range map[string]struct {
		model *graph.Model
		shape graph.Shape
		want  []string
	}{
		"dense": {nested, graph.Shape{2, 6, 6}, []string{`model "m" for inputs of shape (2, 6, 6)`, `"dense" (Dense)`, `want weight "kernel" of shape (32, 5) as before, got shape (72, 5)`}},
		"nested": {func() *graph.Model {
			y := graph.Input("y", 2, 4, 4)
			return graph.New("outer", y, nested.Apply(y))
		}(), graph.Shape{2, 6, 6}, []string{`"outer"`, `"m"`, `"dense"`}},
		"channels": {image(func(x *graph.Node) *graph.Node { return graph.BatchNorm("norm", x) }), graph.Shape{3, 4, 4}, []string{`"norm"`, `want weight "scale" of shape (2) as before, got shape (3)`}},
		"reshape":  {image(func(x *graph.Node) *graph.Node { return graph.Reshape("flat", x, 32) }), graph.Shape{2, 6, 6}, []string{`"flat" (Reshape)`, "32 elements"}},
		"too small": {image(func(x *graph.Node) *graph.Node { return graph.MaxPool2D("pool", x, 3, 1, graph.Valid) }), graph.Shape{2, 2, 2},
			[]string{`"pool"`, "fits into 2 elements"}},
		"no shape": {image(func(x *graph.Node) *graph.Node { return graph.ReLU("relu", x) }), graph.Shape{2, 0, 2}, []string{`"x"`, "(2, 0, 2)"}},
		"broken":   {image(func(x *graph.Node) *graph.Node { return graph.Dense("dense", x, 2) }), graph.Shape{2, 4, 4}, []string{"1 axes"}},
		"two sizes": {func() *graph.Model {
			x := graph.Input("x", 1, 4, 4)
			inner := graph.New("inner", x, graph.ReLU("", x))
			y := graph.Input("y", 1, 4, 4)
			small := graph.UpSample2D("", graph.MaxPool2D("", y, 2, 2, graph.Same), 2, graph.Nearest)
			return graph.New("outer", y, graph.Concat("", graph.GlobalAveragePool2D("", inner.Apply(y)), graph.GlobalAveragePool2D("", inner.Apply(small))))
		}(), graph.Shape{1, 5, 5}, []string{`model "inner": want inputs of one shape wherever it is applied, got (1, 5, 5) and (1, 6, 6)`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.model.Resize(c.shape...)
			wantError(t, err, c.want...)
		})
	}
}

// Borders at the ends of models within are put, replaced and removed; those elsewhere stay.
func TestResizeEnds(t *testing.T) {
	x := graph.Input("x", 2, 4, 4)
	inner := graph.New("inner", x, graph.AveragePool2D("", graph.Crop2D("", graph.EdgePad2D("", graph.ReLU("", x), 0, 1, 0, 0), 1, 0, 0, 0), 2, 2, graph.Valid))
	y := graph.Input("y", 2, 4, 4)
	m := graph.New("outer", y, inner.Apply(y))
	border := op.Border{Bottom: 1, Right: 2}
	padded, err := m.ResizeEnds(map[*graph.Model]graph.Ends{inner: {Pad: border, Crop: op.Border{Right: 1}}}, 2, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	if !padded.Out().Equal(graph.Shape{2, 2, 2}) {
		t.Errorf("the output has shape %v", padded.Out())
	}
	back, err := padded.ResizeEnds(map[*graph.Model]graph.Ends{padded.Models()[0]: {}}, 2, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := architecture(t, back), architecture(t, m); !bytes.Equal(a, b) {
		t.Errorf("without its borders the model is\n%s\nwant\n%s", a, b)
	}
	one := numbers(2*3*4, 3)
	var whole []float32 // one with its last row and its last pixels repeated
	for i := range 4 {
		row := one[min(i, 2)*8:][:8]
		whole = append(append(append(whole, row...), row[6:]...), row[6:]...)
	}
	wide, err := m.Resize(2, 4, 6)
	if err != nil {
		t.Fatal(err)
	}
	var want []float32
	for i, v := range predict(t, wide, whole) { // (2, 3, 2)
		if i%6 < 4 {
			want = append(want, v)
		}
	}
	if got := predict(t, padded, one); !slices.Equal(got, want) {
		t.Errorf("the padded model makes %v, want %v", got, want)
	}
}
