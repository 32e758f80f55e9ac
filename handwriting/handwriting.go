package handwriting

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
)

// handwritingSeed and all the numbers of the drawing are part of the data set: to change one is to make another set.
const handwritingSeed = 1

// writersPerSplit is MNIST's number: about 250 people wrote its training images, and others the test images.
const writersPerSplit = 250

// Handwriting draws the built-in handwriting, named "handwriting": images of MNIST's layout, (28, 28), white ink on
// black, with labels. The set is Handwriting(60000, 10000); smaller counts, which must not be negative, give the first
// images of the same. It depends on nothing but the counts: every machine draws the same bytes on any number of cores.
//
// Ten digits, each with several skeletons of strokes, are written by 250 writers for training and 250 others for
// testing. A writer has slant, width, pen, roundness and shapes of their own and varies about them from image to image.
// As in MNIST a digit is scaled to a box of 20x20 pixels, with its aspect kept, and moved so that its centre of mass
// lies in pixel (14, 14). The drawing was tuned to be about as varied and as hard as MNIST, whose values stand in
// brackets: mean pixel 0.130 (0.131), pixels with ink 19.2 % (19.1 %), variance in the first 10 principal components
// 53 % (49 %), in the first 100 93 % (92 %), test images that logistic regression gets right 92.5 % (92.2 %), that the
// nearest neighbour does 96.2 % (96.9 %).
func Draw(train, test int) (tr, te *images.Set) {
	w := newWriters()
	return handwrite("train", w[:writersPerSplit], train), handwrite("test", w[writersPerSplit:], test)
}

// newWriters draws the writers of both splits.
func newWriters() []*writer {
	ways := skeletons()
	key := random.Key(handwritingSeed, "handwriting", "writers")
	all := make([]*writer, 2*writersPerSplit)
	for i := range all {
		all[i] = newWriter(random.FromKey(random.Sub(key, uint64(i))), &ways)
	}
	return all
}

// handwrite draws the first n images of a split on all cores. Image i follows from its own random stream alone.
func handwrite(split string, writers []*writer, n int) *images.Set {
	const chunk = 256 // images that a core takes at a time
	s := &images.Set{
		Name:     "handwriting",
		Channels: 1,
		Height:   side,
		Width:    side,
		Pixels:   make([]byte, n*side*side),
		Labels:   make([]byte, n),
	}
	key := random.Key(handwritingSeed, "handwriting", split)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				end := int(taken.Add(chunk))
				if end-chunk >= n {
					return
				}
				for i := end - chunk; i < min(end, n); i++ {
					r := random.FromKey(random.Sub(key, uint64(i)))
					digit := int(r.Uint64n(10))
					w := writers[r.Uint64n(uint64(len(writers)))]
					s.Labels[i] = byte(digit)
					render(s.Image(i), fit(w.write(r, digit)), r)
				}
			}
		})
	}
	wg.Wait()
	return s
}
