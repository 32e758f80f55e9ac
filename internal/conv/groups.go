package conv

import (
	"slices"

	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// Grouped computes convolutions whose channels are in groups of the same size. Group i of the
// channels of y comes from group i of the channels of x, by its own part of the kernel. Grouped
// copies each group out of the images, convolves it by itself and copies the result back. These
// copies cost little for a few groups of several channels each. Like a Convolver, it keeps its
// buffers, and one goroutine may use it at a time.
type Grouped struct {
	one                  *Convolver // for one group
	groups               int
	x, y, dx, dy, output []float32 // buffers for the present group
}

// NewGrouped prepares for convolutions of a geometry with a kernel (Out, In/groups, Height.Kernel,
// Width.Kernel). In and Out must be multiples of groups.
func NewGrouped(c Geometry, groups int) *Grouped {
	if groups < 1 || c.In%groups != 0 || c.Out%groups != 0 {
		panic(badGeometry)
	}
	c.In, c.Out = c.In/groups, c.Out/groups
	return &Grouped{one: New(c), groups: groups}
}

// Forward writes y as Convolver.Forward does for each group.
func (v *Grouped) Forward(y, x, kernel []float32, e epilogue.Epilogue) {
	for i := range v.groups {
		into := v.room(&v.output, y)
		v.one.Forward(into, v.take(&v.x, x, i, v.one.In), v.part(kernel, i), v.epilogue(e, i))
		v.put(y, into, i, v.one.Out)
	}
}

// Transpose writes x as Convolver.Transpose does for each group.
func (v *Grouped) Transpose(x, y, kernel []float32, e epilogue.Epilogue) {
	for i := range v.groups {
		into := v.room(&v.output, x)
		v.one.Transpose(into, v.take(&v.y, y, i, v.one.Out), v.part(kernel, i), v.epilogue(e, i))
		v.put(x, into, i, v.one.In)
	}
}

// Gradients writes gradients of Forward.
func (v *Grouped) Gradients(g Backward) {
	for i := range v.groups {
		part := v.gradients(g, i, v.one.In, v.one.Out)
		v.one.Gradients(part)
		v.put(g.DX, part.DX, i, v.one.In)
	}
}

// TransposeGradients writes gradients of Transpose.
func (v *Grouped) TransposeGradients(g Backward) {
	for i := range v.groups {
		part := v.gradients(g, i, v.one.Out, v.one.In)
		v.one.TransposeGradients(part)
		v.put(g.DX, part.DX, i, v.one.Out)
	}
}

// gradients returns the arguments for group i. Its input has in channels and its output has out
// channels.
func (v *Grouped) gradients(g Backward, i, in, out int) Backward {
	return Backward{
		DX: v.room(&v.dx, g.DX), DKernel: v.part(g.DKernel, i), DBias: v.part(g.DBias, i),
		X: v.take(&v.x, g.X, i, in), Kernel: v.part(g.Kernel, i),
		DY: v.take(&v.dy, g.DY, i, out), Gradient: g.Gradient, Y: v.take(&v.y, g.Y, i, out),
	}
}

// epilogue returns the epilogue for group i.
func (v *Grouped) epilogue(e epilogue.Epilogue, i int) epilogue.Epilogue {
	e.Bias = v.part(e.Bias, i)
	return e
}

// part returns the part of group i of x, in which the groups lie one behind the other, and nil for
// nil.
func (v *Grouped) part(x []float32, i int) []float32 {
	if x == nil {
		return nil
	}
	n := len(x) / v.groups
	if n*v.groups != len(x) {
		panic(badSlice)
	}
	return x[i*n:][:n:n]
}

// room makes room for a group of x. It returns nil for nil.
func (v *Grouped) room(room *[]float32, x []float32) []float32 {
	n := len(v.part(x, 0))
	if n == 0 {
		return nil
	}
	*room = slices.Grow((*room)[:0], n)[:n]
	return *room
}

// take copies group i, of so many channels, out of the images x to room. It returns nil for nil.
func (v *Grouped) take(room *[]float32, x []float32, i, channels int) []float32 {
	group := v.room(room, x)
	if group != nil {
		kernels(simd.Current()).copyRows(v.pixels(group, channels), channels, group, channels, x[i*channels:], v.groups*channels)
	}
	return group
}

// put copies group i back into the images x. It does nothing for nil.
func (v *Grouped) put(x, group []float32, i, channels int) {
	if group != nil {
		kernels(simd.Current()).copyRows(v.pixels(group, channels), channels, x[i*channels:], v.groups*channels, group, channels)
	}
}

// pixels returns the number of pixels in a group.
func (v *Grouped) pixels(group []float32, channels int) int {
	if len(group)%channels != 0 {
		panic(badSlice)
	}
	return len(group) / channels
}
