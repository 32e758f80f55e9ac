package graph_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

func TestNames(t *testing.T) {
	x := graph.Input("", 2)
	h := graph.Dense("", x, 3)
	h = graph.Dense("dense_2", h, 3)
	h = graph.Dense("", h, 3)
	h = graph.LeakyReLU("", h, 0.3)
	m := graph.New("my_model", x, graph.Dense("dense_1", h, 1))
	wantNames(t, m, []string{"input_1", "dense_3", "dense_2", "dense_4", "leakyrelu_1", "dense_1"},
		[]string{"my/dense_3/kernel", "my/dense_3/bias", "my/dense_2/kernel", "my/dense_2/bias",
			"my/dense_4/kernel", "my/dense_4/bias", "my/dense_1/kernel", "my/dense_1/bias"})
}

// Calls of a model have its name, one after another or side by side. Names that the user gives come
// first.
func TestNamesOfCalls(t *testing.T) {
	in := graph.Input("in", 2)
	encoder := graph.New("encoder_model", in, graph.Dense("dense", in, 2))
	weights := []string{"encoder/dense/kernel", "encoder/dense/bias"}

	x := graph.Input("x", 2)
	a, b := encoder.Apply(x), encoder.Apply(graph.Tanh("tanh", x))
	wantNames(t, graph.New("beside", x, graph.Add("sum", a, b, encoder.Apply(b))),
		[]string{"x", "encoder_model", "tanh", "encoder_model_1", "encoder_model_2", "sum"}, weights)

	x = graph.Input("encoder_model", 2)
	wantNames(t, graph.New("taken", x, encoder.Apply(graph.ReLU("encoder_model_1", x))),
		[]string{"encoder_model", "encoder_model_1", "encoder_model_2"}, weights)
}

// Models three deep: each model once, inner ones first, and each weight once.
func TestNestedModels(t *testing.T) {
	x := graph.Input("x", 3)
	a := graph.New("a", x, graph.Add("skip", x, graph.Dense("dense", x, 3)))
	x = graph.Input("x", 3)
	b := graph.New("b", x, graph.Concat("skip", x, a.Apply(a.Apply(x))))
	x = graph.Input("x", 3)
	c := graph.New("c", x, graph.Dense("dense", b.Apply(graph.Add("skip", x, a.Apply(x))), 2))
	wantNames(t, c, []string{"x", "a", "skip", "b", "dense"},
		[]string{"a/dense/kernel", "a/dense/bias", "c/dense/kernel", "c/dense/bias"})
	if m := c.Models(); len(m) != 3 || m[0] != a || m[1] != b || m[2] != c {
		t.Errorf("the models are %v, want a, b and c", m)
	}
	if !c.In().Equal(graph.Shape{3}) || !b.Out().Equal(graph.Shape{6}) || !c.Out().Equal(graph.Shape{2}) {
		t.Errorf("the shapes are %v, %v and %v", c.In(), b.Out(), c.Out())
	}
	if n := c.Nodes()[1]; n.Model() != a || c.Nodes()[4].Model() != nil {
		t.Errorf("%q applies %v", n.Name(), n.Model())
	}
}

// report returns the model's error from every method that can return one.
func report(t *testing.T, m *graph.Model) error {
	t.Helper()
	err := m.Err()
	if err == nil {
		return nil
	}
	_, predicted := m.Predict(context.Background(), nil)
	_, written := m.Architecture()
	for what, other := range map[string]error{
		"Init": m.Init(1), "Ready": m.Ready(), "Predict": predicted, "Architecture": written, "Summary": m.Summary(&strings.Builder{}),
		"LoadWeights": m.LoadWeights("no such file"),
	} {
		if other == nil || other.Error() != err.Error() {
			t.Errorf("%s returns %v, Err %v", what, other, err)
		}
	}
	wantError(t, (&graph.File{Model: m}).Write("no such folder/file"), "no such folder/file", err.Error())
	if m.In() != nil || m.Out() != nil {
		t.Errorf("a model with an error takes %v and gives %v", m.In(), m.Out())
	}
	return err
}

func TestErrorsOfModels(t *testing.T) {
	type node = *graph.Node
	x := func() node { return graph.Input("x", 4) }
	on := func(f func(node) node) *graph.Model { x := x(); return graph.New("m", x, f(x)) }
	self := func(name string, shape ...int) *graph.Model {
		x := graph.Input("x", shape...)
		return graph.New(name, x, x)
	}
	relu := graph.ReLU("r", x())
	owned := x()
	used := graph.Dense("used", owned, 2)
	owner := graph.New("owner", owned, used)
	other := func(name string) *graph.Model { x := x(); return graph.New(name, x, graph.Dense("dense", x, 4)) }
	broken := graph.New("broken", x(), graph.Dense("first", x(), 0))

	for name, c := range map[string]struct {
		model *graph.Model
		want  []string
	}{
		"wrong units":    {on(func(x node) node { return graph.Dense("d", x, -1) }), []string{`"d" (Dense)`, "want 1 unit or more, got -1 units"}},
		"wrong reshape":  {on(func(x node) node { return graph.Reshape("r", x, 3) }), []string{`"r" (Reshape)`, "want an input of 3 elements for shape (3), got shape (4) of 4"}},
		"no shape":       {on(func(x node) node { return graph.Reshape("r", x) }), []string{`"r" (Reshape)`, "at least one"}},
		"one term":       {on(func(x node) node { return graph.Add("a", x) }), []string{`"a" (Add)`, "at least 2 inputs, got 1"}},
		"other share":    {on(func(x node) node { return graph.Dropout("d", x, 1) }), []string{`"d" (Dropout)`, "less than 1"}},
		"first error":    {on(func(x node) node { return graph.Dense("b", graph.Dense("a", x, 0), -1) }), []string{`"a" (Dense)`, "0 units"}},
		"nil input":      {on(func(x node) node { return graph.Add("a", x, nil) }), []string{`"a" (Add)`, "nil"}},
		"nil output":     {on(func(x node) node { return nil }), []string{"nil"}},
		"nil, applied":   {on(func(x node) node { return owner.Apply(nil) }), []string{`"owner" (Model)`, "nil"}},
		"wrong input":    {on(func(x node) node { return owner.Apply(graph.Dense("d", x, 3)) }), []string{`"owner" (Model)`, "(4), got (3)"}},
		"broken, nested": {on(func(x node) node { return broken.Apply(broken.Apply(x)) }), []string{`"broken"`, `"first" (Dense)`}},
		"broken shape": {on(func(x node) node {
			y := graph.Input("y", broken.Out()...)
			return graph.New("decoder", y, graph.ReLU("r", y)).Apply(broken.Apply(x))
		}), []string{`"broken"`, `"first" (Dense)`}},

		"owned":          {graph.New("m", owned, graph.ReLU("r", used)), []string{`want layers of no other model, got "x" of model "owner"`, "apply that model"}},
		"not an Input":   {graph.New("m", relu, relu), []string{`want an Input as the model's input, got "r"`}},
		"unconnected":    {graph.New("m", graph.Input("u", 4), x()), []string{`want an output that depends on the input "u", got one that does not`}},
		"second input":   {on(func(x node) node { return graph.Add("a", x, graph.Input("u", 4)) }), []string{`depends on the input "x" alone`, `got one that depends on "u"`}},
		"two names":      {on(func(x node) node { return graph.ReLU("r", graph.Tanh("r", x)) }), []string{`a different name for each layer, got "r" twice`}},
		"slash":          {on(func(x node) node { return graph.ReLU("a/b", x) }), []string{`name "a/b"`}},
		"line break":     {on(func(x node) node { return graph.ReLU("a\r", x) }), []string{`name "a\r"`}},
		"not UTF-8":      {on(func(x node) node { return graph.ReLU("a\xff", x) }), []string{`name "a\xff"`}},
		"model unnamed":  {self("", 4), []string{`name ""`}},
		"no owner":       {self("_model", 4), []string{`model "_model"`, `name ""`}},
		"model's slash":  {self("a/b", 4), []string{`name "a/b"`}},
		"same name":      {on(func(x node) node { return other("m").Apply(x) }), []string{`model "m"`, "want another name than the models within, got the same"}},
		"same owner":     {on(func(x node) node { return other("m_model").Apply(x) }), []string{`model "m"`, "want another name than the models within, got the same"}},
		"same two":       {on(func(x node) node { return other("o").Apply(other("o").Apply(x)) }), []string{"a different name for each model within", `got "o" twice`}},
		"huge example":   {self("m", 1<<20, 1<<20), []string{`"x" (Input)`, "at most"}},
		"huge weight":    {on(func(x node) node { return graph.Dense("d", x, 1<<29) }), []string{`"d" (Dense)`, `"kernel"`, "at most"}},
		"input's shape":  {self("m"), []string{`"x" (Input)`, "axis"}},
		"weight unnamed": {on(func(x node) node { return graph.Call("o", odd{Name: ""}, x) }), []string{`"o" (test.Odd)`, `weight ""`}},
		"weights alike":  {on(func(x node) node { return graph.Call("o", odd{Name: "a"}, x) }), []string{`"o" (test.Odd)`, `weight "a"`, "name of its own"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, report(t, c.model), c.want...)
		})
	}
	if err := owner.Err(); err != nil {
		t.Error(err)
	}
}

// A node that had an error has no shape.
func TestShapeOfErrors(t *testing.T) {
	x := graph.Input("x", 4)
	for _, n := range []*graph.Node{graph.Dense("d", x, 0), graph.Reshape("r", x, 3), graph.Flatten("f", nil), graph.Add("a", x)} {
		if n.Shape() != nil {
			t.Errorf("%q, which has an error, has shape %v", n.Name(), n.Shape())
		}
	}
	if s := graph.Flatten("f", graph.Reshape("r", x, 2, 2)).Shape(); !s.Equal(graph.Shape{4}) {
		t.Errorf("the shape is %v, want (4)", s)
	}
}
