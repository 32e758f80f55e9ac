package f32

// A destination of few channels would leave most of a vector empty. There the pixels are in the vectors instead: the
// source is rearranged into a plane for each of its channels, and since the rows of a plane follow each other, a strip is
// one long row of pixels. The few between two rows, which belong to no row, are computed and left.

// planarChannels is the largest number of a destination's channels for which that is worth it.
const planarChannels = 3

func (g *gather) planarWanted() bool {
	return g.channels <= planarChannels && g.image.rows.stride == 1 && g.image.cols.stride == 1
}

// planarPass is newPass for a planar source: a segment is a tap, of which it runs over the channels.
func planarPass(rows, cols phase, pitch, from, to int) pass {
	p := pass{rows: rows, cols: cols, inner: from}
	for _, r := range rows.taps {
		for _, c := range cols.taps {
			p.segments = append(p.segments, convSegment{len(p.segments) * from * to, r.at*pitch + c.at})
		}
	}
	return p
}

// planarRoom is how many numbers the planes of a strip, its sums and a row of biases take.
func (g *gather) planarRoom() int {
	return g.image.channels*g.plane() + g.stripRows*g.image.cols.padded + g.planarCols()
}

// plane is the size of a plane, which holds what a strip reads.
func (g *gather) plane() int { return (g.stripRows - 1 + g.span) * g.image.cols.padded }

// planarCols is the largest tile of one row that any processor has.
func (g *gather) planarCols() int { return 12 * convPortable.lanes }

// planar computes the rows lo to hi of the phases of a sample.
func (g *gather) planar(scratch *convScratch, room, dst, src []float32, lo, hi int) {
	plane, pitch := g.plane(), g.image.cols.padded
	planes, rest := room[:g.image.channels*plane], room[g.image.channels*plane:]
	sums, biases := rest[:g.stripRows*pitch], rest[g.stripRows*pitch:]
	g.planes(planes, src, lo)
	t := &scratch.tile
	*t = convTile{rows: 1, aStep: g.channels, bStep: plane, inner: g.image.channels, act: g.epilogue.Act, slope: g.epilogue.Slope}
	for d := range g.channels {
		var bias []float32
		if g.epilogue.Bias != nil {
			bias = biases
			for i := range bias {
				bias[i] = g.epilogue.Bias[d]
			}
		}
		for i := range g.passes {
			p := &g.passes[i]
			rows := min(hi, p.rows.count) - lo
			if rows <= 0 {
				continue
			}
			t.segments = p.segments
			var a, b []float32
			if len(p.segments) > 0 {
				a, b = g.packed[p.weights+d:], planes
			}
			t.longRow((rows-1)*pitch+p.cols.count, a, b, sums, bias)
			for r := range rows {
				out := dst[((p.rows.first+(lo+r)*p.rows.step)*g.width+p.cols.first)*g.channels+d:]
				spread(out, p.cols.step*g.channels, sums[r*pitch:][:p.cols.count])
			}
		}
	}
}

// planes rearranges the rows of a sample that a strip from lo on reads.
func (g *gather) planes(dst, src []float32, lo int) {
	plane, pitch, width := g.plane(), g.image.cols.padded, g.image.sampleWidth()
	left := min(g.image.cols.pad, pitch)
	for r := range min(plane/pitch, g.image.rows.padded-lo) {
		h := lo + r - g.image.rows.pad
		if h < 0 || h >= g.image.rows.n {
			for c := range g.image.channels {
				clear(dst[c*plane+r*pitch:][:pitch])
			}
			continue
		}
		gemmKernels(simd).transpose(g.image.cols.inner(), g.image.channels, dst[r*pitch+left:], plane, src[h*width:], g.image.channels)
	}
}

// longRow computes one row by tiles of about the same width.
func (t *convTile) longRow(cols int, a, b, c, bias []float32) {
	kn := convKernels(simd)
	vecs := (cols + kn.lanes - 1) / kn.lanes
	tiles := (vecs + len(kn.rows) - 1) / len(kn.rows)
	for n := range tiles {
		first := n * vecs / tiles * kn.lanes
		t.cols = min(cols, (n+1)*vecs/tiles*kn.lanes) - first
		kn.tile(t, a, from(b, first), c[first:], bias)
	}
}

// spread writes dst[i*step] = src[i].
func spread(dst []float32, step int, src []float32) {
	if step == 1 {
		copy(dst, src)
		return
	}
	for i, v := range src {
		dst[i*step] = v
	}
}
