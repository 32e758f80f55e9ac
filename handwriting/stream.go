package handwriting

import (
	"fmt"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Stream is images of the data set that are drawn when they are asked for. So a set of millions takes
// the memory of some blocks. Image i is the one that Draw draws. Several goroutines may use a Stream.
type Stream struct {
	split   string
	writers []*writer
	key     uint64
	n       int

	mu      sync.Mutex
	next    int   // the image after the one that was asked for last
	inOrder queue // for a reader that goes through all
	planned queue // for a reader that has told its order; see Ahead
	at      int   // how many of the planned images were asked for
}

// Streams returns the first images of both parts of the data set, those to train on and those to test
// with.
func Streams(train, test int) (tr, te *Stream) {
	w := newWriters()
	return newStream("train", w[:writersPerSplit], train), newStream("test", w[writersPerSplit:], test)
}

func newStream(split string, writers []*writer, n int) *Stream {
	return &Stream{split: split, writers: writers, key: random.Key(seed, "handwriting", split), n: n, next: -1,
		inOrder: queue{n: n, number: func(k int) int { return k }}}
}

// Len returns the number of images.
func (s *Stream) Len() int { return s.n }

// Size returns the size of each image, 28x28, grey.
func (s *Stream) Size() images.Size { return images.Size{Channels: 1, Height: side, Width: side} }

// Shape returns the logical shape of an example, (1, 28, 28), and nil: there is no target.
func (s *Stream) Shape() (x, y []int) { return s.Size().Shape(), nil }

// Label returns the digit in image i.
func (s *Stream) Label(i int) int {
	return int(random.FromKey(random.Sub(s.key, uint64(i))).Uint64n(10))
}

// Example writes image i into x, from 0 (black) to 1. y must be empty.
func (s *Stream) Example(_, i int, x, y []float32) error {
	if i < 0 || i >= s.n {
		return errors.Errorf("data set handwriting: want an image from 0 to %d, got %d", s.n-1, i)
	}
	if len(x) != side*side || len(y) != 0 {
		return errors.Errorf("data set handwriting: want room for %d input and 0 target values, got %d and %d", side*side, len(x), len(y))
	}
	for k, b := range s.image(i, make([]byte, side*side)) {
		x[k] = float32(b) / 255
	}
	return nil
}

// Bytes returns the function that gives image i as bytes; see images.Set.Bytes.
func (s *Stream) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	if self != any(s) {
		return nil
	}
	return func(_, i int, scratch []byte) []byte { return s.image(i, scratch) }
}

// Fingerprint tells the images from others: each follows from its number.
func (s *Stream) Fingerprint(self any) string {
	if self != any(s) {
		return ""
	}
	return fmt.Sprintf("handwriting, seed %d, %s, %d images", seed, s.split, s.n)
}

// Ahead says that these images will be asked for, in this order: they are drawn on all cores, some blocks
// ahead of the reader. It returns at once, and replaces what an earlier call said. Nobody may change indices
// any more. Images that are asked for in another order are the same, but drawn one by one.
func (s *Stream) Ahead(_ int, indices []int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.planned = 0, queue{n: len(indices), number: func(k int) int { return int(indices[k]) }}
	s.planned.ahead(s, 0)
}

// image draws image i into scratch, or returns it from a block. A block is drawn for a reader that asks
// for one image after the other, or in the order that it has told; the next one is drawn while it is read.
// Other single images are drawn alone.
func (s *Stream) image(i int, scratch []byte) []byte {
	b, k := s.drawn(i)
	if b != nil {
		<-b.done
		return append(scratch[:0], b.set.Image(k)...)
	}
	scratch = scratch[:side*side]
	clear(scratch)
	drawImage(s.key, s.writers, i, scratch)
	return scratch
}

// drawn returns the block that has image i, and its place in it, or nil.
func (s *Stream) drawn(i int) (*drawnBlock, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	follows := i == s.next
	s.next = i + 1
	if s.at < s.planned.n && s.planned.number(s.at) == i {
		b, k := s.planned.get(s, s.at)
		if s.at++; s.at == s.planned.n {
			s.at, s.planned = 0, queue{} // nobody needs the images any more
		}
		return b, k
	}
	if follows || s.inOrder.has(i) {
		return s.inOrder.get(s, i)
	}
	return nil, 0
}
