package causal

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

// scarce is how many quiet zeros there are for each one that is used in a sample.
const scarce = 8

// group returns how many images are computed together: 4, or fewer if they are large.
func group(n Net) int { return max(1, min(4, 4096/n.Size())) }

// Rate computes the bits of batches of images, and the gradients of the weights. One goroutine at a
// time may use it.
type Rate struct {
	layout *layout
	batch  int
	group  int
	parts  []part
}

// part is the work on a group of images. Groups are computed in parallel, and added up in order.
type part struct {
	scan       *scanner
	ink, value rows
	weight     []float32 // of the rows of ink
	above      []bool    // of the rows of ink
	targets    []byte    // of the rows of value
	grads      [][]float32
	g          weights
	nats       float64
	dx         []float32
}

// NewRate returns a Rate for batches of so many images.
func NewRate(n Net, batch int) *Rate {
	g := group(n)
	r := &Rate{layout: newLayout(n), batch: batch, group: g, parts: make([]part, (batch+g-1)/g)}
	for i := range r.parts {
		p := &r.parts[i]
		p.ink = rows{layout: r.layout, width: r.layout.features}
		p.value = rows{layout: r.layout, width: r.layout.features + n.Palette}
	}
	return r
}

type rateOperands struct {
	*Rate
	images  []float32
	weights weights
	scale   float64
	train   bool
	sample  *Sample
}

var overParts pool.Range[rateOperands]

// Sample chooses the zeros of a sample. Images of one batch that are computed apart are chosen from as
// together if First says where they stand in it.
type Sample struct {
	Key   uint64
	First uint64 // the number of the first image
}

// key is the key of an image of the batch.
func (x *rateOperands) key(image int) uint64 {
	if x.sample == nil {
		return 0
	}
	return random.Sub(x.sample.Key, x.sample.First+uint64(image))
}

// Bits returns scale times the bits of images, (batch, height, width, channels) in [0, 1], which are
// rounded to bytes. grads, if it is not nil, gets the gradients of the weights. Both have the order
// of Shapes. The bits of the numbers of a group of images are added in float64, the ink's first, and
// then those of all groups, and the product with scale/ln(2) is rounded once.
//
// If sample is not nil, only one in 8 of the zeros whose near values are 0 too is used, with a weight
// of 8. Which of them depends on sample. So the result differs from the bits by noise alone.
func (r *Rate) Bits(images []float32, weights, grads [][]float32, scale float32, sample *Sample) float32 {
	n := r.layout.Net
	if len(images) != r.batch*n.Size() {
		panic("causal: not as many numbers as the images of a batch have")
	}
	x := rateOperands{Rate: r, images: images, weights: n.weights(weights), scale: float64(float64(scale) * math.Log2E), train: grads != nil, sample: sample}
	overParts.Run(len(r.parts), 1, x, func(x rateOperands, lo, hi int) {
		for i := lo; i < hi; i++ {
			x.run(i)
		}
	})
	total := 0.0
	for i := range r.parts {
		total += r.parts[i].nats
	}
	for k, g := range grads {
		copy(g, r.parts[0].grads[k])
		for i := range r.parts[1:] {
			for j, v := range r.parts[1+i].grads[k] {
				g[j] += v
			}
		}
	}
	return float32(total * x.scale)
}

// run computes a part.
func (x *rateOperands) run(i int) {
	p := &x.parts[i]
	p.prepare(x.layout, x.train)
	size := x.layout.Size()
	for image := i * x.group; image < min((i+1)*x.group, x.batch); image++ {
		p.collect(x, x.images[image*size:][:size], x.key(image))
	}
	p.nats = 0
	p.runInk(x)
	p.runValue(x)
}

func (p *part) prepare(l *layout, train bool) {
	if p.scan == nil {
		p.scan = newScanner(l)
	}
	p.ink.n, p.value.n, p.weight, p.above, p.targets = 0, 0, p.weight[:0], p.above[:0], p.targets[:0]
	if !train {
		return
	}
	if p.grads == nil {
		for _, s := range l.Shapes() {
			n := s[0]
			if len(s) == 2 {
				n *= s[1]
			}
			p.grads = append(p.grads, make([]float32, n))
		}
		p.g = l.weights(p.grads)
	}
	for _, g := range p.grads {
		clear(g)
	}
}

// collect adds the rows of an image.
func (p *part) collect(x *rateOperands, image []float32, key uint64) {
	s, first := p.scan, true
	s.reset()
	for i, v := range image {
		v := number(v)
		if weight := x.weigh(s, v, key, i); weight > 0 {
			p.ink.add(s)
			p.weight, p.above = append(p.weight, weight), append(p.above, v > 0)
		}
		if v > 0 {
			p.value.addValue(s, &p.ink, p.ink.n-1, first)
			p.targets, first = append(p.targets, v), false
		}
		s.next(v)
	}
}

// weigh returns the weight of a number for the ink network.
func (x *rateOperands) weigh(s *scanner, v byte, key uint64, i int) float32 {
	switch {
	case x.sample == nil || v > 0 || !s.quiet():
		return 1
	case random.Hash(key, uint64(i))%scarce == 0:
		return scarce
	}
	return 0
}

func (p *part) runInk(x *rateOperands) {
	r, all := &p.ink, x.weights.ink
	if r.n == 0 {
		return
	}
	r.embedValues(x.weights.embedding)
	z := r.forward(all, r.x, r.n)
	last := len(all) - 1
	r.d[last] = grow(r.d[last], r.n)
	for i, v := range z {
		weight := f32.Widen(p.weight[i])
		nats, dz := inkNats(f32.Widen(v), p.above[i])
		p.nats += float64(weight * nats)
		r.d[last][i] = float32(float64(dz*weight) * x.scale)
	}
	if x.train {
		p.dx = grow(p.dx, r.n*(r.width-r.plain))
		r.backward(all, p.g.ink, r.x, r.n, r.plain, p.dx)
		r.embedGradient(p.g.embedding, p.dx)
	}
}

func (p *part) runValue(x *rateOperands) {
	r, all := &p.value, x.weights.value
	if r.n == 0 {
		return
	}
	r.embedValues(x.weights.embedding)
	r.mixPalette(x.weights.palette, p.targets)
	e := r.exponentials(r.forward(all, r.x, r.n))
	last := len(all) - 1
	if x.train {
		r.d[last] = grow(r.d[last], r.n*(values+gates))
	}
	for i, v := range p.targets {
		var d []float32
		if x.train {
			d = r.d[last][i*(values+gates):][:values+gates]
		}
		p.nats += valueNats(e[i*values:], d, v, r.often[i*(values+1):], x.scale)
	}
	if x.train {
		p.dx = grow(p.dx, r.n*(r.width-r.plain))
		r.backward(all, p.g.value, r.x, r.n, r.plain, p.dx)
		r.embedGradient(p.g.embedding, p.dx)
		r.paletteGradient(p.g.palette, p.dx, p.targets)
	}
}
