package train

import (
	"math"
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// A run needs a graph for each role and batch size: training at the full batch and at the last, partial one, and the
// same for validation. All are bound to the same weights.
type programKey struct {
	rows int
	mode graph.Mode
}

// program is a compiled graph of model and loss. Its results are, in this order: the loss, the terms that layers add
// to it, the next values of kept weights, the gradients of trained ones.
type program struct {
	*op.Program
	rows    int
	x, y    []float32 // the bound input and target; y is nil where the target is the input
	scratch []byte    // for an example of a data set of bytes
	terms   []string
	kept    []*graph.Weight
	result  struct{ kept, grads int } // where those results begin
}

func (t *Trainer) program(rows int, mode graph.Mode) (*program, error) {
	key := programKey{rows, mode}
	if p := t.programs[key]; p != nil {
		return p, nil
	}
	p, err := t.build(rows, mode)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(p.terms, t.history.Terms) {
		return nil, errors.Errorf("model %q: layers add the loss terms %q to one graph and %q to another, want the same in training and evaluation, whatever the batch",
			t.model.Name(), t.history.Terms, p.terms)
	}
	t.programs[key] = p
	return p, nil
}

// evaluationSeed is that of what is random in an evaluation, as samples of a variational autoencoder are: always the same,
// so that losses can be compared.
const evaluationSeed = 0

func (t *Trainer) build(rows int, mode graph.Mode) (*program, error) {
	p := &program{rows: rows, x: make([]float32, rows*t.model.In().Size())}
	if t.hasTarget {
		p.y = make([]float32, rows*t.model.Out().Size())
	}
	var err error
	p.Program, err = op.Compile(func(tape *op.Tape) []*G.Node { return t.write(p, tape, mode) })
	return p, errors.WithMessagef(err, "model %q", t.model.Name())
}

// write writes the whole graph: model, loss, and in training the gradients.
func (t *Trainer) write(p *program, tape *op.Tape, mode graph.Mode) []*G.Node {
	seed, step := t.cfg.Seed, &t.pos.Step
	if mode == graph.Evaluate {
		seed, step = evaluationSeed, &t.evaluated
	}
	b := graph.NewBuilder(tape, mode, p.rows).DrawFrom(seed, step)
	in, out := t.model.In(), t.model.Out()
	x := b.Examples("input", in, p.x)
	var target *G.Node
	if p.y != nil {
		target = b.Examples("target", out, p.y)
	} else {
		target = b.Reshape(x, in, out)
	}
	loss := t.loss.write(tape, t.model.Build(b, x), target)

	results := []*G.Node{loss}
	p.terms = nil
	for _, term := range b.Terms() {
		p.terms = append(p.terms, term.Name)
		results = append(results, term.Node)
	}
	if len(results) > 1 {
		results[0] = tape.Do(op.Add(len(results), op.Shape{}), results...)
	}
	if mode == graph.Evaluate {
		return results
	}
	p.kept, p.result.kept = nil, len(results)
	for _, u := range b.Updates() {
		p.kept = append(p.kept, u.Weight)
		results = append(results, u.Node)
	}
	p.result.grads = len(results)
	leaves := make([]*G.Node, len(t.weights))
	for i, w := range t.weights {
		leaves[i] = b.Leaf(w)
	}
	for _, g := range tape.Grad(results[0], leaves...) {
		if slices.Contains(results[p.result.grads:], g) { // of a sum of two weights: clipping must not scale it twice
			g = tape.Do(op.Copy(op.ShapeOf(g)), g)
		}
		results = append(results, g)
	}
	return results
}

// run runs the graph and adds the loss and its terms to sum. A loss that is not finite is an error.
func (p *program) run(sum *sums) error {
	if err := p.Run(); err != nil {
		return err
	}
	loss := float64(p.Result(0)[0])
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return errors.Errorf("the loss is %v: try a smaller learning rate, or clip the gradients", loss)
	}
	sum.add(p.rows, func(i int) float64 { return float64(p.Result(i)[0]) }, 1+len(p.terms))
	return nil
}

// sums adds up the loss and its terms over examples, so that their mean is over examples and not over batches.
type sums struct {
	Rows   int       `json:"rows"`
	Values []float64 `json:"values"` // the loss, then its terms
}

func (s *sums) add(rows int, value func(i int) float64, n int) {
	if s.Values == nil {
		s.Values = make([]float64, n)
	}
	s.Rows += rows
	for i := range s.Values {
		s.Values[i] += float64(value(i) * float64(rows))
	}
}

func (s *sums) mean() []float64 {
	mean := make([]float64, len(s.Values))
	for i, v := range s.Values {
		mean[i] = v / float64(s.Rows)
	}
	return mean
}
