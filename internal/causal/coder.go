package causal

import (
	"context"
	"math"
	"sort"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Range is the range of a symbol for an entropy coder: its frequency of 65536, and the sum of the
// frequencies before it.
type Range struct{ Start, Frequency uint32 }

// inkRange returns the range of "0" or "above 0" for a logit z. The frequency of "above 0" is
// F(z)·65534 + 1/2, rounded down, plus 1; it is the second symbol. NaN gives it a frequency of 1.
func inkRange(z float32, above bool) Range {
	e := f32.Exp(-math.Abs(f32.Widen(z)))
	p := 1 / (1 + e)
	if z < 0 {
		p = float64(p * e)
	}
	n := uint32(1)
	if p > 0 {
		n += uint32(float64(p*(steps-2)) + 0.5)
	}
	if above {
		return Range{steps - n, n}
	}
	return Range{0, steps - n}
}

// cumulative writes the sums of the weights before each value and of all weights. The weight of a
// value is its exponential times 2^24, rounded; NaN counts as 0. If all are 0, each is 1.
func cumulative(sums []uint32, e []float32) {
	sums = sums[:values+1]
	sum := uint32(0)
	for i, x := range e[:values] {
		sums[i] = sum
		if x > 0 {
			sum += uint32(float64(float64(x)*(1<<24)) + 0.5)
		}
	}
	if sums[values] = sum; sum == 0 {
		for i := range sums {
			sums[i] = uint32(i)
		}
	}
}

// valueStart returns the start of the range of value i+1: i, plus 65281 times the share of the weights
// before it, rounded down.
func valueStart(sums []uint32, i int) uint32 {
	return uint32(i) + uint32(uint64(sums[i])*(steps-values)/uint64(sums[values]))
}

func valueRange(sums []uint32, v byte) Range {
	start := valueStart(sums, int(v)-1)
	return Range{start, valueStart(sums, int(v)) - start}
}

// findValue returns the value whose range has a number.
func findValue(sums []uint32, slot uint32) (byte, Range) {
	i := sort.Search(values-1, func(i int) bool { return valueStart(sums, i+1) > slot })
	return byte(1 + i), valueRange(sums, byte(1+i))
}

// palette is the palette of an image so far.
type palette struct {
	sum      []float32 // (channels, palette)
	distinct []int     // of each channel
}

func newPalette(l *layout) palette {
	return palette{make([]float32, l.Channels*l.Palette), make([]int, l.Channels)}
}

func (p *palette) reset() {
	clear(p.sum)
	clear(p.distinct)
}

func (p *palette) of(s *scanner) []float32 { return p.sum[s.channel*s.Palette:][:s.Palette] }

// write writes the palette behind the other inputs of a row.
func (p *palette) write(r *rows, row int, s *scanner) {
	paletteMean(r.x[(row+1)*r.width-s.Palette:], p.of(s), p.distinct[s.channel])
}

// add takes the number of the scanner's place, before the scanner takes it.
func (p *palette) add(s *scanner, table []float32, v byte) {
	if v > 0 && s.seen[s.channel].count[v] == 0 {
		p.distinct[s.channel]++
		addPalette(p.of(s), table, int(v))
	}
}

// Coder gives the ranges of images' numbers. It holds a network and its weights, in the order of
// Shapes. Several goroutines may use it at once.
type Coder struct {
	layout  *layout
	weights weights
}

// NewCoder returns a Coder, which keeps the weights.
func NewCoder(n Net, weights [][]float32) *Coder { return &Coder{newLayout(n), n.weights(weights)} }

// batchRows is how many rows of a network are computed at once.
const batchRows = 1024

// Ranges writes the ranges of all numbers of images: whether a number is above 0, and, if it is, its
// value. All have a length of images times Net.Size. If ctx ends, it stops within an image, and returns
// the error of ctx.
func (c *Coder) Ranges(ctx context.Context, images []byte, ink, value []Range) error {
	size := c.layout.Size()
	if len(images)%size != 0 || len(ink) != len(images) || len(value) != len(images) {
		panic("causal: not as many ranges as numbers")
	}
	pool.Run(len(images)/size, &ranging{c, ctx, images, ink, value, make([]*encoder, pool.MaxWorkers)})
	return ctx.Err()
}

// ranging is the task to make the ranges of images.
type ranging struct {
	*Coder
	ctx        context.Context
	images     []byte
	ink, value []Range
	encoders   []*encoder // of each worker
}

// encoder makes the ranges of an image after another.
type encoder struct {
	*Coder
	scan              *scanner
	palette           palette
	inkRows, valRows  rows
	inkAt, valueAt    []int // the numbers of the rows
	sums              []uint32
	image             []byte
	inkOut, valueOut  []Range
	embedding, colors []float32
}

func (t *ranging) Do(worker, part int) {
	if t.ctx.Err() != nil {
		return
	}
	e := t.encoders[worker]
	if e == nil {
		l := t.layout
		e = &encoder{Coder: t.Coder, scan: newScanner(l), palette: newPalette(l), sums: make([]uint32, values+1),
			inkRows: rows{layout: l, width: l.features}, valRows: rows{layout: l, width: l.features + l.Palette},
			embedding: t.weights.embedding, colors: t.weights.palette}
		t.encoders[worker] = e
	}
	size := t.layout.Size()
	at := part * size
	e.run(t.ctx, t.images[at:][:size], t.ink[at:][:size], t.value[at:][:size])
}

// run makes the ranges of an image. If ctx ends, it leaves some out.
func (e *encoder) run(ctx context.Context, image []byte, ink, value []Range) {
	e.image, e.inkOut, e.valueOut = image, ink, value
	s := e.scan
	s.reset()
	e.palette.reset()
	for i, v := range image {
		row := e.inkRows.add(s)
		e.inkAt = append(e.inkAt, i)
		if v > 0 {
			e.valRows.addValue(s, &e.inkRows, row, false)
			e.palette.write(&e.valRows, e.valRows.n-1, s)
			if e.valueAt = append(e.valueAt, i); len(e.valueAt) == batchRows {
				e.flushValues()
			}
		}
		if len(e.inkAt) == batchRows {
			if ctx.Err() != nil {
				break
			}
			e.flushInk()
		}
		e.palette.add(s, e.colors, v)
		s.next(v)
	}
	e.flushInk()
	e.flushValues()
}

func (e *encoder) flushInk() {
	r := &e.inkRows
	if r.n > 0 {
		r.embedValues(e.embedding)
		for k, z := range r.forward(e.weights.ink, r.x, r.n) {
			e.inkOut[e.inkAt[k]] = inkRange(z, e.image[e.inkAt[k]] > 0)
		}
	}
	r.n, e.inkAt = 0, e.inkAt[:0]
}

func (e *encoder) flushValues() {
	r := &e.valRows
	if r.n > 0 {
		r.embedValues(e.embedding)
		x := r.exponentials(r.forward(e.weights.value, r.x, r.n))
		for k, at := range e.valueAt {
			cumulative(e.sums, x[k*values:])
			e.valueOut[at] = valueRange(e.sums, e.image[at])
		}
	}
	r.n, e.valueAt = 0, e.valueAt[:0]
}
