package causal

import "github.com/gorgonae/gorgonae/internal/pool"

// Walk goes through the numbers of several images at once, and gives the ranges that Coder.Ranges
// gives, with the same bits: rows of a product do not depend on each other.
//
//	w := coder.Walk(count)
//	for range net.Size() {
//		zeros := w.Ink() // frequencies of "0", the first symbol
//		...              // decode whether numbers are above 0: above
//		w.Values(above)
//		...              // decode these numbers with w.Find
//		w.Next(numbers)
//	}
//
// One goroutine at a time may use it.
type Walk struct {
	*Coder
	blocks []walkBlock
	zeros  []uint32
	above  []bool
	values []byte
	what   func(b *walkBlock)
}

// walkImages is how many images one goroutine takes at a time.
const walkImages = 128

// walkBlock is some images of a walk.
type walkBlock struct {
	walk       *Walk
	first      int
	scans      []*scanner
	palettes   []palette
	ink, value rows
	row        []int    // of each image, in the rows of the network that was last applied
	sums       []uint32 // (rows of value, values+1)
}

// Walk begins a walk through so many images.
func (c *Coder) Walk(count int) *Walk {
	w := &Walk{Coder: c, zeros: make([]uint32, count)}
	l := c.layout
	for first := 0; first < count; first += walkImages {
		n := min(walkImages, count-first)
		b := walkBlock{walk: w, first: first, row: make([]int, n),
			ink: rows{layout: l, width: l.features}, value: rows{layout: l, width: l.features + l.Palette}}
		for range n {
			b.scans, b.palettes = append(b.scans, newScanner(l)), append(b.palettes, newPalette(l))
		}
		w.blocks = append(w.blocks, b)
	}
	return w
}

// Do does a part of a step.
func (w *Walk) Do(_, part int) { w.what(&w.blocks[part]) }

func (w *Walk) each(what func(b *walkBlock)) {
	w.what = what
	pool.Run(len(w.blocks), w)
}

// Ink returns the frequency of "0" for the next number of each image. It is valid until the next call.
func (w *Walk) Ink() []uint32 {
	w.each((*walkBlock).applyInk)
	return w.zeros
}

// Values computes the distributions of the numbers that are above 0.
func (w *Walk) Values(above []bool) {
	w.above = above
	w.each((*walkBlock).applyValue)
}

// Find returns the value of an image whose number is above 0, whose range has the slot, and this
// range.
func (w *Walk) Find(image int, slot uint32) (byte, Range) {
	b := &w.blocks[image/walkImages]
	return findValue(b.sums[b.row[image-b.first]*(values+1):][:values+1], slot)
}

// Next takes the number of each image, and goes on to the next one.
func (w *Walk) Next(numbers []byte) {
	w.values = numbers
	w.each((*walkBlock).next)
}

// applyInk computes the frequencies. Images without any value above 0 so far have the same context,
// so one row serves all of them.
func (b *walkBlock) applyInk() {
	r, blank := &b.ink, -1
	r.n = 0
	for i, s := range b.scans {
		if s.blank() && blank >= 0 {
			b.row[i] = blank
			continue
		}
		b.row[i] = r.add(s)
		if s.blank() {
			blank = b.row[i]
		}
	}
	r.embedValues(b.walk.weights.embedding)
	z := r.forward(b.walk.weights.ink, r.x, r.n)
	for i, row := range b.row {
		b.walk.zeros[b.first+i] = inkRange(z[row], false).Frequency
	}
}

// blank reports whether all numbers so far were 0.
func (s *scanner) blank() bool {
	for c := range s.seen {
		if s.seen[c].any {
			return false
		}
	}
	return true
}

func (b *walkBlock) applyValue() {
	r := &b.value
	r.n = 0
	for i, s := range b.scans {
		if b.walk.above[b.first+i] {
			r.addValue(s, &b.ink, b.row[i], false)
			b.row[i] = r.n - 1
			b.palettes[i].write(r, b.row[i], s)
		}
	}
	if r.n == 0 {
		return
	}
	r.embedValues(b.walk.weights.embedding)
	e := r.exponentials(r.forward(b.walk.weights.value, r.x, r.n))
	b.sums = grow(b.sums, r.n*(values+1))
	for k := range r.n {
		cumulative(b.sums[k*(values+1):], e[k*values:])
	}
}

func (b *walkBlock) next() {
	for i, s := range b.scans {
		v := b.walk.values[b.first+i]
		b.palettes[i].add(s, b.walk.weights.palette, v)
		s.next(v)
	}
}
