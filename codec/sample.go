package codec

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

const (
	mostCodes    = 1 << 16 // images whose codes Fit uses
	mostNumbers  = 1 << 26 // numbers in these codes together
	mostMeasured = 4096    // images on which it measures errors
	mostBytes    = 1 << 28 // bytes of these images
)

// sample is what Fit knows of the training images.
type sample struct {
	count    int // of the training images
	latents  int
	codes    []float32 // of all images that are used
	measured int       // the number of images on which errors are measured
	z        []float32 // their codes
	pixels   []byte    // and their bytes
	progress func(what string, done, all int)
}

// say tells the progress to whom it interests.
func (s *sample) say(what string, done, all int) {
	if s.progress != nil {
		s.progress(what, done, all)
	}
}

// takeSample encodes training images, evenly spread over the set.
func takeSample(ctx context.Context, m *Model, training images.Source, progress func(what string, done, all int)) (*sample, error) {
	s := &sample{count: training.Len(), latents: m.Encoder.Out().Size(), progress: progress}
	numbers := m.Size.Numbers()
	n := min(training.Len(), mostCodes, max(1, mostNumbers/s.latents))
	s.measured = min(n, mostMeasured, max(1, mostBytes/numbers))
	read := pixelReader(training)
	var batch []byte
	for i := range n {
		b, err := read(i * training.Len() / n)
		if err != nil {
			return nil, err
		}
		if batch = append(batch, b...); len(batch) < m.rows*numbers && i < n-1 {
			continue
		}
		s.say("encoding images", i, n)
		z, err := m.encode(ctx, batch)
		if err != nil {
			return nil, err
		}
		s.take(i+1, n, numbers, batch, z)
		batch = batch[:0]
	}
	return s, nil
}

// take keeps codes of images up to number end of n, and of some also the bytes.
func (s *sample) take(end, n, numbers int, pixels []byte, z []float32) {
	s.codes = append(s.codes, z...)
	count := len(pixels) / numbers
	for k := range count {
		i := end - count + k
		if (i+1)*s.measured/n > i*s.measured/n {
			s.pixels = append(s.pixels, pixels[k*numbers:][:numbers]...)
			s.z = append(s.z, z[k*s.latents:][:s.latents]...)
		}
	}
}

// errorOf returns the squared error of the images that the decoder makes of numbers of codes.
func (s *sample) errorOf(ctx context.Context, m *Model, z []float32) (float64, error) {
	pixels := make([]byte, len(s.pixels))
	if err := m.decode(ctx, pixels, z); err != nil {
		return 0, err
	}
	return perImage(images.SquaredError(pixels, s.pixels), s.measured), nil
}

// moments returns mean and standard deviation of each latent.
func (s *sample) moments() (mean, deviation []float64) {
	mean, deviation = make([]float64, s.latents), make([]float64, s.latents)
	n := float64(len(s.codes) / s.latents)
	for i, v := range s.codes {
		mean[i%s.latents] += float64(v)
	}
	for i := range mean {
		mean[i] /= n
	}
	for i, v := range s.codes {
		d := float64(v) - mean[i%s.latents]
		deviation[i%s.latents] += float64(d * d)
	}
	for i, v := range deviation {
		deviation[i] = math.Sqrt(v / n)
	}
	return mean, deviation
}

// choosing is what Fit does to find a factor of all steps.
const choosing = "choosing how codes are rounded"

// fit finds quantiser and prior.
func (s *sample) fit(ctx context.Context, m *Model, o FitOptions) error {
	mean, deviation := s.moments()
	effects, err := s.effects(ctx, m, deviation)
	if err != nil {
		return err
	}
	steps := newSteps(mean, deviation, effects)
	target, bits := o.Error, s.tableBits(o.Bits)
	if o.Error == 0 && o.Bits == 0 {
		target = m.Report.Decoder * standardExcess
	}
	good := func(k int) (bool, error) { // says if a factor of 2^(k/32) may be used
		s.say(choosing, 0, 0)
		m.Quantizer = steps.quantizer(k)
		if o.Bits > 0 {
			s.prior(m)
			return m.Report.Bits > bits, ctx.Err()
		}
		_, err := s.measure(ctx, m)
		return m.Report.Error <= target, err
	}
	k, err := search(leastFactor, mostFactor, good)
	if err != nil {
		return err
	}
	if o.Bits > 0 {
		k++ // the first factor with few enough bits
	}
	if o.Lambda == 0 {
		m.Lambda, err = slope(k, func(k int) (bits, loss float64, err error) {
			m.Quantizer = steps.quantizer(k)
			q, err := s.measure(ctx, m)
			if err != nil {
				return 0, 0, err
			}
			_, bits = fitStatic(q, s.latents) // of the codes on which errors are measured: they are enough
			return bits, m.Report.Error, nil
		})
		if err != nil {
			return err
		}
	}
	m.Quantizer = steps.quantizer(k)
	if _, err := s.measure(ctx, m); err != nil {
		return err
	}
	s.prior(m)
	return m.missed(o)
}

// A stream takes at most streamEnd bits more than its symbols (see package rans). That counts in a
// stream of few bits.
const (
	streamEnd = 24
	fewBits   = 1 << 12
)

// tableBits returns how many bits of an image the tables may take so that the file has the wanted
// bits. If the end of the stream is more than half of what is wanted, that cannot be.
func (s *sample) tableBits(wanted float64) float64 {
	n := float64(s.count)
	if end := streamEnd / n; n*wanted < fewBits && end < wanted/2 {
		return wanted - end
	}
	return wanted
}

// missed returns an error if a model does not reach what the options want.
func (m *Model) missed(o FitOptions) error {
	switch {
	case o.Bits > 0 && m.Report.Bits > o.Bits:
		return errors.Errorf("want %v bits for an image, got %.2f at least: ask for more bits, or use a model with smaller codes", o.Bits, m.Report.Bits)
	case o.Error > 0 && m.Report.Error > o.Error:
		return errors.Errorf("want a squared error of %v, got %.4f at least: ask for more, use more bits for a weight, or train a better model", o.Error, m.Report.Error)
	}
	return nil
}

// measure sets the error of images with quantised codes, and returns the integers of these.
func (s *sample) measure(ctx context.Context, m *Model) ([]int32, error) {
	q := make([]int32, len(s.z))
	m.Quantizer.Quantize(q, s.z)
	pixels := make([]byte, len(s.pixels))
	if err := m.decodeIntegers(ctx, pixels, q); err != nil {
		return nil, err
	}
	m.Report.Error = perImage(images.SquaredError(pixels, s.pixels), s.measured)
	return q, nil
}

// prior fits the prior, and sets the bits of an image.
func (s *sample) prior(m *Model) {
	q := make([]int32, len(s.codes))
	m.Quantizer.Quantize(q, s.codes)
	m.Prior, m.Report.Bits = fitStatic(q, s.latents)
}
