package train

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Evaluation is the loss of a model on a data set. All values are means over the examples.
type Evaluation struct {
	Loss  float64 // with all terms
	Terms []Term  // what layers add to the loss, in the model's order
}

// Term is a part of the loss that a layer adds.
type Term struct {
	Name  string
	Value float64
}

// Evaluate computes the loss of a model on a data set, with what layers add to it. The noise of
// training is off. Other noise, such as the samples of a variational autoencoder, is the same in
// every evaluation with the same batch size: so the result has the bits of a validation in Fit.
// batch is the number of examples that are computed at once; 0: 256.
func Evaluate(ctx context.Context, m *graph.Model, ds Dataset, loss Loss, batch int) (Evaluation, error) {
	if err := m.Ready(); err != nil {
		return Evaluation{}, err
	}
	if err := checkLoss(loss); err != nil {
		return Evaluation{}, err
	}
	if batch == 0 {
		batch = defaultBatch
	}
	if batch < 0 {
		return Evaluation{}, errors.Errorf("want a batch of at least 1 example, got %d", batch)
	}
	e := newEvaluator(m, loss, batch)
	var err error
	if e.hasTarget, err = fits("the data", ds, m); err != nil {
		return Evaluation{}, err
	}
	means, err := e.evaluate(ctx, team{alone{}}, ds)
	if err != nil {
		return Evaluation{}, err
	}
	result := Evaluation{Loss: means[0]}
	for i, name := range e.terms {
		result.Terms = append(result.Terms, Term{name, means[1+i]})
	}
	return result, nil
}

// evaluator evaluates a model again and again.
type evaluator struct {
	programs
	size   int    // of a batch
	number uint64 // of the batch within an evaluation, from 0
}

// evaluationSeed is the seed of what is random in an evaluation. It is always the same, so that
// losses can be compared.
const evaluationSeed = 0

func newEvaluator(m *graph.Model, loss Loss, rows int) *evaluator {
	e := &evaluator{size: rows}
	e.programs = programs{model: m, loss: loss, mode: graph.Evaluate, seed: evaluationSeed, step: &e.number, compiled: map[size]*program{}}
	return e
}

// evaluate returns the means of the loss and its terms.
func (e *evaluator) evaluate(ctx context.Context, team team, ds Dataset) ([]float64, error) {
	var sum sums
	examples := read(ds)
	order := inOrder(ds.Len())
	ahead(ds, 0, team.mine(order, e.size))
	batch := func(b int) []int32 { return order[b*e.size : min((b+1)*e.size, len(order))] }
	_, err := e.get(whole(len(batch(0)))) // which knows the terms
	if err := team.agree(ctx, err); err != nil {
		return nil, err
	}
	err = team.deal(ctx, (len(order)-1)/e.size+1, 1+len(e.terms), func(b int, into []float32) error {
		e.number = uint64(b)
		p, err := e.get(whole(len(batch(b))))
		if err != nil {
			return err
		}
		if err := p.fill(examples, 0, batch(b)); err != nil {
			return err
		}
		return p.run(into)
	}, func(b int, losses []float32) { sum.add(len(batch(b)), losses) })
	if err != nil {
		return nil, err
	}
	return sum.mean(), nil
}
