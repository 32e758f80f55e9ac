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
		c := refConv{filters: 1 + g.n(3), kernel: 1 + g.n(3), stride: 1 + g.n(2), dilation: 1 + g.n(2), padding: graph.Padding(g.n(4) - 1), bias: g.n(3) > 0}
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
				c.outputPad = g.n(c.stride)
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

// refConv is a convolution as plainly as can be.
type refConv struct {
	filters, kernel, stride, dilation int
	groups                            int
	padding                           graph.Padding
	outputPad                         int
	bias, transposed                  bool
}

// pad is the padding before a large axis, of the image that has a convolution's input.
func (c refConv) pad(large, small int) int {
	if c.padding != graph.Same {
		return int(c.padding)
	}
	return max((small-1)*c.stride+(c.kernel-1)*c.dilation+1-large, 0) / 2
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
	padH, padW := c.pad(large[1], small[1]), c.pad(large[2], small[2])
	for k, weight := range kernel {
		j, i := k%c.kernel, k/c.kernel%c.kernel
		channels := large[0] / c.groups // that a filter sees
		o := k / c.kernel / c.kernel / channels
		l := k/c.kernel/c.kernel%channels + o/(small[0]/c.groups)*channels
		for r := range small[1] {
			for q := range small[2] {
				h, w := r*c.stride+i*c.dilation-padH, q*c.stride+j*c.dilation-padW
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
		{graph.Conv2D("", x, 4, 3), "takes an input of 3 axes, got shape (784)"},
		{graph.Conv2D("", x, 0, 3), "0 filters of 3 x 3 pixels"},
		{graph.Conv2D("", x, 4, 9), "reaches over 9 elements"},
		{graph.Conv2D("", x, 4, 3, graph.Stride(0)), "stride 0"},
		{graph.Conv2D("", x, 4, 3, graph.OutputPad(1)), "belongs to ConvTranspose2D"},
		{graph.Conv2D("", x, 4, 3, graph.Same, graph.Dilation(1<<20)), "elements"},
		{graph.Conv2D("", x, 1<<20, 1<<10), "elements"},
		{graph.Conv2D("", x, 4, 3, graph.Groups(3)), "3 groups of 3 channels and 4 filters"},
		{graph.Conv2D("", x, 4, 3, graph.Groups(2)), "2 groups of 3 channels"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Groups(-1)), "-1 groups"},
		{graph.ConvTranspose2D("", x, 4, 3), "takes an input of 3 axes"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.OutputPad(1)), "less than the stride, 1"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Same, graph.Stride(2), graph.OutputPad(1)), "Same settles the size"},
		{graph.ConvTranspose2D("", x, 4, 3, graph.Padding(5)), "leaves nothing"},
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
