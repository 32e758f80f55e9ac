package train

import (
	"context"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// statistics computes the averages of batch norms anew after an epoch, over examples of the training
// data. The running averages of the steps are those of the data only after hundreds of steps with
// weights that hardly change: a model that has trained for 60 steps would be evaluated with
// averages that are half those of its beginning (Wu and Johnson 2021, "Rethinking 'Batch' in
// BatchNorm"). The steps do not use the averages, so the trained weights do not depend on this.
type statistics struct {
	model *graph.Model
	batch int // examples in a batch of the training
	parts int // of a batch; see Config.Shards
	seed  uint64
	norms []graph.Moments // of a batch of one example: which layers have moments, and which have none of one example

	number  uint64 // of the batch within one computation, from 0, on which the noise of layers depends
	rows    int    // of program
	program *op.Program
	in      *batch
	of      []graph.Moments // results of program, in pairs
}

// maxStatistics bounds the examples that averages are computed over. The error of a mean over so many
// is a hundredth of the standard deviation.
const maxStatistics = 4096

// check refuses a training whose every batch is one example, if a norm would have one number to
// normalise: it would never learn what the data are.
func (s *statistics) check(examples int) error {
	if norm := s.single(); norm != nil && min(s.batch, examples)/s.parts < 2 {
		return errors.Errorf("want batches of at least 2 examples in each shard, got %d in %d: the batch norm of %q would normalise a single number: train with a larger batch, fewer shards or more examples",
			min(s.batch, examples), s.parts, norm.Name)
	}
	return nil
}

// single returns the average of a norm that has a single number to normalise in a batch of one example, or nil.
func (s *statistics) single() *graph.Weight {
	for _, n := range s.norms {
		if n.OfMean == nil {
			return n.Mean
		}
	}
	return nil
}

// renew sets the averages to the mean and the variance over the first examples of an order, in
// batches of equal size, with the noise of training. Each layer sees inputs that were normalised by
// batch, as in training. If it returns an error, it has changed nothing.
func (s *statistics) renew(ctx context.Context, team team, examples reader, epoch int, order func() ([]int32, error)) error {
	if len(s.norms) == 0 {
		return nil
	}
	indices, err := order()
	batches, rows := split(len(indices), s.batch)
	if err == nil {
		err = s.compile(rows)
	}
	if err := team.agree(ctx, err); err != nil {
		return err
	}
	if _, y := examples.Shape(); y != nil && s.in.y == nil { // targets are not used, but data sets with targets give them
		s.in.y = make([]float32, rows*graph.Shape(y).Size())
	}
	indices = indices[:batches*rows]
	ahead(examples.Dataset, epoch, team.mine(indices, rows))
	moments := make([][]float32, 2*len(s.of)) // of all batches, one behind the other
	numbers := 0
	for i := range moments {
		numbers += len(s.program.Result(i))
	}
	err = team.deal(ctx, batches, numbers, func(b int, into []float32) error {
		s.number = uint64(b)
		if err := s.in.fill(examples, epoch, indices[b*rows:][:rows]); err != nil {
			return err
		}
		if err := s.program.Run(); err != nil {
			return err
		}
		for i := range moments {
			into = into[copy(into, s.program.Result(i)):]
		}
		return nil
	}, func(_ int, from []float32) {
		for i := range moments {
			n := len(s.program.Result(i))
			moments[i], from = append(moments[i], from[:n]...), from[n:]
		}
	})
	if err != nil {
		return err
	}
	s.model.Change(func() { s.set(moments) })
	return nil
}

// split divides examples into batches of equal size, at most batch if that is at least 2. It leaves
// out some examples if there are too many or if they do not divide.
func split(examples, batch int) (batches, rows int) {
	n := min(examples, max(maxStatistics, batch))
	batches = (n-1)/batch + 1
	if n/batches < 2 { // one example has no statistics
		batches = max(1, n/2)
	}
	return batches, n / batches
}

// compile compiles the graph of the moments alone, unless it has been.
func (s *statistics) compile(rows int) error {
	if s.rows == rows {
		return nil
	}
	in := &batch{rows: rows, x: make([]float32, rows*s.model.In().Size())}
	var of []graph.Moments
	program, err := op.Compile(func(tape *op.Tape) []*G.Node {
		b := graph.NewBuilder(tape, graph.Train, rows).DrawFrom(s.seed, &s.number)
		s.model.Build(b, b.Examples("input", s.model.In(), in.x))
		of = b.Moments()
		var results []*G.Node
		for _, m := range of {
			if m.OfMean == nil { // possible with one example in all, which check refuses
				b.Fail(errors.Errorf("want at least 2 examples for the batch norm of %q, got %d", m.Mean.Name, rows))
			}
			results = append(results, m.OfMean, m.OfVariance)
		}
		return results
	})
	if err != nil {
		return errors.WithMessagef(err, "model %q", s.model.Name())
	}
	s.program, s.in, s.of, s.rows = program, in, of, rows
	return nil
}

// set sets the averages. A layer that is called several times has moments of each call, which count
// alike. All samples have equally many numbers, so with mean m and variance v of each, and n samples,
//
//	mean     = (sum of m) / n
//	variance = (sum of v + (m - mean)²) / n
//
// in float64, in order, rounded to float32 at the end.
func (s *statistics) set(moments [][]float32) {
	done := map[*graph.Weight]bool{}
	for i, m := range s.of {
		if done[m.Mean] {
			continue
		}
		done[m.Mean] = true
		var means, variances []float32
		for j := i; j < len(s.of); j++ {
			if s.of[j].Mean == m.Mean {
				means, variances = append(means, moments[2*j]...), append(variances, moments[2*j+1]...)
			}
		}
		pool(m.Mean.Data, m.Variance.Data, means, variances)
	}
}

// pool computes the mean and the variance of each channel from those of samples of equal size, which
// lie one behind the other.
func pool(mean, variance, means, variances []float32) {
	channels := len(mean)
	n := float64(len(means) / channels)
	for c := range mean {
		sum := 0.0
		for i := c; i < len(means); i += channels {
			sum += float64(means[i])
		}
		centre := sum / n
		sum = 0
		for i := c; i < len(means); i += channels {
			d := float64(means[i]) - centre
			sum += float64(variances[i]) + float64(d*d)
		}
		mean[c], variance[c] = float32(centre), float32(sum/n)
	}
}
