package f32

// GroupedConvolver computes convolutions whose channels are in groups of one size that do not see each other: group i of
// y's channels comes from group i of x's, by the part of the kernel that belongs to them. It takes each group out of the
// images, convolves it by itself and puts the result back, so that it costs these copies, which are little for a few
// groups of several channels each. As a Convolver it keeps its buffers, and is for one goroutine at a time.
type GroupedConvolver struct {
	one                  *Convolver // of a group
	groups               int
	x, y, dx, dy, output []float32 // of the group at hand
}

// NewGroupedConvolver prepares for convolutions of a geometry with a kernel (Out, In/groups, Height.Kernel,
// Width.Kernel). In and Out must be multiples of groups.
func NewGroupedConvolver(c Conv, groups int) *GroupedConvolver {
	if groups < 1 || c.In%groups != 0 || c.Out%groups != 0 {
		panic(badConv)
	}
	c.In, c.Out = c.In/groups, c.Out/groups
	return &GroupedConvolver{one: NewConvolver(c), groups: groups}
}

// Forward writes y as Convolver.Forward does for each group.
func (v *GroupedConvolver) Forward(y, x, kernel []float32, e Epilogue) {
	for i := range v.groups {
		into := v.room(&v.output, y)
		v.one.Forward(into, v.take(&v.x, x, i, v.one.In), v.part(kernel, i), v.epilogue(e, i))
		v.put(y, into, i, v.one.Out)
	}
}

// Transpose writes x as Convolver.Transpose does for each group.
func (v *GroupedConvolver) Transpose(x, y, kernel []float32, e Epilogue) {
	for i := range v.groups {
		into := v.room(&v.output, x)
		v.one.Transpose(into, v.take(&v.y, y, i, v.one.Out), v.part(kernel, i), v.epilogue(e, i))
		v.put(x, into, i, v.one.In)
	}
}

// Gradients writes gradients of Forward.
func (v *GroupedConvolver) Gradients(g ConvGradients) {
	for i := range v.groups {
		part := v.gradients(g, i, v.one.In, v.one.Out)
		v.one.Gradients(part)
		v.put(g.DX, part.DX, i, v.one.In)
	}
}

// TransposeGradients writes gradients of Transpose.
func (v *GroupedConvolver) TransposeGradients(g ConvGradients) {
	for i := range v.groups {
		part := v.gradients(g, i, v.one.Out, v.one.In)
		v.one.TransposeGradients(part)
		v.put(g.DX, part.DX, i, v.one.Out)
	}
}

// gradients says which gradients of group i are wanted, whose input has in channels and whose output has out.
func (v *GroupedConvolver) gradients(g ConvGradients, i, in, out int) ConvGradients {
	return ConvGradients{
		DX: v.room(&v.dx, g.DX), DKernel: v.part(g.DKernel, i), DBias: v.part(g.DBias, i),
		X: v.take(&v.x, g.X, i, in), Kernel: v.part(g.Kernel, i),
		DY: v.take(&v.dy, g.DY, i, out), Gradient: g.Gradient, Y: v.take(&v.y, g.Y, i, out),
	}
}

func (v *GroupedConvolver) epilogue(e Epilogue, i int) Epilogue {
	e.Bias = v.part(e.Bias, i)
	return e
}

// part is what belongs to group i of x, in which the groups lie one behind the other; nil of nil.
func (v *GroupedConvolver) part(x []float32, i int) []float32 {
	if x == nil {
		return nil
	}
	n := len(x) / v.groups
	if n*v.groups != len(x) {
		panic(shortConv)
	}
	return x[i*n:][:n:n]
}

// room makes room for a group of x; nil of nil.
func (v *GroupedConvolver) room(room *[]float32, x []float32) []float32 {
	n := len(v.part(x, 0))
	if n == 0 {
		return nil
	}
	*room = grow(*room, n)
	return *room
}

// take copies group i, of so many channels, out of the images x to room; nil of nil.
func (v *GroupedConvolver) take(room *[]float32, x []float32, i, channels int) []float32 {
	group := v.room(room, x)
	if group != nil {
		convKernels(simd).copyRows(v.pixels(group, channels), channels, group, channels, x[i*channels:], v.groups*channels)
	}
	return group
}

// put copies group i back into the images x; nil into nil.
func (v *GroupedConvolver) put(x, group []float32, i, channels int) {
	if group != nil {
		convKernels(simd).copyRows(v.pixels(group, channels), channels, x[i*channels:], v.groups*channels, group, channels)
	}
}

func (v *GroupedConvolver) pixels(group []float32, channels int) int {
	if len(group)%channels != 0 {
		panic(shortConv)
	}
	return len(group) / channels
}
