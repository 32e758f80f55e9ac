package graph_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// generator makes random models of all kinds of layers, with models within models. Beside each
// layer stands a plain computation of the same in float64.
type generator struct {
	*random.Source
	inner   []*pair
	models  int
	dropout bool                 // use layers that behave differently in training, too
	weights map[string][]float64 // by name; the references compute with these
	penalty float64              // the sum of the terms of ActivityL2, over the rows
}

// pair is a model and its reference.
type pair struct {
	*generator
	model *graph.Model
	steps []step
}

// step is one call of a layer: its node, and a function that computes its value from the values of
// the steps before.
type step struct {
	node *graph.Node
	eval func(values [][]float64) []float64
}

// reference computes the outputs for the rows of x, with the model's present weights.
func (p *pair) reference(x []float32) (y []float64) {
	for _, w := range p.model.Weights() {
		p.weights[w.Name] = float64s(w.Data)
	}
	for row := range slices.Chunk(x, p.model.In().Size()) {
		y = append(y, p.eval(float64s(graph.ChannelsFirst(row, p.model.In())))...)
	}
	return y
}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// eval computes one example.
func (p *pair) eval(x []float64) []float64 {
	values := [][]float64{x}
	for _, s := range p.steps[1:] {
		values = append(values, s.eval(values))
	}
	return values[len(values)-1]
}

// randomModel makes a model with models within it, up to a depth. All weights get values, the
// biases too.
func randomModel(t *testing.T, seed uint64, depth int, dropout bool) *pair {
	t.Helper()
	g := &generator{Source: random.New(seed, "models"), dropout: dropout, weights: map[string][]float64{}}
	p := g.model(g.shape(1+g.n(12)), 3+g.n(6), depth)
	if err := p.model.Init(seed); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for _, w := range p.model.Weights() {
		for i := range w.Data {
			w.Data[i] += 0.2*g.Float32() - 0.1
		}
	}
	return p
}

// n draws a number below limit.
func (g *generator) n(limit int) int { return int(g.Uint64n(uint64(limit))) }

// name returns a name or, in half of the cases, none, so that New makes one.
func (g *generator) name(kind string, i int) string {
	if g.n(2) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d é<&>", kind, i)
}

func (g *generator) model(in graph.Shape, size, depth int) *pair {
	g.models++
	name := fmt.Sprintf("m%d", g.models)
	p := &pair{generator: g, steps: []step{{node: graph.Input(name+" input", in...)}}}
	for i := range size {
		p.steps = append(p.steps, g.step(p, i, depth))
	}
	var ends []int // joined, so that no layer is left out
	for i := range p.steps {
		ends = append(ends, g.flat(p, i))
	}
	p.steps = append(p.steps, concat(p, "join", ends...))
	p.model = graph.New(name, p.steps[0].node, p.steps[len(p.steps)-1].node)
	return p
}

// flat returns the number of a step that has step i's value as a vector.
func (g *generator) flat(p *pair, i int) int {
	if len(p.steps[i].node.Shape()) == 1 {
		return i
	}
	p.steps = append(p.steps, step{graph.Flatten("", p.steps[i].node), func(v [][]float64) []float64 { return v[i] }})
	return len(p.steps) - 1
}

func concat(p *pair, name string, from ...int) step {
	var in []*graph.Node
	for _, i := range from {
		in = append(in, p.steps[i].node)
	}
	return step{graph.Concat(name, in...), func(v [][]float64) (y []float64) {
		for _, i := range from {
			y = append(y, v[i]...)
		}
		return y
	}}
}

// shape draws a shape of size elements: a vector, often an image of several channels, sometimes two
// axes.
func (g *generator) shape(size int) graph.Shape {
	s := graph.Shape{size}
	for range g.n(3) {
		last := s[len(s)-1]
		d := 1 + g.n(4)
		for last%d != 0 {
			d--
		}
		s = append(s[:len(s)-1], d, last/d)
	}
	return s
}

func (g *generator) step(p *pair, number, depth int) step {
	i := g.n(len(p.steps))
	s := p.steps[i].node.Shape()
	if len(s) == 3 {
		switch g.n(4) {
		case 0:
			return g.image(p, i, number)
		case 1:
			return g.convolution(p, i, number)
		}
	}
	switch g.n(12) {
	case 0, 1:
		i = g.flat(p, i)
		return g.dense(p, p.steps[i].node, i, number)
	case 2:
		x := p.steps[i].node
		shape := g.shape(x.Shape().Size())
		return step{graph.Reshape(g.name("reshape", number), x, shape...), func(v [][]float64) []float64 { return v[i] }}
	case 3:
		double := func(x float64) float64 { return 2 * x }
		return step{graph.Add(g.name("add", number), p.steps[i].node, p.steps[i].node),
			func(v [][]float64) []float64 { return each(v[i], double) }}
	case 4:
		if len(p.steps[i].node.Shape()) == 3 {
			return concat(p, g.name("concat", number), i, i)
		}
		return concat(p, g.name("concat", number), g.flat(p, i), g.flat(p, g.n(len(p.steps))))
	case 5:
		if len(s) != 2 {
			return g.norm(p, i, number)
		}
		fallthrough
	case 6:
		return g.softmax(p, g.flat(p, i), number)
	case 7, 8, 9:
		if depth > 0 {
			return g.apply(p, i, depth)
		}
		fallthrough
	default:
		return g.activation(p.steps[i].node, i, number)
	}
}

func (g *generator) dense(p *pair, x *graph.Node, i, number int) step {
	units, bare := 1+g.n(5), g.n(4) == 0
	options := []graph.DenseOption{graph.KernelInit(graph.HeNormal)}
	if bare {
		options = append(options, graph.NoBias)
	}
	n := graph.Dense(g.name("dense", number), x, units, options...)
	return step{n, func(v [][]float64) []float64 {
		name := p.model.Name() + "/" + n.Name()
		kernel, bias := g.weights[name+"/kernel"], g.weights[name+"/bias"]
		y := make([]float64, units)
		for j := range y {
			if !bare {
				y[j] = bias[j]
			}
			for k, x := range v[i] {
				y[j] += x * kernel[k*units+j]
			}
		}
		return y
	}}
}

// apply calls a model on the value, if possible one that was called before.
func (g *generator) apply(p *pair, i, depth int) step {
	x := p.steps[i].node
	k := slices.IndexFunc(g.inner, func(p *pair) bool { return p.model.In().Equal(x.Shape()) })
	if k < 0 || g.n(4) == 0 {
		inner := g.model(x.Shape(), 1+g.n(3), depth-1)
		g.inner = append(g.inner, inner)
		k = len(g.inner) - 1
	}
	inner := g.inner[k]
	return step{inner.model.Apply(x), func(v [][]float64) []float64 { return inner.eval(v[i]) }}
}

func (g *generator) activation(x *graph.Node, i, number int) step {
	name := g.name("activation", number)
	f := func(x float64) float64 { return x }
	var n *graph.Node
	switch g.n(10) {
	case 0:
		n, f = graph.LeakyReLU(name, x, 0.3), func(x float64) float64 { return math.Max(x, float64(float32(0.3))*x) }
	case 1:
		n, f = graph.ReLU(name, x), func(x float64) float64 { return math.Max(x, 0) }
	case 2:
		n, f = graph.ELU(name, x, 1.5), func(x float64) float64 { return math.Max(x, 0) + 1.5*math.Expm1(math.Min(x, 0)) }
	case 3:
		n, f = graph.SiLU(name, x), func(x float64) float64 { return x / (1 + math.Exp(-x)) }
	case 4:
		n, f = graph.GELU(name, x), func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }
	case 5:
		n, f = graph.Sigmoid(name, x), func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	case 6:
		n, f = graph.Tanh(name, x), math.Tanh
	case 7:
		n, f = graph.Softplus(name, x), func(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) + math.Max(x, 0) }
	case 8:
		if g.dropout {
			n = graph.Dropout(name, x, 0.25)
			break
		}
		fallthrough
	default:
		const lambda = 0.01
		n = graph.ActivityL2(name, x, lambda)
		return step{n, func(v [][]float64) []float64 {
			for _, x := range v[i] {
				g.penalty += float64(float32(lambda)) * x * x
			}
			return v[i]
		}}
	}
	return step{n, func(v [][]float64) []float64 { return each(v[i], f) }}
}

func each(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// appliesTwice reports whether some model is applied twice in another.
func appliesTwice(m *graph.Model) bool {
	return slices.ContainsFunc(m.Models(), func(m *graph.Model) bool {
		applied := map[*graph.Model]bool{}
		return slices.ContainsFunc(m.Nodes(), func(n *graph.Node) bool {
			inner := n.Model()
			again := applied[inner]
			applied[inner] = inner != nil
			return again
		})
	})
}

// numbers returns n random numbers from -1 to 1.
func numbers(n int, seed uint64) []float32 {
	src := random.New(seed, "numbers")
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*src.Float32() - 1
	}
	return x
}
