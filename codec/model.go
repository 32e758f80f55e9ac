package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Model is what turns images into bytes and bytes into images. Fit makes it from an autoencoder. A
// file's model has no encoder.
type Model struct {
	Size      images.Size
	Encoder   *graph.Model // image -> code; nil in the model of a file
	Decoder   *graph.Model // rounded code -> image; nil if it is outside of the file and was not given
	Quantizer Quantizer
	Prior     Prior
	Report    Report // what Fit measured; zero in the model of a file

	// Lambda is how many bits a unit of squared error is worth when codes are refined; see FitOptions.
	// It is 0 in the model of a file.
	Lambda float64

	external bool
	network  []byte // content of the section of the decoder network, or of its fingerprint
	rows     int    // images that the networks compute at once
}

// External says if files with this model name the decoder by its fingerprint, and do not hold it.
func (m *Model) External() bool { return m.external }

// Latents returns the number of integers in a code.
func (m *Model) Latents() int { return len(m.Quantizer.Step) }

// check refuses parts that do not fit together.
func (m *Model) check() error {
	if m.Prior == nil {
		return errors.New("want a model with a prior, got one without: use a model that Fit made")
	}
	if err := m.Quantizer.check(); err != nil {
		return err
	}
	if n := m.Prior.Latents(); n != m.Latents() {
		return errors.Errorf("want a prior of %d latents, got one of %d", m.Latents(), n)
	}
	if p, ok := m.Prior.(*pixelPrior); ok {
		if err := p.check(m.Size); err != nil {
			return err
		}
	}
	return m.checkDecoder()
}

func (m *Model) checkDecoder() error {
	d := m.Decoder
	if d == nil {
		return nil
	}
	if err := d.Ready(); err != nil {
		return err
	}
	if in, out := d.In().Size(), d.Out().Size(); in > limit.latents || out != m.Size.Numbers() {
		return errors.Errorf("want a decoder from at most %d latents to %d numbers, got one from %d to %d", limit.latents, m.Size.Numbers(), in, out)
	}
	if err := checkNetwork(d); err != nil {
		return err
	}
	if n := rows(d); n != m.rows { // several goroutines may use a model that is complete
		m.rows = n
	}
	return nil
}

// encode returns the numbers of the codes of images.
func (m *Model) encode(ctx context.Context, pixels []byte) ([]float32, error) {
	n := m.Size.Numbers()
	count := len(pixels) / n
	codes := make([]float32, 0, count*m.Encoder.Out().Size())
	x := make([]float32, min(count, m.rows)*n)
	for len(pixels) > 0 {
		x = x[:min(len(x), len(pixels))]
		elementwise.FromBytes(x, pixels[:len(x)])
		z, err := m.Encoder.Predict(ctx, x)
		if err != nil {
			return nil, err
		}
		codes, pixels = append(codes, z...), pixels[len(x):]
	}
	if !reduce.AllFinite(codes) {
		return nil, errors.Errorf("want finite codes from encoder %q, got NaN or infinity: train the model again", m.Encoder.Name())
	}
	return codes, nil
}

// decode writes the images that the decoder makes of codes' numbers.
func (m *Model) decode(ctx context.Context, pixels []byte, z []float32) error {
	n, latents := m.Size.Numbers(), m.Decoder.In().Size()
	for len(z) > 0 {
		r := min(m.rows, len(z)/latents)
		y, err := m.Decoder.Predict(ctx, z[:r*latents])
		if err != nil {
			return err
		}
		toBytes(pixels[:r*n], y)
		z, pixels = z[r*latents:], pixels[r*n:]
	}
	return nil
}

// decodeIntegers writes the images of codes' integers.
func (m *Model) decodeIntegers(ctx context.Context, pixels []byte, q []int32) error {
	if m.Decoder == nil {
		return errors.New("want a decoder, got a file that was opened without one: give its decoder")
	}
	n, latents := m.Size.Numbers(), m.Latents()
	z := make([]float32, min(m.rows*latents, len(q)))
	for len(q) > 0 {
		z = z[:min(len(z), len(q))]
		m.Quantizer.Dequantize(z, q[:len(z)])
		r := len(z) / latents
		if err := m.decode(ctx, pixels[:r*n], z); err != nil {
			return err
		}
		q, pixels = q[len(z):], pixels[r*n:]
	}
	return nil
}
