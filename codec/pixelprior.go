package codec

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/causal"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// pixelPrior is the prior of images that are stored without loss: the integers of a code are the
// bytes of an image, and a causal network gives the distribution of each from those before it. It
// codes a chunk number by number, all images at once: first which of them are 0, then the others.
type pixelPrior struct {
	coder   *causal.Coder
	size    images.Size
	row     int    // numbers of both networks for a number of an image: see rowNumbers
	content []byte // as it stands in a file
}

func (p *pixelPrior) Kind() int                { return pixelKind }
func (p *pixelPrior) Latents() int             { return p.size.Numbers() }
func (p *pixelPrior) Append(dst []byte) []byte { return append(dst, p.content...) }

// maxPixelNumbers bounds an image.
const maxPixelNumbers = 1 << 20

// pixelWork returns how much work an image is: its numbers with a border, and 2048 for each channel.
// What is known of an image while it is decoded takes up to 11 times as many bytes.
func pixelWork(s images.Size) int { return s.Channels * ((s.Height+5)*(s.Width+10) + 2048) }

// rowNumbers returns how many numbers both networks have for a number of an image: their inputs, what
// their layers make, and the exponentials and the sums of the values. All images of a chunk have them at
// once. Memory that grows with the images may be up to three times as large.
func rowNumbers(n causal.Net) int {
	sum := 2*n.Features() + n.Palette + 1 + 257 + 255 + 256
	for _, units := range slices.Concat(n.Ink, n.Value) {
		sum += units
	}
	return sum
}

// most returns how many images a chunk can have. One image is always allowed.
func (p *pixelPrior) most() int {
	return max(1, min(limit.pixels/pixelWork(p.size), limit.batch/p.row))
}

// rows checks that a chunk is not too large, and returns the number of its images.
func (p *pixelPrior) rows(codes []int32) (int, error) {
	n := len(codes) / p.Latents()
	if n > p.most() {
		return 0, errors.Errorf("want a chunk of at most %d images of %v for a network of pixels, got %d", p.most(), p.size, n)
	}
	return n, nil
}

// ranges returns the ranges of the numbers of codes: whether they are above 0, and their values.
func (p *pixelPrior) ranges(ctx context.Context, codes []int32) (ink, value []causal.Range, err error) {
	if _, err := p.rows(codes); err != nil {
		return nil, nil, err
	}
	pixels := make([]byte, len(codes))
	for i, q := range codes {
		if q < 0 || q > 255 {
			return nil, nil, errors.Errorf("want bytes to be coded without loss, got %d", q)
		}
		pixels[i] = byte(q)
	}
	ink, value = make([]causal.Range, len(codes)), make([]causal.Range, len(codes))
	if err := p.coder.Ranges(ctx, pixels, ink, value); err != nil {
		return nil, nil, err
	}
	return ink, value, nil
}

// Encode returns one stream: for each number of an image, whether it is above 0 in each image, and
// then its values in the images where it is.
func (p *pixelPrior) Encode(ctx context.Context, codes []int32) ([]byte, error) {
	ink, value, err := p.ranges(ctx, codes)
	if err != nil {
		return nil, err
	}
	var e rans.Encoder
	for i := range p.Latents() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for at := i; at < len(codes); at += p.Latents() {
			e.PutRange(ink[at].Start, ink[at].Frequency)
		}
		for at := i; at < len(codes); at += p.Latents() {
			if codes[at] > 0 {
				e.PutRange(value[at].Start, value[at].Frequency)
			}
		}
	}
	return e.Finish()
}

func (p *pixelPrior) Decode(ctx context.Context, data []byte, codes []int32) error {
	n, err := p.rows(codes)
	if err != nil || n == 0 {
		return err
	}
	d := rans.NewDecoder(data)
	if d.Err() != nil {
		return d.Err()
	}
	w := p.coder.Walk(n)
	above, numbers := make([]bool, n), make([]byte, n)
	for i := range p.Latents() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k, zero := range w.Ink() {
			if above[k] = d.Slot() >= zero; above[k] {
				d.TakeRange(zero, 1<<16-zero)
			} else {
				d.TakeRange(0, zero)
			}
		}
		if d.Err() != nil {
			return d.Err()
		}
		w.Values(above)
		for k := range numbers {
			if numbers[k] = 0; above[k] {
				v, r := w.Find(k, d.Slot())
				d.TakeRange(r.Start, r.Frequency)
				numbers[k] = v
			}
			codes[k*p.Latents()+i] = int32(numbers[k])
		}
		w.Next(numbers)
	}
	return d.Close()
}

// cost returns the bits of all codes together, times 2^costDigits. Unlike the sum of Bits, it is the
// same on every machine, so it may decide what a file holds.
func (p *pixelPrior) cost(ctx context.Context, codes []int32) (sum uint64, err error) {
	ink, value, err := p.ranges(ctx, codes)
	if err != nil {
		return 0, err
	}
	costs := symbolCosts()
	for at, q := range codes {
		sum += uint64(costs[ink[at].Frequency])
		if q > 0 {
			sum += uint64(costs[value[at].Frequency])
		}
	}
	return sum, nil
}

// Bits returns the bits of each image.
func (p *pixelPrior) Bits(ctx context.Context, codes []int32) ([]float64, error) {
	ink, value, err := p.ranges(ctx, codes)
	if err != nil {
		return nil, err
	}
	bits := make([]float64, len(codes)/p.Latents())
	for at, q := range codes {
		b := 16 - math.Log2(float64(ink[at].Frequency))
		if q > 0 {
			b += 16 - math.Log2(float64(value[at].Frequency))
		}
		bits[at/p.Latents()] += b
	}
	return bits, nil
}

// check refuses a network for images of another size.
func (p *pixelPrior) check(size images.Size) error {
	if p.size != size {
		return errors.Errorf("want a network of pixels for images of %v, got one for %v", size, p.size)
	}
	return nil
}

// pixelModel returns a model of nothing but a network of pixels.
func pixelModel(size images.Size, net graph.PixelNet) (*graph.Model, error) {
	x := graph.Input("x", size.Channels, size.Height, size.Width)
	m := graph.New("prior", x, graph.PixelCode("code", x, net))
	return m, m.Err()
}

// roundPixels returns the prior of trained weights, rounded to a number of bits, as a reader makes it.
func roundPixels(size images.Size, net graph.PixelNet, trained []*graph.Weight, bits int) (*pixelPrior, error) {
	var dst []byte
	for _, v := range slices.Concat([]int{size.Channels, size.Height, size.Width, net.Embedding, net.Palette, len(net.Ink)}, net.Ink, []int{len(net.Value)}, net.Value) {
		dst = binary.AppendUvarint(dst, uint64(v))
	}
	var tensors []tensor
	for _, w := range trained {
		tensors = append(tensors, roundTensor(shape{Shape: w.Shape}, w.Data, bits))
	}
	p, err := readPixels(appendTensors(dst, tensors), size.Numbers())
	if err != nil {
		return nil, err
	}
	return p.(*pixelPrior), nil
}

func readPixels(data []byte, latents int) (Prior, error) {
	c := cursor{data: data}
	var size images.Size
	size.Channels = c.uint("channels", 1, 64)
	size.Height = c.uint("a height", 1, maxPixelNumbers)
	size.Width = c.uint("a width", 1, maxPixelNumbers)
	var net graph.PixelNet
	net.Embedding = c.uint("the width of an embedding", 1, 64)
	net.Palette = c.uint("the width of a palette", 1, 64)
	for _, hidden := range []*[]int{&net.Ink, &net.Value} {
		for range c.uint("hidden layers", 0, 8) {
			*hidden = append(*hidden, c.uint("units", 1, 1024))
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	if size.Pixels() > maxPixelNumbers || size.Numbers() > maxPixelNumbers || size.Numbers() != latents {
		return nil, errors.Errorf("want a network for %d numbers, at most %d, got one for images of %v", latents, maxPixelNumbers, size)
	}
	m, err := pixelModel(size, net)
	if err != nil {
		return nil, err
	}
	var shapes []shape
	for _, w := range m.Weights() {
		shapes = append(shapes, shape{Shape: w.Shape})
	}
	values, err := readTensors(&c, shapes, len(data))
	if err != nil {
		return nil, err
	}
	n := causal.Net{Channels: size.Channels, Height: size.Height, Width: size.Width,
		Embedding: net.Embedding, Palette: net.Palette, Ink: net.Ink, Value: net.Value}
	return &pixelPrior{causal.NewCoder(n, values), size, rowNumbers(n), slices.Clone(data)}, nil
}
