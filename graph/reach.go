package graph

// Reach says how the output of a model depends on its input, if both are images and each pixel of
// the output depends on pixels nearby alone. Then a large image can be computed in parts.
type Reach struct {
	// Pixels is a number of rows, and of columns, of the input. What lies farther away from a pixel
	// does not matter for it.
	Pixels int

	// Stride is a number of rows, and of columns, of the input. If an image is cut off at the top by
	// a multiple of it, the output is that of the whole image, cut off at the top, except near the
	// border. The sizes of both images must leave the same remainder when divided by Stride.
	Stride int

	// Num / Den is the size of the output divided by that of the input, but for what a border adds.
	Num, Den int
}

// near is a layer each pixel of whose output depends on pixels nearby.
type near interface {
	// near returns how far away the pixels of the input are that matter, in pixels of the input, and
	// the size of the output divided by that of the input: up / down.
	near() (reach, up, down int)
}

func (l conv2D) near() (reach, up, down int) {
	return reachOf(l.Kernel, l.Dilation), 1, square(l.Stride)
}

func (l convTranspose2D) near() (reach, up, down int) {
	return reachOf(l.Kernel, l.Dilation) + 1, square(l.Stride), 1
}

func (l pooling) near() (reach, up, down int) {
	return reachOf(l.Size, Pair{1, 1}), 1, square(l.Stride)
}

func (l upSample) near() (reach, up, down int) { return 2, square(l.Factor), 1 }

func (b border) near() (reach, up, down int) {
	return max(b.Top, b.Bottom, b.Left, b.Right), 1, 1
}

func (add) near() (reach, up, down int)       { return 0, 1, 1 }
func (concat) near() (reach, up, down int)    { return 0, 1, 1 }
func (batchNorm) near() (reach, up, down int) { return 0, 1, 1 }
func (layerNorm) near() (reach, up, down int) { return 0, 1, 1 }

// reachOf returns how far a window reaches.
func reachOf(size, dilation Pair) int {
	return max((size[0]-1)*dilation[0], (size[1]-1)*dilation[1])
}

// square returns a number that is the same for rows and columns, else 0.
func square(p Pair) int {
	if p[0] != p[1] {
		return 0
	}
	return p[0]
}

// Reach returns how far the pixels of the output reach into the input. ok is false if the output
// could depend on the whole input: for a layer that is no convolution, pooling, enlargement, border,
// norm or function of single numbers, or one whose stride differs for rows and columns.
func (m *Model) Reach() (r Reach, ok bool) {
	if m.err != nil || len(m.In()) != 3 {
		return Reach{}, false
	}
	w := walker{stride: 1}
	at, ok := w.model(m, place{up: 1, down: 1})
	return Reach{at.reach, w.stride, at.up, at.down}, ok
}

// place is how a node lies to the input of the whole model: its reach there, and its size divided by
// the input's, up / down.
type place struct{ reach, up, down int }

// maxReach bounds reach and strides, so that products of numbers from files do not overflow.
const maxReach = 1 << 20

type walker struct{ stride int } // the least common multiple of all down

func (w *walker) model(m *Model, in place) (place, bool) {
	places := map[*Node]place{}
	for _, n := range m.nodes {
		p, ok := w.node(n, in, places)
		if !ok || p.reach > maxReach || p.up > maxReach || w.stride > maxReach {
			return p, false
		}
		places[n] = p
	}
	return places[m.nodes[len(m.nodes)-1]], true
}

func (w *walker) node(n *Node, in place, places map[*Node]place) (p place, ok bool) {
	if len(n.inputs) == 0 {
		return in, true
	}
	for i, x := range n.inputs {
		q := places[x]
		if i > 0 && (q.up != p.up || q.down != p.down) {
			return p, false
		}
		q.reach = max(q.reach, p.reach)
		p = q
	}
	if l, ok := n.layer.(applied); ok {
		return w.model(l.Model, p)
	}
	l, isNear := n.layer.(near)
	if !isNear {
		return p, singly(n.layer)
	}
	reach, up, down := l.near()
	if reach > maxReach || up < 1 || down < 1 || up > maxReach || down > maxReach {
		return p, false
	}
	p.reach += (reach*p.down + p.up - 1) / p.up
	p.up, p.down = p.up*up, p.down*down
	k := gcd(p.up, p.down)
	p.up, p.down = p.up/k, p.down/k
	w.stride *= p.down / gcd(w.stride, p.down)
	return p, true
}

// singly reports whether a layer changes each number by itself, or not at all, when a model predicts.
func singly(l Layer) bool {
	switch l.(type) {
	case leakyReLU, relu, elu, silu, gelu, sigmoid, tanh, softplus, dropout, spatialDropout, gaussianNoise, activityL2:
		return true
	}
	return false
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
