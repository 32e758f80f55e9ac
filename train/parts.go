package train

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// adder adds up the gradients of the parts of batches. First the workers tell each other how they are and
// the losses of their parts, with their terms. Then each gets a slice of all subtrees, adds them up, and gives
// the sums to all. So a worker sends and gets about twice the numbers of a subtree, however many there are.
//
// The numbers of a subtree are the gradients of all trained weights, and then the changes of weights that layers
// keep, times the rows of a part. All slices have one length; the last may end beyond the numbers.
type adder struct {
	dealt
	losses int // of a part: the loss and its terms
	slice  int // numbers of a slice
	kept   []*graph.Weight

	head, heads []float32        // what this worker tells, and what all tell
	subtrees    [][]float32      // of this worker, as many as one has at most
	slices      [][]float32      // of the subtrees of all workers: by number of the subtree, then by rank
	sum         []float32        // of all parts
	spare       [][]float32      // subtrees that wait for their partners, by depth
	shares      elementwise.Tree // of the rows of a group in the change of a kept weight
	gradients   [][]float32      // of the batch
	whole       [][]float32      // those of a graph that has computed all parts, else nil
}

// prepare lays out a batch.
func (t *Trainer) prepare(rows int) error {
	a := &t.adder
	if a.cut.rows == rows {
		return nil
	}
	d := t.deal(rows)
	p, err := t.training.get(d.size(0)) // a part of one row may keep nothing
	if err != nil {
		return err
	}
	*a = adder{dealt: d, losses: 1 + len(p.terms), kept: p.kept, gradients: make([][]float32, len(t.training.weights))}
	numbers := 0
	for _, w := range slices.Concat(t.training.weights, a.kept) {
		numbers += len(w.Data)
	}
	a.slice = (numbers-1)/d.workers + 1
	a.head = make([]float32, 1+d.parts*a.losses)
	a.heads = a.head
	if d.workers > 1 {
		a.heads, a.sum = make([]float32, d.workers*len(a.head)), a.buffer()
	}
	for range d.nodes {
		a.subtrees = append(a.subtrees, a.buffer())
		if d.workers > 1 {
			a.slices = append(a.slices, a.buffer())
		}
	}
	return nil
}

// buffer has room for the numbers of a subtree.
func (a *adder) buffer() []float32 { return make([]float32, a.workers*a.slice) }

// lossesOf is the losses of part i of a worker.
func (a *adder) lossesOf(rank, i int) []float32 {
	return a.heads[rank*len(a.head)+1+i*a.losses:][:a.losses]
}

// inParts is gradients for a batch in parts. Workers that stop have done the step: stop is the error that
// says so.
func (t *Trainer) inParts(ctx context.Context, examples reader, batch []int32) (gradients [][]float32, loss float64, stop, err error) {
	if err := t.prepare(len(batch)); err != nil { // on all workers alike
		return nil, 0, nil, err
	}
	a := &t.adder
	if err = t.compute(examples, batch); a.workers > 1 {
		var worst float32
		if worst, err = t.team.exchange(ctx, a.heads, a.head, err); worst == stopped { // all have done their parts
			stop, err = err, nil
		}
	}
	if err != nil {
		return nil, 0, nil, err
	}
	if err := a.finite(); err != nil {
		return nil, 0, nil, err
	}
	total, err := a.add(t.team)
	if err != nil {
		return nil, 0, nil, err
	}
	loss = t.addLosses()
	for i, w := range t.training.weights {
		a.gradients[i], total = total[:len(w.Data)], total[len(w.Data):]
		if a.whole != nil {
			a.gradients[i] = a.whole[i]
		}
	}
	if len(a.kept) > 0 {
		t.model.Change(func() {
			for _, w := range a.kept {
				for i := range w.Data { // not times 1/rows: whole numbers stay whole
					w.Data[i] += total[i] / float32(a.rows)
				}
				total = total[len(w.Data):]
			}
		})
	}
	return a.gradients, loss, stop, nil
}

// compute computes the subtrees of this worker. A loss that is not finite is found by all workers later.
func (t *Trainer) compute(examples reader, batch []int32) error {
	a := &t.adder
	for i, n := range a.of(t.team.Rank()) {
		err := t.computeNode(examples, batch, n, 0, a.subtrees[i])
		if diverged := (*DivergedError)(nil); errors.As(err, &diverged) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// computeNode computes a subtree into sum.
func (t *Trainer) computeNode(examples reader, batch []int32, n node, depth int, sum []float32) error {
	a := &t.adder
	if s, ok := a.groups(n); ok && !t.training.stock {
		p, err := t.training.get(s)
		if err == nil {
			return t.computeParts(p, examples, batch, n, sum)
		}
		if !errors.Is(err, op.ErrGroups) {
			return err
		}
		t.training.stock = true
	}
	if n.to-n.from == 1 {
		p, err := t.training.get(a.size(n.from))
		if err != nil {
			return err
		}
		return t.computeParts(p, examples, batch, n, sum)
	}
	left, right := n.halves()
	if err := t.computeNode(examples, batch, left, depth+1, sum); err != nil {
		return err
	}
	for len(a.spare) <= depth {
		a.spare = append(a.spare, a.buffer())
	}
	if err := t.computeNode(examples, batch, right, depth+1, a.spare[depth]); err != nil {
		return err
	}
	elementwise.Add(sum, sum, a.spare[depth])
	return nil
}

// computeParts computes a part, or parts that are groups of p.
func (t *Trainer) computeParts(p *program, examples reader, batch []int32, n node, sum []float32) error {
	a := &t.adder
	if err := p.fill(examples, t.pos.Epoch, batch[a.first(n.from):a.first(n.to)]); err != nil {
		return err
	}
	t.training.place = uint64(a.first(n.from))
	mine := a.stretch(t.team.Rank()).from
	if err := p.run(a.head[1+(n.from-mine)*a.losses : 1+(n.to-mine)*a.losses]); err != nil {
		return err
	}
	if a.workers == 1 && n == a.root() {
		a.whole = p.grads
	}
	for _, g := range p.grads {
		if a.whole == nil {
			copy(sum, g)
		}
		sum = sum[len(g):]
	}
	for i, w := range a.kept {
		next := w.Data
		if len(p.kept) > 0 {
			next = p.Result(p.first.kept + i)
		}
		if len(next) == len(w.Data) { // the same for all groups
			next = slices.Repeat(next, p.groups)
		}
		a.shares.Begin(sum[:len(w.Data)])
		for own := range slices.Chunk(next, len(w.Data)) {
			share := a.shares.Next()
			for j, v := range own { // the change alone is rounded: a weight that no part changes stays as it is
				share[j] = float32(v-w.Data[j]) * float32(p.size.rows)
			}
			a.shares.Add(share)
		}
		sum = sum[len(w.Data):]
	}
	return nil
}

// finite refuses losses that are not finite.
func (a *adder) finite() (err error) {
	a.each(func(_ int, losses []float32) {
		if err == nil {
			err = finite(losses[0])
		}
	})
	return err
}

// addLosses adds the losses of all parts to the epoch's and returns the batch's.
func (t *Trainer) addLosses() float64 {
	var batch sums
	t.adder.each(func(rows int, losses []float32) {
		t.pos.Sum.add(rows, losses)
		batch.add(rows, losses)
	})
	return batch.mean()[0]
}

// each calls f with the rows and the losses of each part, in order.
func (a *adder) each(f func(rows int, losses []float32)) {
	for r := range a.workers {
		for s, i := a.stretch(r), 0; s.from+i < s.to; i++ {
			f(a.size(s.from+i).rows, a.lossesOf(r, i))
		}
	}
}

// add returns the sum of all parts.
func (a *adder) add(team team) ([]float32, error) {
	if a.workers == 1 {
		return a.subtrees[0], nil
	}
	for i, own := range a.subtrees {
		if err := team.AllToAll(a.slices[i], own); err != nil {
			return nil, &LostError{err}
		}
	}
	if err := team.AllGather(a.sum, a.total(a.root())); err != nil {
		return nil, &LostError{err}
	}
	return a.sum, nil
}

// total is the sum of a subtree, of this worker's slice, from what all have sent, which it overwrites.
func (a *adder) total(n node) []float32 {
	for r := range a.workers {
		for i, own := range a.of(r) {
			if own == n {
				return a.slices[i][r*a.slice:][:a.slice]
			}
		}
	}
	left, right := n.halves()
	sum := a.total(left)
	elementwise.Add(sum, sum, a.total(right))
	return sum
}
