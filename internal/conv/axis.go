package conv

// A phase is the elements first, first+step, first+2*step, ... of one axis of a destination, count
// of them. Element i of a phase reads the padded source at i*stride + tap.at for each of its taps.
type phase struct {
	count, first, step int
	taps               []tap // by ascending at
}

// A tap is one row or column of the kernel, and the place where the first element of the phase
// reads for it.
type tap struct{ kernel, at int }

// A sourceAxis is one axis of a source. It has n elements, pad zeros before them, and as many zeros
// behind them as make the padded length. Elements beyond the padded length are not read.
type sourceAxis struct{ n, pad, padded, stride int }

// inner returns how many of the n elements are read.
func (s sourceAxis) inner() int { return max(min(s.n, s.padded-s.pad), 0) }

// forward returns the axis of y as it is gathered from x: one phase.
func (a Axis) forward() (sourceAxis, []phase) {
	p := phase{count: a.Out, step: 1}
	for k := range a.Kernel {
		p.taps = append(p.taps, tap{k, k * a.Dilation})
	}
	return sourceAxis{n: a.In, pad: a.Pad, stride: a.Stride, padded: a.input(a.Out-1, a.Kernel-1) + a.Pad + 1}, []phase{p}
}

// backward returns the axis of x as it is gathered from y: a phase for each remainder by the
// stride, because the remainder decides which rows of the kernel meet an element. Output o reads
// input h for k if h + Pad - k*Dilation is o*Stride. So a larger o reads it for a smaller k.
func (a Axis) backward() (sourceAxis, []phase) {
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
