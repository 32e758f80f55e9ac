package causal

import "math"

// scanner goes through an image number by number, and makes the context of each from those before.
type scanner struct {
	*layout
	row, col, channel int
	value             []float32 // planes with a border of zeros
	raw               []byte    // the same as bytes
	sums              []uint32  // (height+1, width+1): of all numbers above and to the left
	seen              []seen    // of each channel
	box               block     // around all pixels with a value above 0; empty if there are none
}

// seen is what is known of a channel.
type seen struct {
	any         bool  // a value above 0
	sum         int64 // of all values
	down, right int64 // of all values, each times twice its distance from the middle
	top         int   // the first row with a value above 0
	left, most  int   // the first and the last column with one
	last        int   // the last column with one in this row, or -1
	lastRow     []int // in each column, the last row with one, or -1
	count       [values + 1]uint32
	often       [values + 1]byte // count, at most 3
	mode, max   byte             // the most frequent value above 0, and the largest
}

func newScanner(l *layout) *scanner {
	s := &scanner{layout: l, value: make([]float32, l.Channels*l.plane), raw: make([]byte, l.Channels*l.plane),
		sums: make([]uint32, (l.Height+1)*(l.Width+1)), seen: make([]seen, l.Channels)}
	for c := range s.seen {
		s.seen[c].lastRow = make([]int, l.Width)
	}
	s.reset()
	return s
}

// reset goes back to the first number of an image.
func (s *scanner) reset() {
	clear(s.value)
	clear(s.raw)
	s.row, s.col, s.channel = 0, 0, 0
	s.box = block{top: s.Height, left: s.Width}
	for c := range s.seen {
		rows := s.seen[c].lastRow
		for i := range rows {
			rows[i] = -1
		}
		s.seen[c] = seen{lastRow: rows, last: -1}
	}
}

// at returns where the present pixel is in the planes.
func (s *scanner) at(channel int) int {
	return channel*s.plane + (s.row+reach)*s.stride + s.col + reach
}

// unit has the bytes as numbers in [0, 1].
var unit = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(i) / 255
	}
	return t
}()

// next takes the present number, and goes on to the next one.
func (s *scanner) next(v byte) {
	i := s.at(s.channel)
	s.value[i], s.raw[i] = unit[v], v
	if v > 0 {
		b := &s.box
		b.top, b.bottom = min(b.top, s.row), s.row+1
		b.left, b.right = min(b.left, s.col), max(b.right, s.col+1)
		s.seen[s.channel].add(v, s.row, s.col, 2*s.row-s.Height+1, 2*s.col-s.Width+1)
	}
	if s.channel++; s.channel < s.Channels {
		return
	}
	s.channel = 0
	above := s.row*(s.Width+1) + s.col
	here := above + s.Width + 1
	sum := s.sums[above+1] + s.sums[here] - s.sums[above]
	for c := range s.Channels {
		sum += uint32(s.raw[s.at(c)])
	}
	s.sums[here+1] = sum
	if s.col++; s.col == s.Width {
		s.col = 0
		s.row++
		for c := range s.seen {
			s.seen[c].last = -1
		}
	}
}

func (k *seen) add(v byte, row, col, down, right int) {
	if !k.any {
		k.any, k.top, k.left, k.most = true, row, col, col
	}
	k.left, k.most = min(k.left, col), max(k.most, col)
	k.last, k.lastRow[col] = col, row
	k.sum += int64(v)
	k.down += int64(v) * int64(down)
	k.right += int64(v) * int64(right)
	k.max = max(k.max, v)
	k.count[v]++
	k.often[v] = byte(min(k.count[v], 3))
	if k.count[v] > k.count[k.mode] {
		k.mode = v
	}
}

// quiet reports whether all values that are embedded are 0, but for the most frequent and the
// largest.
func (s *scanner) quiet() bool {
	for c := range s.Channels {
		i := s.at(c)
		if c < s.channel && s.raw[i] != 0 {
			return false
		}
		for _, p := range s.near {
			if s.raw[i+p.row*s.stride+p.col] != 0 {
				return false
			}
		}
	}
	return true
}

// context writes the plain features of the present number into x, and the values to embed.
func (s *scanner) context(x []float32, embed []byte) {
	n := 0
	for c := range s.Channels {
		i := s.at(c)
		for row := i - reach*s.stride; row < i; row += s.stride {
			n += copy(x[n:], s.value[row-reach:row+reach+1])
		}
		n += copy(x[n:], s.value[i-reach:i])
	}
	for c := range s.Channels - 1 {
		x[n] = 0
		if c < s.channel {
			x[n] = s.value[s.at(c)]
		}
		n++
	}
	for _, b := range s.blocks {
		x[n] = s.mean(b)
		n++
	}
	n += copy(x[n:], s.rowHat[s.row*knots:][:knots])
	n += copy(x[n:], s.colHat[s.col*knots:][:knots])
	s.summary(x[n : n+summary])
	n += summary
	if s.Channels > 1 {
		clear(x[n : n+s.Channels])
		x[n+s.channel] = 1
	}
	s.embed(embed)
}

// mean returns the mean of a block over all channels: the sum of its bytes, divided by 255 times how
// many these are. Pixels outside of the image count as 0.
func (s *scanner) mean(b block) float32 {
	top, bottom := max(s.row+b.top, 0), s.row+b.bottom
	left, right := max(s.col+b.left, 0), min(s.col+b.right, s.Width)
	if bottom <= max(top, s.box.top) || top >= s.box.bottom || right <= max(left, s.box.left) || left >= s.box.right {
		return 0 // outside of the image, or nothing but zeros
	}
	w := s.Width + 1
	sum := s.sums[bottom*w+right] + s.sums[top*w+left] - s.sums[bottom*w+left] - s.sums[top*w+right]
	return float32(sum) / float32(255*(b.bottom-b.top)*(b.right-b.left)*s.Channels)
}

// summary writes the summary of the channel. With the image's height h and width w, area = (255·h)·w,
// the byte v of a pixel so far, and "ink" for a byte above 0:
//
//	0: 1 if there is ink before, else 0
//	1: rows since the first ink, / h
//	2, 3: columns from the first column with ink, and to the last, / w
//	4: (4 times the sum of all v)/area
//	5, 6: (8 times the sum of v·(2·row-h+1))/(area·h), and (8 times the sum of v·(2·column-w+1))/(area·w)
//	7: columns since the last ink in this row, / w
//	8, 9: rows since the last ink in this column, and in the next one (or this, if it is the last), / h
//
// Sums are exact, and become floats before they are multiplied. Features without ink to refer to are
// 0, but 7 to 9 are 1.
func (s *scanner) summary(x []float32) {
	k := &s.seen[s.channel]
	clear(x[:7])
	x[7], x[8], x[9] = 1, 1, 1
	if !k.any {
		return
	}
	h, w := float32(s.Height), float32(s.Width)
	area := 255 * h * w
	x[0] = 1
	x[1] = float32(s.row-k.top) / h
	x[2] = float32(s.col-k.left) / w
	x[3] = float32(k.most-s.col) / w
	x[4] = float32(k.sum) * 4 / area
	x[5] = float32(k.down) * 8 / (area * h)
	x[6] = float32(k.right) * 8 / (area * w)
	if k.last >= 0 {
		x[7] = float32(s.col-k.last) / w
	}
	if r := k.lastRow[s.col]; r >= 0 {
		x[8] = float32(s.row-r) / h
	}
	if r := k.lastRow[min(s.col+1, s.Width-1)]; r >= 0 {
		x[9] = float32(s.row-r) / h
	}
}

// embed writes the values that are embedded.
func (s *scanner) embed(v []byte) {
	n := 0
	for c := range s.Channels {
		i := s.at(c)
		for _, p := range s.near {
			v[n] = s.raw[i+p.row*s.stride+p.col]
			n++
		}
	}
	for c := range s.Channels - 1 {
		v[n] = 0
		if c < s.channel {
			v[n] = s.raw[s.at(c)]
		}
		n++
	}
	v[n], v[n+1] = s.seen[s.channel].mode, s.seen[s.channel].max
}

// number returns the byte of a number in [0, 1], rounded; numbers beyond are clamped, and NaN is 0.
func number(x float32) byte {
	switch {
	case !(x > 0):
		return 0
	case x >= 1:
		return 255
	}
	return byte(math.Floor(float64(float64(x)*255) + 0.5))
}
