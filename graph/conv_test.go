package graph_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// convolution adds a random convolution, or a transposed one, of an image.
func (g *generator) convolution(p *pair, i, number int) step {
	x := p.steps[i].node
	for range 20 {
		c := refConv{filters: 1 + g.n(3), kernel: g.pair(3), stride: g.pair(2), dilation: g.pair(2), padding: graph.Padding(g.n(4) - 1), bias: g.n(3) > 0}
		options := []graph.ConvOption{graph.Stride(c.stride), graph.Dilation(c.dilation), c.padding}
		if !c.bias {
			options = append(options, graph.NoBias)
		}
		c.groups = 1
		if channels := x.Shape()[0]; g.n(4) == 0 && channels > 1 {
			c.groups = channels
			c.filters *= channels
			options = append(options, graph.Groups(channels))
		}
		n := graph.Conv2D(g.name("conv", number), x, c.filters, c.kernel, options...)
		if c.transposed = g.n(2) == 0; c.transposed {
			if c.padding != graph.Same {
				c.outputPad = graph.Pair{g.n(c.stride[0]), g.n(c.stride[1])}
				options = append(options, graph.OutputPad(c.outputPad))
			}
			n = graph.ConvTranspose2D(g.name("transposed", number), x, c.filters, c.kernel, options...)
		}
		in := x.Shape()
		out, err := n.Layer().Shape(in)
		if err != nil || out.Size() > 200 {
			continue
		}
		return step{n, func(v [][]float64) []float64 {
			name := p.model.Name() + "/" + n.Name()
			return c.eval(v[i], in, out, g.weights[name+"/kernel"], g.weights[name+"/bias"])
		}}
	}
	return g.activation(x, i, number)
}

// pair draws the numbers for rows and columns, at most limit each; half of them are equal.
func (g *generator) pair(limit int) graph.Pair {
	n := 1 + g.n(limit)
	if g.n(2) == 0 {
		return graph.Pair{n, n}
	}
	return graph.Pair{n, 1 + g.n(limit)}
}

// refConv is a convolution, written plainly.
type refConv struct {
	filters, groups          int
	kernel, stride, dilation graph.Pair
	padding                  graph.Padding
	outputPad                graph.Pair
	bias, transposed         bool
}

// pad is the padding before axis k, rows or columns. The large image is the input of a convolution,
// the small one its output.
func (c refConv) pad(k, large, small int) int {
	if c.padding != graph.Same {
		return int(c.padding)
	}
	return max((small-1)*c.stride[k]+(c.kernel[k]-1)*c.dilation[k]+1-large, 0) / 2
}

func (c refConv) eval(x []float64, in, out graph.Shape, kernel, bias []float64) []float64 {
	y := make([]float64, out.Size())
	for i := range y {
		if c.bias {
			y[i] = bias[i/(out[1]*out[2])]
		}
	}
	large, small := in, out
	if c.transposed {
		large, small = out, in
	}
	padH, padW := c.pad(0, large[1], small[1]), c.pad(1, large[2], small[2])
	for k, weight := range kernel {
		tall, wide := c.kernel[0], c.kernel[1]
		j, i := k%wide, k/wide%tall
		channels := large[0] / c.groups // that a filter sees
		o := k / wide / tall / channels
		l := k/wide/tall%channels + o/(small[0]/c.groups)*channels
		for r := range small[1] {
			for q := range small[2] {
				h, w := r*c.stride[0]+i*c.dilation[0]-padH, q*c.stride[1]+j*c.dilation[1]-padW
				if h < 0 || h >= large[1] || w < 0 || w >= large[2] {
					continue
				}
				a, b := (l*large[1]+h)*large[2]+w, (o*small[1]+r)*small[2]+q
				if c.transposed {
					a, b = b, a
				}
				y[b] += x[a] * weight
			}
		}
	}
	return y
}

func TestConvShapes(t *testing.T) {
	conv := func(filters, kernel int, options ...graph.ConvOption) *graph.Model {
		x := graph.Input("x", 3, 28, 27)
		return graph.New("m", x, graph.Conv2D("", x, filters, kernel, options...))
	}
	rectangle := func(filters, rows, columns int, options ...graph.ConvOption) *graph.Model {
		x := graph.Input("x", 3, 28, 27)
		return graph.New("m", x, graph.Conv2D("", x, filters, graph.Pair{rows, columns}, options...))
	}
	transposed := func(filters, kernel int, options ...graph.ConvOption) *graph.Model {
		x := graph.Input("x", 3, 28, 27)
		return graph.New("m", x, graph.ConvTranspose2D("", x, filters, kernel, options...))
	}
	for _, c := range []struct {
		model  *graph.Model
		want   graph.Shape
		params int
	}{
		{conv(16, 3), graph.Shape{16, 26, 25}, 16*27 + 16},
		{conv(16, 3, graph.Same), graph.Shape{16, 28, 27}, 16*27 + 16},
		{conv(8, 3, graph.Same, graph.Stride(2), graph.NoBias), graph.Shape{8, 14, 14}, 8 * 27},
		{conv(6, 3, graph.Groups(3)), graph.Shape{6, 26, 25}, 6*9 + 6},
		{conv(4, 3, graph.Groups(1)), graph.Shape{4, 26, 25}, 4*27 + 4},
		{transposed(6, 2, graph.Groups(3)), graph.Shape{6, 29, 28}, 3*2*4 + 6},
		{conv(1, 5, graph.Padding(1), graph.Stride(3), graph.Dilation(2)), graph.Shape{1, 8, 7}, 76},
		{rectangle(2, 3, 1), graph.Shape{2, 26, 27}, 2*9 + 2},
		{rectangle(2, 1, 5, graph.Same, graph.Stride(graph.Pair{1, 3})), graph.Shape{2, 28, 9}, 2*15 + 2},
		{rectangle(2, 2, 3, graph.Dilation(graph.Pair{5, 2})), graph.Shape{2, 23, 23}, 2*18 + 2},
		{transposed(4, 3, graph.Stride(graph.Pair{1, 2}), graph.OutputPad(graph.Pair{0, 1})), graph.Shape{4, 30, 56}, 4*27 + 4},
		{transposed(4, 3, graph.Same, graph.Stride(2)), graph.Shape{4, 56, 54}, 4*27 + 4},
		{transposed(4, 3, graph.Stride(2)), graph.Shape{4, 57, 55}, 4*27 + 4},
		{transposed(4, 3, graph.Padding(1), graph.Stride(2), graph.OutputPad(1)), graph.Shape{4, 56, 54}, 4*27 + 4},
	} {
		if err := c.model.Init(1); err != nil {
			t.Errorf("%v: %v", c.want, err)
			continue
		}
		params := 0
		for _, w := range c.model.Weights() {
			params += w.Shape.Size()
		}
		if !c.model.Out().Equal(c.want) || params != c.params {
			t.Errorf("shape %v with %d parameters, want %v with %d", c.model.Out(), params, c.want, c.params)
		}
	}
}

func TestConvErrors(t *testing.T) {
	x := graph.Input("x", 3, 8, 8)
	for _, c := range []struct {
		node *graph.Node
		want string
	}{
		{graph.Conv2D("", x, 4, 3), "want an input of 3 axes, got shape (784)"},
		{graph.Conv2D("", x, 0, 3), "got 0 filters of 3 x 3 pixels"},
		{graph.Conv2D("", x, 4, 9), "reaches over 9 elements"},
		{graph.Conv2D("", x, 4, 3, graph.Stride(0)), "stride 0"},
		{graph.Conv2D("", x, 4, 3, graph.OutputPad(1)), "belongs to ConvTranspose2D"},
		{graph.Conv2D("", x, 4, graph.Pair{1, 9}), "reaches over 9 elements"},
		{graph.Conv2D("", x, 4, graph.Pair{3, 0}), "got 4 filters of 3 x 0 pixels"},
		{graph.Conv2D("", x, 4, 3, graph.Stride(graph.Pair{1, 0})), "stride 0"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Stride(graph.Pair{2, 1}), graph.OutputPad(1)), "less than the stride, 1"},
		{graph.Conv2D("", x, 4, 3, graph.Same, graph.Dilation(1<<20)), "elements"},
		{graph.Conv2D("", x, 1<<20, 1<<10), "elements"},
		{graph.Conv2D("", x, 4, 3, graph.Groups(3)), "divides the 3 channels and the 4 filters, got 3 groups"},
		{graph.Conv2D("", x, 4, 3, graph.Groups(2)), "divides the 3 channels and the 4 filters, got 2 groups"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Groups(-1)), "-1 groups"},
		{graph.ConvTranspose2D("", x, 4, 3), "want an input of 3 axes"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.OutputPad(1)), "less than the stride, 1"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Same, graph.Stride(2), graph.OutputPad(1)), "Same settles the size"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Padding(5)), "want a padding that leaves some of the output's 10 elements, got 5"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Same, graph.Stride(1<<29)), "stride"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Stride(1<<29)), "elements"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Stride(0)), "stride 0"},
	} {
		in := x.Shape()
		if strings.Contains(c.want, "axes") {
			in = graph.Shape{784}
		}
		_, err := c.node.Layer().Shape(in)
		wantError(t, err, c.want)
	}
}

// Glorot's bound counts each channel once for each pixel of the kernel.
func TestGlorotUniformOfKernels(t *testing.T) {
	x, other := graph.Input("x", 3, 8, 8), graph.Input("x", 3, 8, 8)
	for _, m := range []*graph.Model{
		graph.New("m", x, graph.Conv2D("conv", x, 40, 5)),
		graph.New("m", other, graph.ConvTranspose2D("conv", other, 40, 5)),
	} {
		largest := 0.0
		for _, v := range data(t, m, 1)["m/conv/kernel"] {
			largest = math.Max(largest, math.Abs(float64(v)))
		}
		if limit := math.Sqrt(6. / (43 * 25)); largest > limit*1.0000001 || largest < limit*0.99 {
			t.Errorf("the largest magnitude is %v, want nearly %v", largest, limit)
		}
	}
}
