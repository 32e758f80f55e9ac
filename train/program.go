package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// A graph is compiled for one batch size. Training and validation need two each: one for full
// batches, and one for the smaller batch at the end of an epoch. All of them are bound to the same
// weights.

// programs compiles graphs of a model and its loss in one mode, and keeps them by batch size.
type programs struct {
	model     *graph.Model
	loss      Loss
	mode      graph.Mode      // Train or Evaluate
	weights   []*graph.Weight // the trained ones; none in Evaluate
	seed      uint64          // of the noise in layers
	step      *uint64         // the number of the batch, on which the noise depends too
	hasTarget bool            // the data have targets of their own
	terms     []string        // names of what layers add to the loss; nil until the first graph is compiled
	compiled  map[size]*program
	stock     bool   // the graph has operations of Gorgonia, and does not run in groups
	place     uint64 // of the first row in its batch, if the rows are a part of it
}

// size is the number of rows that a graph is written for, of the groups of so many rows that it computes, and of
// the rows of the batch that these are a part of.
type size struct{ rows, groups, of int }

// program is a compiled graph. Its results are, in this order: the loss, the terms that layers add
// to it, the next values of kept weights, the gradients of trained ones.
type program struct {
	*op.Program
	batch
	size
	terms []string
	kept  []*graph.Weight
	norms []graph.Moments
	grads [][]float32 // of the last run, one for each trained weight
	first struct{ kept, grads int }
}

// whole is the size of a batch in one group.
func whole(rows int) size { return size{rows, 1, rows} }

// get returns the graph for a size.
func (ps *programs) get(s size) (*program, error) {
	if p := ps.compiled[s]; p != nil {
		return p, nil
	}
	p, err := ps.compile(s)
	if err != nil {
		return nil, err
	}
	ps.compiled[s] = p
	return p, nil
}

// compile compiles a graph, and checks that it has the loss terms of the graphs before it.
func (ps *programs) compile(s size) (*program, error) {
	rows, in, out := s.rows*s.groups, ps.model.In().Size(), ps.model.Out().Size()
	p := &program{size: s, batch: batch{rows: rows, x: make([]float32, rows*in), unit: wantsUnit(ps.loss)}, grads: make([][]float32, len(ps.weights))}
	if ps.hasTarget {
		p.y = make([]float32, rows*out)
	}
	var err error
	write := func(tape *op.Tape) (results, gradients []*G.Node) { return ps.write(p, tape) }
	if s.groups == 1 {
		p.Program, err = op.Compile(func(tape *op.Tape) []*G.Node { return slices.Concat(write(tape)) })
	} else {
		p.Program, err = op.CompileGroups(op.Groups{N: s.groups, Rows: s.rows, Place: &ps.place}, write)
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "model %q", ps.model.Name())
	}
	if ps.terms == nil {
		ps.terms = p.terms
	}
	if !slices.Equal(p.terms, ps.terms) {
		return nil, errors.Errorf("model %q: want the same loss terms in training and evaluation and for every batch size, got %q in one graph and %q in another: call AddLoss in both modes",
			ps.model.Name(), ps.terms, p.terms)
	}
	return p, nil
}

// write writes the whole graph: the model, the loss, and in training the gradients.
func (ps *programs) write(p *program, tape *op.Tape) (results, gradients []*G.Node) {
	b := graph.NewBuilder(tape, ps.mode, p.size.rows).DrawFrom(ps.seed, ps.step).PlaceAt(&ps.place)
	in, out := ps.model.In(), ps.model.Out()
	x := b.Examples("input", in, p.x)
	var target *G.Node
	if p.y != nil {
		target = b.Examples("target", out, p.y)
	} else {
		target = b.View(x, out) // the input's numbers, in the shape of the model's output
	}
	results = ps.writeLoss(p, b, ps.model.Build(b, x), target)
	if ps.mode != graph.Train {
		return results, nil
	}
	p.norms = b.Moments()
	p.kept, p.first.kept = nil, len(results)
	for _, u := range b.Updates() {
		p.kept = append(p.kept, u.Weight)
		results = append(results, u.Node)
	}
	p.first.grads = len(results)
	leaves := make([]*G.Node, len(ps.weights))
	for i, w := range ps.weights {
		leaves[i] = b.Leaf(w)
	}
	loss := results[0]
	if p.size.rows < p.of { // what the part adds to the mean over the batch
		loss = tape.Do(op.Times(p.share(), op.Shape{}), loss)
	}
	for _, g := range tape.Grad(loss, leaves...) {
		// Two weights that are added share one gradient, which clipping would scale twice.
		if slices.Contains(gradients, g) {
			g = tape.Do(op.Copy(op.ShapeOf(g)), g)
		}
		gradients = append(gradients, g)
	}
	return results, gradients
}

// writeLoss returns the loss with all terms, and then each term.
func (ps *programs) writeLoss(p *program, b *graph.Builder, y, target *G.Node) []*G.Node {
	loss := ps.loss.Write(b, y, target)
	if loss == nil || len(op.ShapeOf(loss)) != 0 {
		got := "nothing"
		if loss != nil {
			got = "shape " + op.ShapeOf(loss).String()
		}
		b.Fail(errors.Errorf("want a scalar from the loss %v, got %s: let Write return the mean over the batch", ps.loss, got))
	}
	results := []*G.Node{loss}
	p.terms = []string{}
	for _, term := range b.Terms() {
		p.terms = append(p.terms, term.Name)
		results = append(results, term.Node)
	}
	if len(results) > 1 {
		results[0] = b.Do(op.Add(len(results), op.Shape{}), results...)
	}
	return results
}

// DivergedError is the error of Fit for a loss that is not finite.
type DivergedError struct{ Loss float64 }

func (e *DivergedError) Error() string {
	return fmt.Sprintf("want a finite loss, got %v: try a smaller learning rate, or clip the gradients", e.Loss)
}

// share is the share of a group's rows in the batch.
func (p *program) share() float32 { return float32(p.size.rows) / float32(p.of) }

// finite refuses a loss that is not.
func finite(loss float32) error {
	if l := float64(loss); math.IsNaN(l) || math.IsInf(l, 0) {
		return &DivergedError{l}
	}
	return nil
}

// run runs the graph on the batch and writes the loss and its terms into losses, those of one group behind those
// of another. A loss that is not finite is an error.
func (p *program) run(losses []float32) error {
	if err := p.Run(); err != nil {
		return err
	}
	n := 1 + len(p.terms)
	for g := range p.groups {
		for i := range n {
			of := p.Result(i) // one number if it depends on no row
			losses[g*n+i] = of[min(g, len(of)-1)]
		}
	}
	for g := range p.groups {
		if err := finite(losses[g*n]); err != nil {
			return err
		}
	}
	for i := range p.grads {
		p.grads[i] = p.Result(p.first.grads + i)
	}
	return nil
}

// sums adds up the loss and its terms over examples, so that their means are over examples and not
// over batches.
type sums struct {
	Rows   int       `json:"rows"`
	Values []float64 `json:"values"` // the loss, then its terms
}

func (s *sums) add(rows int, losses []float32) {
	if s.Values == nil {
		s.Values = make([]float64, len(losses))
	}
	s.Rows += rows
	for i := range s.Values {
		s.Values[i] += float64(float64(losses[i]) * float64(rows))
	}
}

func (s *sums) mean() []float64 {
	mean := make([]float64, len(s.Values))
	for i, v := range s.Values {
		mean[i] = v / float64(s.Rows)
	}
	return mean
}
