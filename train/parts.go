package train

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// A batch that is cut into parts has a gradient that is a sum over the parts: of each part's mean loss, times
// the part's share in the batch. Additions of float32 have an order, and this one depends on the number of
// parts alone: neighbours are added in pairs, then these sums in pairs, and so on; a sum without a partner
// waits for the next round. So it is a tree whose leaves are the parts, and a worker may compute any whole
// subtree.

// cut is a batch that is cut into parts of neighbouring rows.
type cut struct{ rows, parts int }

// first is the first row of a part. The first parts have a row more if the rows do not divide.
func (c cut) first(part int) int { return part*(c.rows/c.parts) + min(part, c.rows%c.parts) }

// size is the size of a part's graph.
func (c cut) size(part int) size { return size{c.first(part+1) - c.first(part), c.rows} }

// node is a subtree: the parts from one to before another.
type node struct{ from, to int }

// halves are the two subtrees that are added. The left one has a power of two of parts, as many as fit.
func (n node) halves() (left, right node) {
	width := 1
	for 2*width < n.to-n.from {
		width *= 2
	}
	return node{n.from, n.from + width}, node{n.from + width, n.to}
}

// within lists the largest subtrees of n among the parts of a stretch, in order.
func (n node) within(stretch node) []node {
	switch {
	case n.to <= stretch.from || stretch.to <= n.from:
		return nil
	case stretch.from <= n.from && n.to <= stretch.to:
		return []node{n}
	}
	left, right := n.halves()
	return append(left.within(stretch), right.within(stretch)...)
}

// dealt is how the parts of a batch are dealt out to workers.
type dealt struct {
	cut
	workers int
	parts   int // of a worker, at most
	nodes   int // of a worker, at most
}

func deal(rows, shards, workers int) dealt {
	d := dealt{cut: cut{rows, min(shards, rows)}, workers: workers}
	for r := range workers {
		s := d.stretch(r)
		d.parts, d.nodes = max(d.parts, s.to-s.from), max(d.nodes, len(d.of(r)))
	}
	return d
}

func (d dealt) root() node { return node{0, d.cut.parts} }

// stretch is the parts of a worker.
func (d dealt) stretch(rank int) node {
	return node{rank * d.cut.parts / d.workers, (rank + 1) * d.cut.parts / d.workers}
}

// of lists the subtrees that a worker computes.
func (d dealt) of(rank int) []node { return d.root().within(d.stretch(rank)) }

// adder adds up the gradients of the parts of batches. What the workers send each other is
//
//	how it is with the worker; the losses of its parts, with their terms; its subtrees
//
// with places for as many parts and subtrees as one of them has at most. The numbers of a subtree are the
// gradients of all trained weights, and then the next values of weights that layers keep.
type adder struct {
	dealt
	losses  int // of a part: the loss and its terms
	numbers int // of a subtree
	kept    []*graph.Weight

	own, all  []float32
	spare     [][]float32 // subtrees that wait for their partners, by depth
	gradients [][]float32 // of the batch
}

// prepare lays out a batch.
func (t *Trainer) prepare(rows int) error {
	a := &t.adder
	if a.cut.rows == rows {
		return nil
	}
	d := deal(rows, t.cfg.Shards, t.team.Size())
	p, err := t.training.get(d.size(0)) // a part of one row may keep nothing
	if err != nil {
		return err
	}
	*a = adder{dealt: d, losses: 1 + len(p.terms), kept: p.kept, gradients: make([][]float32, len(t.training.weights))}
	for _, w := range t.training.weights {
		a.numbers += len(w.Data)
	}
	for _, w := range a.kept {
		a.numbers += len(w.Data)
	}
	a.own = make([]float32, 1+d.parts*a.losses+d.nodes*a.numbers)
	a.all = a.own
	if d.workers > 1 {
		a.all = make([]float32, d.workers*len(a.own))
	}
	return nil
}

// message is what a worker has sent.
func (a *adder) message(rank int) []float32 { return a.all[rank*len(a.own):][:len(a.own)] }

// lossesOf is the losses of part i of a worker.
func (a *adder) lossesOf(message []float32, i int) []float32 {
	return message[1+i*a.losses:][:a.losses]
}

// subtree is subtree i of a worker.
func (a *adder) subtree(message []float32, i int) []float32 {
	return message[1+a.dealt.parts*a.losses+i*a.numbers:][:a.numbers]
}

// inParts is gradients for a batch in parts. Workers that stop have done the step: stop is the error that
// says so.
func (t *Trainer) inParts(ctx context.Context, examples reader, batch []int32) (gradients [][]float32, loss float64, stop, err error) {
	if err := t.prepare(len(batch)); err != nil { // on all workers alike
		return nil, 0, nil, err
	}
	a := &t.adder
	if err = t.compute(examples, batch); a.workers > 1 {
		if err == nil {
			err = ctx.Err()
		}
		err = t.team.exchange(a.all, a.own, err)
	}
	if a.workers > 1 && state(err) == stopped {
		stop, err = err, nil
	}
	if err != nil {
		return nil, 0, nil, err
	}
	if loss, err = t.addLosses(); err != nil {
		return nil, 0, nil, err
	}
	total := a.total(a.root())
	for i, w := range t.training.weights {
		a.gradients[i], total = total[:len(w.Data)], total[len(w.Data):]
	}
	if len(a.kept) > 0 {
		t.model.Change(func() {
			for _, w := range a.kept {
				total = total[copy(w.Data, total):]
			}
		})
	}
	return a.gradients, loss, stop, nil
}

// compute computes the subtrees of this worker. A loss that is not finite is found by all workers later.
func (t *Trainer) compute(examples reader, batch []int32) error {
	a := &t.adder
	for i, n := range a.of(t.team.Rank()) {
		err := t.computeNode(examples, batch, n, 0, a.subtree(a.own, i))
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
	if n.to-n.from == 1 {
		return t.computePart(examples, batch, n.from, sum)
	}
	left, right := n.halves()
	if err := t.computeNode(examples, batch, left, depth+1, sum); err != nil {
		return err
	}
	a := &t.adder
	for len(a.spare) <= depth {
		a.spare = append(a.spare, make([]float32, a.numbers))
	}
	if err := t.computeNode(examples, batch, right, depth+1, a.spare[depth]); err != nil {
		return err
	}
	elementwise.Add(sum, sum, a.spare[depth])
	return nil
}

// computePart computes a part.
func (t *Trainer) computePart(examples reader, batch []int32, part int, sum []float32) error {
	a := &t.adder
	p, err := t.training.get(a.size(part))
	if err != nil {
		return err
	}
	if err := p.fill(examples, t.pos.Epoch, batch[a.first(part):a.first(part+1)]); err != nil {
		return err
	}
	t.training.place = uint64(a.first(part))
	if err := p.run(a.lossesOf(a.own, part-a.stretch(t.team.Rank()).from)); err != nil {
		return err
	}
	for _, g := range p.grads {
		sum = sum[copy(sum, g):]
	}
	for i, w := range a.kept {
		next := w.Data
		if len(p.kept) > 0 {
			next = p.Result(p.first.kept + i)
		}
		elementwise.Scale(sum[:len(next)], next, p.share())
		sum = sum[len(next):]
	}
	return nil
}

// addLosses adds the losses of all parts to the epoch's and returns the batch's.
func (t *Trainer) addLosses() (float64, error) {
	var err error
	t.adder.each(func(_ int, losses []float32) {
		if err == nil {
			err = finite(losses[0])
		}
	})
	if err != nil {
		return 0, err
	}
	var batch sums
	t.adder.each(func(rows int, losses []float32) {
		t.pos.Sum.add(rows, losses)
		batch.add(rows, losses)
	})
	return batch.mean()[0], nil
}

// each calls f with the rows and the losses of each part, in order.
func (a *adder) each(f func(rows int, losses []float32)) {
	for r := range a.workers {
		for s, i := a.stretch(r), 0; s.from+i < s.to; i++ {
			f(a.size(s.from+i).rows, a.lossesOf(a.message(r), i))
		}
	}
}

// total is the sum of a subtree, from what the workers have sent, which it overwrites.
func (a *adder) total(n node) []float32 {
	for r := range a.workers {
		for i, own := range a.of(r) {
			if own == n {
				return a.subtree(a.message(r), i)
			}
		}
	}
	left, right := n.halves()
	sum := a.total(left)
	elementwise.Add(sum, sum, a.total(right))
	return sum
}
