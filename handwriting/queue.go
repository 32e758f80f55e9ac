package handwriting

import "github.com/gorgonae/gorgonae/images"

// blockSize is how many images are drawn at once, on all cores.
const blockSize = 2048

// queue is images that a reader asks for one after the other: it has the block that is read, and the one
// that is drawn meanwhile. The mutex of the stream guards it.
type queue struct {
	n      int
	number func(k int) int // of the image that is asked for as the k-th, from 0
	blocks [2]*drawnBlock
}

// drawnBlock is neighbours in a queue, from the first-th on.
type drawnBlock struct {
	first int
	set   *images.Set
	done  chan struct{} // closed when set is there
}

// get returns the block that has the k-th image, which may not be drawn yet, and the place of the image in it.
func (q *queue) get(s *Stream, k int) (*drawnBlock, int) {
	q.ahead(s, k)
	return q.blocks[0], k - q.blocks[0].first
}

// ahead begins to draw the block that has the k-th image and the one after it, unless that was done before.
func (q *queue) ahead(s *Stream, k int) {
	switch {
	case q.blocks[0].has(k):
	case q.blocks[1].has(k):
		q.blocks[0], q.blocks[1] = q.blocks[1], nil
	case k < q.n:
		q.blocks = [2]*drawnBlock{q.draw(s, k), nil}
	}
	if b := q.blocks[0]; b != nil && q.blocks[1] == nil && b.first+blockSize < q.n {
		q.blocks[1] = q.draw(s, b.first+blockSize)
	}
}

// has reports whether the k-th image is in a block.
func (q *queue) has(k int) bool { return q.blocks[0].has(k) || q.blocks[1].has(k) }

func (b *drawnBlock) has(k int) bool { return b != nil && k >= b.first && k < b.first+blockSize }

// draw begins to draw the block from the first-th image on.
func (q *queue) draw(s *Stream, first int) *drawnBlock {
	b := &drawnBlock{first: first, done: make(chan struct{})}
	n, number := min(blockSize, q.n-first), q.number // q may be another queue by then
	go func() {
		defer close(b.done)
		b.set = handwriteThose(s.key, s.writers, n, func(k int) int { return number(first + k) })
	}()
	return b
}
