package conv

import "github.com/gorgonae/gorgonae/internal/simd"

// A paddedImage is a sample, or some rows of it, with zeros around it.
type paddedImage struct {
	rows, cols sourceAxis
	channels   int
}

// plain reports whether there is nothing to pad. Then the sample itself is read.
func (p paddedImage) plain() bool {
	return p.rows.pad == 0 && p.cols.pad == 0 && p.rows.padded <= p.rows.n && p.cols.padded <= p.cols.n
}

// sampleWidth is the distance between two rows of a sample.
func (p paddedImage) sampleWidth() int { return p.cols.n * p.channels }

// pitch is the distance between two rows as they are read.
func (p paddedImage) pitch() int {
	if p.plain() {
		return p.sampleWidth()
	}
	return p.cols.padded * p.channels
}

// size is how many numbers a whole padded image takes. It is 0 if the sample itself is read.
func (p paddedImage) size() int {
	if p.plain() {
		return 0
	}
	return wholeLines(p.rows.padded * p.pitch())
}

// whole returns the padded image of a sample. It is made in room, unless the sample itself is read.
func (p paddedImage) whole(room, sample []float32) []float32 {
	if p.plain() {
		return sample
	}
	p.fill(room, sample, 0, p.rows.padded)
	return room[:p.rows.padded*p.pitch()]
}

// fill writes count padded rows, from row lo on, to dst. The places to the left and right of the
// sample must be zero in dst, and stay so.
func (p paddedImage) fill(dst, sample []float32, lo, count int) {
	pitch, width := p.pitch(), p.cols.inner()*p.channels
	above := min(max(p.rows.pad-lo, 0), count)
	below := min(max(p.rows.pad+p.rows.n-lo, above), count) // where the rows below the sample begin
	clear(dst[:above*pitch])
	clear(dst[below*pitch : count*pitch])
	if above < below && width > 0 {
		to, from := dst[above*pitch+p.cols.pad*p.channels:], sample[(lo+above-p.rows.pad)*p.sampleWidth():]
		kernels(simd.Current()).copyRows(below-above, width, to, pitch, from, p.sampleWidth())
	}
}

func copyRowsPortable(rows, width int, dst []float32, ldd int, src []float32, lds int) {
	for i := range rows {
		copy(dst[i*ldd:][:width], src[i*lds:])
	}
}
