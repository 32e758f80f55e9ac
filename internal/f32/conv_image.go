package f32

// A paddedImage is a sample, or some rows of it, with zeros around it.
type paddedImage struct {
	rows, cols sourceAxis
	channels   int
}

// pitch is the distance between two rows.
func (p paddedImage) pitch() int { return p.cols.padded * p.channels }

// plain reports whether there is nothing to pad, so that the sample itself will do. The pitch is then plainPitch.
func (p paddedImage) plain() bool {
	return p.rows.pad == 0 && p.cols.pad == 0 && p.rows.padded <= p.rows.n && p.cols.padded <= p.cols.n
}

func (p paddedImage) plainPitch() int { return p.cols.n * p.channels }

// fill writes the padded rows from lo on, count of them, to dst. What is left and right of the sample must be zero
// there and stays so.
func (p paddedImage) fill(dst, sample []float32, lo, count int) {
	pitch, width := p.pitch(), p.cols.inner()*p.channels
	for r := range count {
		row := dst[r*pitch:][:pitch]
		h := lo + r - p.rows.pad
		if h < 0 || h >= p.rows.n {
			clear(row)
			continue
		}
		copy(row[min(p.cols.pad*p.channels, pitch):][:width], sample[h*p.plainPitch():])
	}
}
