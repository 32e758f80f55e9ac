package train

import "slices"

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
func (c cut) size(part int) size { return size{c.first(part+1) - c.first(part), 1, c.rows} }

// groups is the size of the graph of a subtree of equal parts, whose number is a power of two. It reports false
// for another one, or for one part.
func (c cut) groups(n node) (size, bool) {
	parts, s := n.to-n.from, c.size(n.from)
	s.groups = parts
	return s, parts > 1 && parts&(parts-1) == 0 && s.rows == c.size(n.to-1).rows
}

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

// deal deals out a batch. The last one of an epoch may be too small for all shards: a part has an example, or two
// if a batch norm would normalise the only number of one.
func (t *Trainer) deal(rows int) dealt {
	shards := t.cfg.Shards
	if t.statistics.single() != nil {
		shards = min(shards, max(1, rows/2))
	}
	return deal(rows, shards, t.team.Size())
}

func (d dealt) root() node { return node{0, d.cut.parts} }

// stretch is the parts of a worker.
func (d dealt) stretch(rank int) node {
	return node{rank * d.cut.parts / d.workers, (rank + 1) * d.cut.parts / d.workers}
}

// of lists the subtrees that a worker computes.
func (d dealt) of(rank int) []node { return d.root().within(d.stretch(rank)) }

// mine returns those of the examples of the coming batches that this worker computes.
func (t *Trainer) mine(examples []int32) (own []int32) {
	if t.team.Size() == 1 {
		return examples
	}
	for batch := range slices.Chunk(examples, t.cfg.Batch) {
		d := t.deal(len(batch))
		s := d.stretch(t.team.Rank())
		own = append(own, batch[d.first(s.from):d.first(s.to)]...)
	}
	return own
}
