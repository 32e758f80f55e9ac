package codec

import (
	"context"

	"github.com/gorgonae/gorgonae/refine"
)

// greedy changes codes one integer at a time, by 1, as long as their true loss becomes less. All
// images are searched at once. In each round an image tries the change that the gradient of its loss
// promises most of.
type greedy struct {
	*refinement
	refiner *refine.Refiner
	pixels  []byte

	best     []int32   // the best codes so far
	loss     []float64 // of each image, with its best code
	gradient []float32 // of the loss at the best codes
	codes    []int32   // to be tried
	tried    []float32 // magnitude of the gradient at which a change of an integer was refused
	decoded  []byte
	trial    []float64 // losses of the codes tried
}

func newGreedy(r *refinement, f *refine.Refiner, q []int32, pixels []byte) *greedy {
	rows := len(q) / r.model.Latents()
	return &greedy{refinement: r, refiner: f, pixels: pixels,
		best: append([]int32(nil), q...), loss: make([]float64, rows), gradient: make([]float32, len(q)),
		codes: append([]int32(nil), q...), tried: make([]float32, len(q)), decoded: make([]byte, len(pixels)), trial: make([]float64, rows)}
}

// run searches for a number of rounds from the codes to be tried.
func (s *greedy) run(ctx context.Context, rounds int) error {
	gradient, err := s.try(ctx)
	if err != nil {
		return err
	}
	copy(s.best, s.codes)
	copy(s.gradient, gradient)
	copy(s.loss, s.trial)
	n := len(s.best) / len(s.loss)
	for range rounds {
		changed := s.propose()
		if len(changed) == 0 {
			return nil
		}
		if gradient, err = s.try(ctx); err != nil {
			return err
		}
		for _, at := range changed {
			r := at / n
			if s.trial[r] < s.loss[r] {
				s.loss[r] = s.trial[r]
				s.best[at] = s.codes[at]
				copy(s.gradient[r*n:][:n], gradient[r*n:][:n])
			} else {
				s.codes[at] = s.best[at]
				s.tried[at] = max(s.gradient[at], -s.gradient[at])
			}
		}
	}
	return nil
}

// again is by how much the gradient must have grown until a change that was refused is tried again.
const again = 1.25

// propose changes an integer of each image, and returns the places of all these integers. An image
// for which nothing is left to be tried has none.
func (s *greedy) propose() (changed []int) {
	n := len(s.best) / len(s.loss)
	for r := range s.loss {
		place, steepest := -1, float32(0)
		for i, g := range s.gradient[r*n:][:n] {
			at := r*n + i
			if g < 0 {
				g = -g
			}
			if g > steepest && g > again*s.tried[at] {
				place, steepest = at, g
			}
		}
		if place < 0 {
			continue
		}
		q := s.best[place] - 1
		if s.gradient[place] < 0 {
			q += 2
		}
		if q < -maxCode || q > maxCode {
			s.tried[place] = steepest
			continue
		}
		s.codes[place] = q
		changed = append(changed, place)
	}
	return changed
}

// try computes the losses of the codes to be tried, and returns their gradients.
func (s *greedy) try(ctx context.Context) (gradient []float32, err error) {
	for i, q := range s.codes {
		s.refiner.Positions[i] = float32(q)
	}
	images, gradient, err := s.refiner.Evaluate()
	if err != nil {
		return nil, err
	}
	toBytes(s.decoded, images)
	return gradient, s.losses(ctx, s.trial, s.codes, s.decoded, s.pixels)
}
