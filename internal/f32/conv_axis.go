package f32

// Forward and transposed convolution are both gathered: each element of the destination is a sum over numbers of the
// source. Along an axis, all that are computed alike make a phase: the elements first, first+step, first+2*step, ... of
// the destination, where element i of a phase reads the padded source at i*stride + tap for each of its taps.

// A phase is a part of one axis of a destination.
type phase struct {
	count, first, step int
	taps               []tap // of ascending at
}

// A tap is one row or column of the kernel and where it reads, counted from the first place that its phase may read.
type tap struct{ kernel, at int }

// A sourceAxis is one axis of a source: n elements with pad zeros before them and as many behind as it takes to make
// the padded length. Elements beyond that are not read.
type sourceAxis struct{ n, pad, padded, stride int }

// inner returns how many of the elements are read.
func (s sourceAxis) inner() int { return max(min(s.n, s.padded-s.pad), 0) }

// forward is the axis of y as it is gathered from x: one phase.
func (a ConvAxis) forward() (sourceAxis, []phase) {
	p := phase{count: a.Out, step: 1}
	for k := range a.Kernel {
		p.taps = append(p.taps, tap{k, k * a.Dilation})
	}
	return sourceAxis{n: a.In, pad: a.Pad, stride: a.Stride, padded: a.input(a.Out-1, a.Kernel-1) + a.Pad + 1}, []phase{p}
}

// backward is the axis of x as it is gathered from y: a phase for each remainder by the stride, since it decides which
// rows of the kernel meet an element. Input h is read by output o for k where h + Pad - k*Dilation is o*Stride, and so by
// larger o for smaller k.
func (a ConvAxis) backward() (sourceAxis, []phase) {
	s := sourceAxis{n: a.Out, stride: 1, padded: 1}
	var phases []phase
	for first := range min(a.Stride, a.In) {
		p := phase{count: (a.In - first + a.Stride - 1) / a.Stride, first: first, step: a.Stride}
		for k := a.Kernel - 1; k >= 0; k-- {
			if o := first + a.Pad - k*a.Dilation; o%a.Stride == 0 {
				p.taps = append(p.taps, tap{k, o / a.Stride})
				s.pad = max(s.pad, -o/a.Stride)
			}
		}
		phases = append(phases, p)
	}
	for _, p := range phases {
		for i := range p.taps {
			p.taps[i].at += s.pad
			s.padded = max(s.padded, p.count+p.taps[i].at)
		}
	}
	return s, phases
}

// adjacent reports whether taps read side by side.
func adjacent(taps []tap) bool {
	for i := range taps {
		if taps[i].at != taps[0].at+i {
			return false
		}
	}
	return true
}
