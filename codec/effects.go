package codec

import (
	"context"
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

const (
	probes     = 1 << 13 // codes that the decoder decodes to find the effects of latents
	shareFrom  = 1 << 10 // from so many latents on, those of a channel share an effect
	mostProbed = 1 << 26 // numbers of all images that the decoder then decodes
	probeShare = 0.25    // the part of its deviation by which a latent is moved
)

// effects returns how much an image changes by a change of 1 of each latent: the root of the mean
// squared change, summed over the image's numbers. It moves one latent at a time by a part of its
// deviation, in the codes of some images. In a code that is a large image, the latents of a channel
// are alike, and some of them stand for all.
func (s *sample) effects(ctx context.Context, m *Model, deviation []float64) ([]float64, error) {
	count := min(s.measured, max(4, min(64, probes/s.latents)))
	moved := movedLatents(m.Encoder.Out(), mostProbed/m.Size.Numbers()/count)
	sums := make([]float64, s.latents)
	for k := range count {
		code := s.z[k*s.measured/count*s.latents:][:s.latents]
		base, err := m.Decoder.Predict(ctx, code)
		if err != nil {
			return nil, err
		}
		if err := s.probe(ctx, m, moved, sums, code, base, deviation, 1-2*float64(k%2)); err != nil {
			return nil, err
		}
	}
	for i, d := range deviation {
		if sums[i] = math.Sqrt(sums[i] / float64(count)); d > 0 {
			sums[i] /= d * probeShare
		}
	}
	if len(moved) < s.latents {
		shareEffects(sums, moved, deviation, m.Encoder.Out()[0])
	}
	return sums, nil
}

// movedLatents returns the latents that are moved: all, or, of a code that is a large image, at most
// most of them or one of each channel, evenly spread.
func movedLatents(code graph.Shape, most int) []int {
	channels, places := code.Size(), 1
	if len(code) == 3 {
		channels, places = code[0], code[1]*code[2]
	}
	n := places
	if code.Size() > shareFrom {
		n = max(1, min(places, most/channels, shareFrom/channels))
	}
	if len(code) != 3 {
		n = 1
	}
	moved := make([]int, 0, n*channels)
	for p := range n {
		place := (2*p + 1) * places / (2 * n)
		for c := range channels {
			moved = append(moved, place*channels+c) // in memory the channels are the last axis
		}
	}
	return moved
}

// shareEffects gives all latents of a channel the root of the mean square of the effects of those
// that were moved and that vary.
func shareEffects(effects []float64, moved []int, deviation []float64, channels int) {
	sums, counts := make([]float64, channels), make([]float64, channels)
	for _, i := range moved {
		if deviation[i] > 0 {
			sums[i%channels] += float64(effects[i] * effects[i])
			counts[i%channels]++
		}
	}
	for i := range effects {
		c := i % channels
		effects[i] = math.Sqrt(sums[c] / max(counts[c], 1))
	}
}

// probe adds the squared changes of one image by a move of each of some latents.
func (s *sample) probe(ctx context.Context, m *Model, moved []int, sums []float64, code, base []float32, deviation []float64, sign float64) error {
	for from := 0; from < len(moved); from += m.rows {
		rows := moved[from:min(from+m.rows, len(moved))]
		var z []float32
		for r, i := range rows {
			z = append(z, code...)
			z[r*s.latents+i] += float32(sign * probeShare * deviation[i])
		}
		y, err := m.Decoder.Predict(ctx, z)
		if err != nil {
			return err
		}
		for r, i := range rows {
			for k, v := range y[r*len(base):][:len(base)] {
				d := float64(v) - float64(base[k])
				sums[i] += float64(d * d)
			}
		}
	}
	return nil
}
