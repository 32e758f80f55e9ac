package conv

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// A gather computes a destination from a padded source, sample by sample. A convolution and its
// transpose are both gathers. See the glossary of the package.
type gather struct {
	image    paddedImage // the source
	channels int         // of the destination
	height   int         // of the destination
	width    int
	passes   []pass
	weights  int       // numbers of the kernel in the order of the passes
	packed   []float32 // the kernel in the order of the passes
	kernel   []float32 // a copy of the kernel that was packed last

	// kernel[d*kernelTo + s*kernelFrom + i*kernelWidth + j] is for channel d of the destination and
	// s of the source.
	kernelTo, kernelFrom, kernelWidth int

	few       bool // the destination has few channels
	span      int  // rows of the source that the first rows of all phases read
	stripRows int  // in a strip, counted in rows of a phase
	strips    int  // of a sample
	all       int  // strips of all samples
	units     int  // strips in a part of the work
	scratch   workspaces

	dst, src []float32 // of the call; nil between calls
	epilogue epilogue.Epilogue
}

// A pass is one phase of each axis. Its sums run over segments of the padded source. Each segment
// has inner numbers, side by side.
type pass struct {
	rows, cols phase
	segments   []segment
	inner      int
	weights    int // the place where its part of packed begins
	panel      int // channels of the destination in a panel of packed
}

// terms is how many terms a sum of the pass has.
func (p *pass) terms() int { return len(p.segments) * p.inner }

// forwardGather is the gather of y from x.
func forwardGather(c Geometry) gather {
	g := gather{
		image: paddedImage{channels: c.In}, channels: c.Out, height: c.Height.Out, width: c.Width.Out,
		kernelTo:    c.In * c.Height.Kernel * c.Width.Kernel,
		kernelFrom:  c.Height.Kernel * c.Width.Kernel,
		kernelWidth: c.Width.Kernel,
	}
	var rows, cols []phase
	g.image.rows, rows = c.Height.forward()
	g.image.cols, cols = c.Width.forward()
	return g.plan(c.Batch, rows, cols)
}

// transposeGather is the gather of x from y.
func transposeGather(c Geometry) gather {
	g := gather{
		image: paddedImage{channels: c.Out}, channels: c.In, height: c.Height.In, width: c.Width.In,
		kernelTo:    c.Height.Kernel * c.Width.Kernel,
		kernelFrom:  c.In * c.Height.Kernel * c.Width.Kernel,
		kernelWidth: c.Width.Kernel,
	}
	var rows, cols []phase
	g.image.rows, rows = c.Height.backward()
	g.image.cols, cols = c.Width.backward()
	return g.plan(c.Batch, rows, cols)
}

const (
	stripFloats = 6 << 10 // about the size of a padded part of the source; fits in the first cache
	unitTerms   = 1 << 17 // multiply-adds in a part of the work: about 2 µs
)

// plan lists the passes and cuts the destination into strips.
func (g gather) plan(batch int, rows, cols []phase) gather {
	g.few = g.channels <= fewChannels
	g.span = 1
	for _, r := range rows {
		for _, c := range cols {
			panel, panels := g.panels(c.count)
			p := newPass(r, c, g.image.pitch(), g.image.channels, panel)
			p.weights, p.panel = g.weights, panel
			g.weights += p.terms() * panel * panels
			g.passes = append(g.passes, p)
		}
		for _, t := range r.taps {
			g.span = max(g.span, t.at+1)
		}
	}

	count, stride := rows[0].count, g.image.rows.stride
	g.stripRows = min(max((stripFloats/g.image.pitch()-g.span)/stride+1, 4), count)
	g.strips = (count + g.stripRows - 1) / g.stripRows
	g.stripRows = (count + g.strips - 1) / g.strips
	room := 0
	if !g.image.plain() {
		room = ((g.stripRows-1)*stride + g.span) * g.image.pitch()
	}
	g.scratch = newWorkspaces(room, g.row(), 0)
	terms := g.weights * cols[0].count * g.stripRows // of a strip
	g.units = min(max(unitTerms/max(terms, 1), 1), max(batch*g.strips/8, 1))
	g.all = batch * g.strips
	return g
}

// row is the length of the row that computeLanes needs in a workspace.
func (g *gather) row() int {
	if g.few {
		return g.width
	}
	return 0
}

// newPass lists the segments of a pass. pitch is the distance between two rows of the padded
// source, and from and to are the channels of the source and of the destination.
func newPass(rows, cols phase, pitch, from, to int) pass {
	p := pass{rows: rows, cols: cols, inner: from}
	merged := adjacent(cols.taps)
	if merged {
		p.inner *= len(cols.taps)
	}
	for _, r := range rows.taps {
		for j, c := range cols.taps {
			if j == 0 || !merged {
				p.segments = append(p.segments, segment{r.at*pitch + c.at*from, len(p.segments) * p.inner * to})
			}
		}
	}
	return p
}

func (g *gather) run(dst, src, kernel []float32, e epilogue.Epilogue) {
	g.begin(dst, kernel, e)
	g.src = src
	g.scratch.reserve()
	pool.Run((g.all+g.units-1)/g.units, g)
	g.end()
}

// begin prepares for writing a destination. end forgets the slices of the call.
func (g *gather) begin(dst, kernel []float32, e epilogue.Epilogue) {
	if e.Bias != nil && len(e.Bias) != g.channels {
		panic(badBias)
	}
	g.pack(kernel)
	g.dst, g.epilogue = dst, e
}

func (g *gather) end() { g.dst, g.src, g.epilogue = nil, nil, epilogue.Epilogue{} }

// Do runs a part of the task: some strips.
func (g *gather) Do(worker, part int) {
	scratch := g.scratch.take(worker)
	for i := part * g.units; i < min((part+1)*g.units, g.all); i++ {
		g.strip(scratch, i/g.strips, i%g.strips*g.stripRows)
	}
}

// strip computes a strip of a sample: the rows of each phase from lo on.
func (g *gather) strip(scratch *workspace, sample, lo int) {
	size, sizeSrc := g.height*g.width*g.channels, g.image.rows.n*g.image.sampleWidth()
	dst, image := g.dst[sample*size:][:size], g.src[sample*sizeSrc:][:sizeSrc]
	hi, first := lo+g.stripRows, lo*g.image.rows.stride
	if g.image.plain() {
		image = image[min(first*g.image.pitch(), len(image)):]
	} else {
		rows := min(len(scratch.floats)/g.image.pitch(), g.image.rows.padded-first)
		g.image.fill(scratch.floats, image, first, max(rows, 0))
		image = scratch.floats
	}
	g.compute(scratch, dst, image, lo, hi)
	if g.epilogue.Finish != nil {
		step, row := g.passes[0].rows.step, g.width*g.channels
		g.epilogue.Finish(dst[lo*step*row : min(hi*step, g.height)*row])
	}
}

// compute runs the passes over the rows lo to hi of their phases. image begins with the first row
// that these read.
func (g *gather) compute(scratch *workspace, dst, image []float32, lo, hi int) {
	if g.few {
		g.computeLanes(scratch, dst, image, lo, hi)
		return
	}
	t := &scratch.tile
	*t = tile{
		aRow: g.image.cols.stride * g.image.channels, aStep: 1,
		rectifier: g.epilogue.Rectifier, slope: g.epilogue.Slope,
	}
	step := g.image.rows.stride * g.image.pitch()
	for i := range g.passes {
		p := &g.passes[i]
		t.segments, t.inner, t.bStep, t.cRow = p.segments, p.inner, p.panel, p.cols.step*g.channels
		for d := 0; d < g.channels; d += p.panel {
			for r := lo; r < min(hi, p.rows.count); r++ {
				var a, b []float32
				if len(p.segments) > 0 {
					a, b = image[(r-lo)*step:], g.packed[p.place(d):]
				}
				c := dst[((p.rows.first+r*p.rows.step)*g.width+p.cols.first)*g.channels+d:]
				t.product(p.cols.count, min(p.panel, g.channels-d), a, b, c, from(g.epilogue.Bias, d))
			}
		}
	}
}
