// Package handwriting draws a data set of handwritten digits, so that a machine without a network
// has something like MNIST to work with. The data set is part of the program: every machine draws
// the same bytes.
package handwriting

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
)

// seed, like every number of the drawing, is part of the data set: a change of one makes another
// data set.
const seed = 1

// writersPerSplit is MNIST's number: about 250 people wrote its training images, and about 250
// others its test images.
const writersPerSplit = 250

// Draw draws the first images of the data set: labelled grey images of 28x28 pixels, white ink on
// black, as MNIST has them. The data set has 60,000 images to train on and 10,000 to test with, but
// the counts may be any numbers of at least 0. An image depends on its index alone: every machine
// draws the same bytes, on any number of cores.
//
// There are ten digits, each with several skeletons of strokes. 250 writers write the training
// images, and 250 others the test images. Each writer has a slant, width, pen, roundness and shapes
// of their own, and varies them a little from image to image. As in MNIST, a digit is scaled to a
// box of 20x20 pixels, its aspect ratio is kept, and it is moved so that its centre of mass lies in
// pixel (14, 14).
//
// The drawing is tuned to be about as varied and as hard as MNIST:
//
//	                                               here      MNIST
//	mean pixel                                     0.130     0.131
//	pixels with ink                                19.2 %    19.1 %
//	variance in the first 10 principal components  53 %      49 %
//	variance in the first 100                      93 %      92 %
//	test images that logistic regression labels    92.5 %    92.2 %
//	test images that the nearest neighbour labels  96.2 %    96.9 %
//
// The last two rows count labels that are right.
func Draw(train, test int) (tr, te *images.Set) {
	w := newWriters()
	return handwrite("train", w[:writersPerSplit], train), handwrite("test", w[writersPerSplit:], test)
}

// newWriters draws the writers of the training images, then those of the test images.
func newWriters() []*writer {
	ways := skeletons()
	key := random.Key(seed, "handwriting", "writers")
	all := make([]*writer, 2*writersPerSplit)
	for i := range all {
		all[i] = newWriter(random.FromKey(random.Sub(key, uint64(i))), &ways)
	}
	return all
}

// handwrite draws the first n images of a split on all cores.
func handwrite(split string, writers []*writer, n int) *images.Set {
	return handwriteThose(random.Key(seed, "handwriting", split), writers, n, func(k int) int { return k })
}

// handwriteThose draws n images of a split on all cores: number says which one the k-th is.
func handwriteThose(key uint64, writers []*writer, n int, number func(k int) int) *images.Set {
	const chunk = 64 // images that a core draws at a time
	s := &images.Set{
		Name:     "handwriting",
		Channels: 1,
		Height:   side,
		Width:    side,
		Pixels:   make([]byte, n*side*side),
		Labels:   make([]byte, n),
	}
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
					s.Labels[i] = drawImage(key, writers, number(i), s.Image(i))
				}
			}
		})
	}
	wg.Wait()
	return s
}

// drawImage draws image i of a split into black pixels, and returns its digit. Each image has its own
// stream of random numbers, so that it does not depend on the images before it.
func drawImage(key uint64, writers []*writer, i int, pixels []byte) byte {
	r := random.FromKey(random.Sub(key, uint64(i)))
	digit := int(r.Uint64n(10))
	w := writers[r.Uint64n(uint64(len(writers)))]
	render(pixels, fit(w.write(r, digit)), r)
	return byte(digit)
}
