package conv

import (
	"bytes"
	"unsafe"
)

// A kernel of many channels does not fit in the first cache, and to read it from the second one for
// each row of pixels takes longer than the products. So it is packed in panels of some channels, and
// the rows of a strip go through one panel after another.
const (
	panelChannels = 32
	panelPixels   = 4 // a row of fewer pixels makes too small a tile with a panel
)

// panels returns how many channels a panel of the packed kernel has, for rows of so many pixels, and
// how many panels there are. The last one may have fewer channels, and unused places. Few channels
// have a panel each.
func (g *gather) panels(pixels int) (panel, panels int) {
	switch {
	case g.few:
		return 1, g.channels
	case g.channels <= panelChannels || pixels < panelPixels:
		return g.channels, 1
	}
	return panelChannels, (g.channels + panelChannels - 1) / panelChannels
}

// packBlock is how many channels of the destination pack takes at once: their part of the kernel and
// of the packed one fit in the first cache, and their numbers lie side by side in the packed one.
const packBlock = 8

// pack arranges the kernel in the order of the passes: by panels, then taps, then channels of the
// source, then channels of the destination. For a single image that takes longer than the
// convolution. So a kernel with the bits of the one before is not packed again: they are compared,
// because whoever changes weights tells nobody.
func (g *gather) pack(kernel []float32) {
	if g.packed == nil {
		g.packed = aligned(g.weights)
	} else if bytes.Equal(bytesOf(g.kernel), bytesOf(kernel)) {
		return
	}
	for i := range g.passes {
		p := &g.passes[i]
		if len(p.segments) == 0 {
			continue // no tap meets this phase: the stride is larger than the kernel
		}
		d := 0
		if !g.few {
			for ; d+packBlock <= g.channels; d += packBlock {
				g.packChannels(p, kernel, d)
			}
		}
		for ; d < g.channels; d++ {
			g.packChannel(p, kernel, d)
		}
	}
	g.kernel = append(g.kernel[:0], kernel...)
}

// bytesOf are the bytes of numbers. They are equal if all bits are, so 0 and -0 differ.
func bytesOf(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// place is where the weights of channel d of the destination begin in packed.
func (p *pass) place(d int) int { return p.weights + d/p.panel*p.panel*p.terms() + d%p.panel }

// packChannel arranges the weights of channel d of the destination.
func (g *gather) packChannel(p *pass, kernel []float32, d int) {
	from, to := kernel[d*g.kernelTo:], p.place(d)
	for _, r := range p.rows.taps {
		for _, c := range p.cols.taps {
			at := r.kernel*g.kernelWidth + c.kernel
			for range g.image.channels {
				g.packed[to] = from[at]
				to, at = to+p.panel, at+g.kernelFrom
			}
		}
	}
}

// packChannels is packChannel for packBlock channels from d on, if the destination does not have few.
func (g *gather) packChannels(p *pass, kernel []float32, d int) {
	channel := func(i int) []float32 { return kernel[(d+i)*g.kernelTo:] }
	k0, k1, k2, k3, k4, k5, k6, k7 := channel(0), channel(1), channel(2), channel(3), channel(4), channel(5), channel(6), channel(7)
	to := p.place(d)
	for _, r := range p.rows.taps {
		for _, c := range p.cols.taps {
			at := r.kernel*g.kernelWidth + c.kernel
			for range g.image.channels {
				y := (*[packBlock]float32)(g.packed[to:])
				y[7], y[0], y[1], y[2], y[3] = k7[at], k0[at], k1[at], k2[at], k3[at]
				y[4], y[5], y[6] = k4[at], k5[at], k6[at]
				to, at = to+p.panel, at+g.kernelFrom
			}
		}
	}
}
