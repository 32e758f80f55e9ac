package pixmap

import "image"

// Most JPEG files keep their colours at half the resolution. Viewers smooth them when they enlarge them
// again, as libjpeg does ("fancy upsampling"): a number counts three quarters where it lies, and its
// neighbour a quarter. Go's image/jpeg repeats each number, and differs by over 100 levels of 255 at edges
// of colour; see findings/jpeg-colours-in-go-and-pillow.sh.

// fromYCbCr returns a JPEG picture in colour, with the bits of libjpeg if both decode the same numbers.
func fromYCbCr(m *image.YCbCr) *Image {
	box := m.Bounds()
	o := &Image{Height: box.Dy(), Width: box.Dx(), Channels: 3}
	o.reserve()
	down, across := halved(m.SubsampleRatio)
	if across && (o.Width+1)/2 <= 2 { // libjpeg repeats the numbers of so narrow pictures
		down, across = false, false
	}
	cb, cr := make([]byte, o.Width+1), make([]byte, o.Width+1)
	blue, red := enlarger{down: down, across: across}, enlarger{down: down, across: across}
	for y := range o.Height {
		luma := m.Y[y*m.YStride:][:o.Width]
		if down || across {
			blue.row(cb, m.Cb, m.CStride, y, o.Height)
			red.row(cr, m.Cr, m.CStride, y, o.Height)
		} else {
			for x := range luma {
				at := m.COffset(box.Min.X+x, box.Min.Y+y)
				cb[x], cr[x] = m.Cb[at], m.Cr[at]
			}
		}
		for x, v := range luma {
			r, g, b := rgbOf(int32(v), int32(cb[x])-128, int32(cr[x])-128)
			o.Bytes = append(o.Bytes, r, g, b)
		}
	}
	return o
}

// halved says in which directions the colours of a file have half the resolution, if they are smoothed.
func halved(r image.YCbCrSubsampleRatio) (down, across bool) {
	switch r {
	case image.YCbCrSubsampleRatio420:
		return true, true
	case image.YCbCrSubsampleRatio422:
		return false, true
	case image.YCbCrSubsampleRatio440:
		return true, false
	}
	return false, false
}

// enlarger enlarges one kind of colour.
type enlarger struct {
	down, across bool
	sums         []int32 // of a row and its neighbour
}

// row writes row y of a picture of a height. The slice has room for an even number of columns.
func (e *enlarger) row(out, plane []byte, stride, y, height int) {
	width := len(out) - 1
	if e.across {
		width = (width + 1) / 2
	}
	if cap(e.sums) < width {
		e.sums = make([]int32, width)
	}
	sums := e.sums[:width]
	whole, bias := int32(1), int32(1) // of a sum of weights; what is added to the first of two neighbours
	if !e.down {
		for x, v := range plane[y*stride:][:width] {
			sums[x] = int32(v)
		}
	} else {
		whole = 4
		near, far := y/2, y/2+1-2*(1-y%2)
		far = min(max(far, 0), (height+1)/2-1)
		other := plane[far*stride:][:width]
		for x, v := range plane[near*stride:][:width] {
			sums[x] = 3*int32(v) + int32(other[x])
		}
		bias = 8
	}
	if !e.across {
		up := int32(1 + y%2)
		for x, s := range sums {
			out[x] = byte((s + up) >> 2)
		}
		return
	}
	spread(out, sums, 4*whole, bias)
}

// spread writes twice as many columns as sums has. total is the sum of all weights. Beyond the ends, the
// sums at the ends are repeated.
func spread(out []byte, sums []int32, total, bias int32) {
	shift := 2
	next := int32(2)
	if total == 16 {
		shift, next = 4, 7
	}
	out = out[:2*len(sums)]
	before := sums[0]
	for x, s := range sums[:len(sums)-1] {
		out[2*x], out[2*x+1] = byte((3*s+before+bias)>>shift), byte((3*s+sums[x+1]+next)>>shift)
		before = s
	}
	x, s := len(sums)-1, sums[len(sums)-1]
	out[2*x], out[2*x+1] = byte((3*s+before+bias)>>shift), byte((4*s+next)>>shift)
}

// rgbOf converts a pixel as JFIF defines it, in the whole numbers of libjpeg. cb and cr are from -128 to 127.
func rgbOf(y, cb, cr int32) (r, g, b byte) {
	const half = 1 << 15
	level := func(v int32) byte { return byte(min(max(v, 0), 255)) }
	return level(y + (91881*cr+half)>>16), level(y + (-22554*cb-46802*cr+half)>>16), level(y + (116130*cb+half)>>16)
}
