// Package refine improves codes by gradients of the codes themselves. Encoders give each image a
// code that is good on average over all images of a kind; a code that was searched for one image
// costs far fewer bits at the same error. Decoder and prior stay as they are, so a reader notices
// nothing.
//
// A code is a list of latents. A latent's position is its distance from an offset, in steps. A
// symbol is a position that has been rounded to an integer. The loss of an image is
//
//	bits of its symbols + Lambda · squared error
//
// A graph of decoder, prior and loss is compiled once for a number of images. What it computes for
// an image does not depend on the others. All numbers have the same bits on every machine.
package refine

import (
	"context"
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/rate"
)

// Codec is what codes are refined for.
type Codec struct {
	Decoder      *graph.Model // gets symbol·Step + Offset for each latent
	Step, Offset []float32    // of each latent
	Lambda       float32      // above 0

	// One of these is the model of the symbols.
	Prior  *graph.Prior // conditional
	Tables []Table      // one for each latent
}

// Table has the bits of the integers Lo, Lo+1, ...
type Table = rate.Table

// Refiner refines the codes of a number of images at once. One goroutine at a time may use it.
type Refiner struct {
	Positions []float32 // (rows, latents); the caller sets them
	Images    []float32 // (rows, height, width, channels), in [0, 1]; the caller sets them

	program     *op.Program
	noise       []float32 // of each latent
	temperature []float32
	m, v        []float32 // Adam's moments
}

// Results of the program.
const (
	lossResult = iota
	gradientResult
	outputResult
)

// New compiles the graph for rows images.
func New(c Codec, rows int) (*Refiner, error) {
	n := len(c.Step)
	if !(c.Lambda > 0) || math.IsInf(float64(c.Lambda), 1) {
		return nil, errors.Errorf("want a finite Lambda above 0, got %v", c.Lambda)
	}
	if (c.Prior == nil) == (c.Tables == nil) || c.Prior != nil && c.Prior.Latents() != n || c.Tables != nil && len(c.Tables) != n {
		return nil, errors.Errorf("want a prior or tables for %d latents, got neither, both, or others", n)
	}
	codes := rows * n
	r := &Refiner{Positions: make([]float32, codes), Images: make([]float32, rows*c.Decoder.Out().Size()),
		noise: make([]float32, n), temperature: make([]float32, 1), m: make([]float32, codes), v: make([]float32, codes)}
	var err error
	r.program, err = op.Compile(func(t *op.Tape) []*G.Node { return r.write(c, graph.NewBuilder(t, graph.Predict, rows)) })
	return r, errors.WithMessage(err, "compiling the refinement of codes")
}

// write writes the graph. Decoder and prior are those of prediction, and positions are all that is
// trained.
func (r *Refiner) write(c Codec, b *graph.Builder) []*G.Node {
	n := len(c.Step)
	positions := b.Var("positions", op.Shape{b.Rows, n}, r.Positions, true)
	soft := b.DoAll(op.Anneal(b.Rows, n), positions, b.Var("step", op.Shape{n}, c.Step, false),
		b.Var("offset", op.Shape{n}, c.Offset, false), b.Var("noise", op.Shape{n}, r.noise, false), b.Var("temperature", op.Shape{1}, r.temperature, false))
	y := c.Decoder.Build(b, b.View(soft[0], c.Decoder.In()))
	x := b.Examples("images", c.Decoder.Out(), r.Images)
	distortion := b.DoAll(op.SquaredError(op.ShapeOf(x), c.Lambda), y, x)[0]
	var bits *G.Node
	if c.Prior != nil {
		bits = c.Prior.Bits(b, soft[1])
	} else {
		bits = b.DoAll(op.TableBits(b.Rows, c.Tables, 1), soft[1])[0]
	}
	loss := b.Do(op.Add(2, op.Shape{}), bits, distortion)
	return []*G.Node{loss, b.Grad(loss, positions)[0], y}
}

// Evaluate computes the loss of the positions as they are, without rounding. It returns the images
// that the decoder makes and the gradient of the positions. The next call overwrites both.
func (r *Refiner) Evaluate() (images, gradient []float32, err error) {
	r.temperature[0] = 0
	err = r.program.Run()
	return r.program.Result(outputResult), r.program.Result(gradientResult), err
}

// Schedule says how Anneal goes. A position is rounded softly, more and more as the temperature
// falls from First to Last by the same factor in each step; see op.Anneal. Noise keeps positions
// from resting in the middle between two integers. Adam moves it, with a rate
// in steps of the quantiser, and a tenth of it in the last tenth of the steps.
type Schedule struct {
	Steps       int
	Rate        float32
	First, Last float64 // temperatures
	Noise       float32 // factor of the noise
}

// draw sets the noise of a step: a logistic random number for each latent, the same for all images.
// So an image's code does not depend on where the image stands.
func (r *Refiner) draw(factor float32, step uint64) {
	stream := random.Sub(random.Key(0, "refine"), step)
	for j := range r.noise {
		u := float64(random.Hash(stream, uint64(j))>>12) + 0.5 // from 0 to 2^52
		r.noise[j] = factor * float32(f32.Log(u/(0x1p52-u)))
	}
}

// Adam's constants.
const (
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-7
)

// Anneal moves the positions by gradient steps, after which they are near to good integers. step is
// called after each step. It returns an error when the context ends.
func (r *Refiner) Anneal(ctx context.Context, s Schedule, step func()) error {
	clear(r.m)
	clear(r.v)
	temperature, power1, power2 := s.First, 1.0, 1.0
	factor := f32.Exp(f32.Log(s.Last/s.First) / float64(s.Steps))
	for k := range s.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.temperature[0] = float32(temperature)
		r.draw(s.Noise, uint64(k))
		if err := r.program.Run(); err != nil {
			return err
		}
		power1 = float64(power1 * beta1) // rounded, so that no processor fuses it with the difference
		power2 = float64(power2 * beta2)
		rate := float64(s.Rate) * math.Sqrt(1-power2) / (1 - power1)
		if k >= s.Steps-s.Steps/10 {
			rate /= 10
		}
		elementwise.Adam(r.Positions, r.program.Result(gradientResult), r.m, r.v, float32(rate), 1-beta1, 1-beta2, epsilon)
		temperature *= factor
		step()
	}
	return nil
}
