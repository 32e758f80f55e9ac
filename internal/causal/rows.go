package causal

import "github.com/gorgonae/gorgonae/internal/elementwise"

// rows are contexts of numbers for one of the two networks, with the network's memory.
type rows struct {
	*layout
	layers
	width  int // inputs of the network
	n      int
	x      []float32 // (n, width): plain features, embedded values, and the palette if there is one
	values []byte    // (n, embedded)

	often    []byte    // (n, 256): how often each value was seen before, at most 3 times
	channel  []int     // of each row; -1-channel if it is the first row of an image
	sum      []float32 // (channels, palette)
	distinct []int     // of each channel
	norm     []float32 // 1/(1 + distinct values before), of each row
	e        []float32 // (n, values)
}

// add adds a row with the context of the scanner's number, and returns its index.
func (r *rows) add(s *scanner) int {
	i := r.n
	r.n++
	r.x = extend(r.x, r.n*r.width)
	r.values = extend(r.values, r.n*r.embedded)
	s.context(r.x[i*r.width:], r.values[i*r.embedded:])
	return i
}

// addValue adds a row for the value network, whose context is that of row k of the ink network. first
// says that it is the first one of its image.
func (r *rows) addValue(s *scanner, ink *rows, k int, first bool) {
	i := r.n
	r.n++
	r.x = extend(r.x, r.n*r.width)
	r.values = extend(r.values, r.n*r.embedded)
	copy(r.x[i*r.width:], ink.x[k*ink.width:][:r.plain])
	copy(r.values[i*r.embedded:], ink.values[k*r.embedded:][:r.embedded])
	r.often = extend(r.often, r.n*(values+1))
	copy(r.often[i*(values+1):], s.seen[s.channel].often[:])
	r.channel = append(r.channel[:i], s.channel)
	if first {
		r.channel[i] = -1 - s.channel
	}
}

// embedValues writes the embedded values of all rows.
func (r *rows) embedValues(table []float32) {
	e := r.Embedding
	for i := range r.n {
		x := r.x[i*r.width+r.plain:][:r.embedded*e]
		for k, v := range r.values[i*r.embedded:][:r.embedded] {
			to := x[k*e:][:e]
			for c, t := range table[int(v)*e:][:e] {
				to[c] = t
			}
		}
	}
}

// embedGradient adds the gradient of the table. dx has the gradients of the inputs behind the plain
// ones.
func (r *rows) embedGradient(table, dx []float32) {
	e, width := r.Embedding, r.width-r.plain
	for i := range r.n {
		d := dx[i*width:][:r.embedded*e]
		for k, v := range r.values[i*r.embedded:][:r.embedded] {
			for c, t := range table[int(v)*e:][:e] {
				table[int(v)*e+c] = t + d[k*e+c]
			}
		}
	}
}

// row returns the channel of a row, and whether it is the first of its image.
func (r *rows) row(i int) (channel int, first bool) {
	if c := r.channel[i]; c >= 0 {
		return c, false
	}
	return -1 - r.channel[i], true
}

// mixPalette writes the palettes of all rows. The rows are all numbers above 0 of some images, in
// order, and targets are these numbers. A sum takes each value when it is first seen.
func (r *rows) mixPalette(table []float32, targets []byte) {
	p := r.Palette
	r.sum, r.norm, r.distinct = grow(r.sum, r.Channels*p), grow(r.norm, r.n), grow(r.distinct, r.Channels)
	for i := range r.n {
		c, first := r.row(i)
		if first {
			clear(r.sum)
			clear(r.distinct)
		}
		sum := r.sum[c*p:][:p]
		r.norm[i] = paletteMean(r.x[(i+1)*r.width-p:], sum, r.distinct[c])
		if v := int(targets[i]); r.often[i*(values+1)+v] == 0 {
			r.distinct[c]++
			addPalette(sum, table, v)
		}
	}
}

// paletteMean writes the palette of a sum, and returns its factor.
func paletteMean(x, sum []float32, distinct int) float32 {
	norm := 1 / float32(1+distinct)
	for k, v := range sum {
		x[k] = v * norm
	}
	return norm
}

func addPalette(sum, table []float32, v int) {
	for k, t := range table[v*len(sum):][:len(sum)] {
		sum[k] += t
	}
}

// paletteGradient adds the gradient of the palette's table. A value's row has a part in all numbers
// behind the first one with this value, so it goes through the rows from the last to the first.
func (r *rows) paletteGradient(table, dx []float32, targets []byte) {
	p, width := r.Palette, r.width-r.plain
	clear(r.sum)
	for i := r.n - 1; i >= 0; i-- {
		c, first := r.row(i)
		sum := r.sum[c*p:][:p]
		if v := int(targets[i]); r.often[i*(values+1)+v] == 0 {
			for k, t := range table[v*p:][:p] {
				table[v*p+k] = t + sum[k]
			}
		}
		for k, d := range dx[(i+1)*width-p:][:p] {
			sum[k] += float32(d * r.norm[i])
		}
		if first {
			clear(r.sum)
		}
	}
}

// exponentials returns e^(z - largest z) of all rows' logits, from the outputs y of the network. With
// s = elementwise.Sigmoid(z - largest z), it is s/(1 - s). Small ones are accurate relative to their
// own size.
func (r *rows) exponentials(y []float32) []float32 {
	r.e = grow(r.e, r.n*values)
	for i := range r.n {
		logits(r.e[i*values:], y[i*(values+gates):], r.often[i*(values+1):])
	}
	elementwise.Sigmoid(r.e, r.e)
	for i, s := range r.e {
		r.e[i] = s / (1 - s)
	}
	return r.e
}
