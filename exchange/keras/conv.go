package keras

import (
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// window is what the settings of all convolutions have in common.
type window struct {
	kernel, stride, dilation graph.Pair
	padding                  graph.Padding
	bias                     bool
	groups                   int
}

func (c *call) window() window {
	c.channelsLast()
	one := graph.Pair{1, 1}
	return window{c.pair("kernel_size"), c.pair("strides", one), c.pair("dilation_rate", one), c.padding(), value(c.settings, "use_bias", true), value(c.settings, "groups", 1)}
}

// ungrouped is window for a layer that has no groups.
func (c *call) ungrouped() window {
	w := c.window()
	if w.groups != 1 {
		c.fail("groups: want 1, got %d", w.groups)
	}
	return w
}

func (c *call) options(w window) []graph.ConvOption {
	return append(c.biased(w.bias), graph.Stride(w.stride), graph.Dilation(w.dilation), w.padding)
}

// lastToFirst makes our kernels (filters, channels, rows, columns) of Keras's (rows, columns, channels, filters).
var lastToFirst = []int{3, 2, 0, 1}

func conv2D(c *call) *graph.Node {
	w, filters := c.window(), c.count("filters")
	x := c.one(3)
	options := c.options(w)
	if w.groups != 1 {
		options = append(options, graph.Groups(w.groups))
	}
	y := graph.Conv2D(c.name(c.layer.name), x, filters, w.kernel, options...)
	c.variable(variable{name: "kernel", shape: []int{w.kernel[0], w.kernel[1], x.Shape()[0] / max(w.groups, 1), filters}, order: lastToFirst, trained: true, node: y, local: "kernel"})
	c.biasOf(y, w.bias, filters)
	return c.then(y)
}

// depthwise is a convolution of each channel by itself: one with as many groups as channels.
func depthwise(c *call) *graph.Node {
	w, multiplier := c.ungrouped(), value(c.settings, "depth_multiplier", 1)
	y := c.depthwise(w, multiplier, "kernel", c.options(w))
	if y.Shape() != nil {
		c.biasOf(y, w.bias, y.Shape()[0])
	}
	return c.then(y)
}

func (c *call) depthwise(w window, multiplier int, variableName string, options []graph.ConvOption) *graph.Node {
	x := c.one(3)
	channels := x.Shape()[0]
	if multiplier < 1 || multiplier > math.MaxInt32/channels {
		c.fail("depth_multiplier: want 1 or more, got %d", multiplier)
		return x
	}
	y := graph.Conv2D(c.name(c.layer.name), x, channels*multiplier, w.kernel, append(options, graph.Groups(channels))...)
	// Keras's kernel is (rows, columns, channels, multiplier), and ours has channels·multiplier filters.
	c.variable(variable{name: variableName, shape: []int{w.kernel[0], w.kernel[1], channels, multiplier}, order: []int{2, 3, 0, 1}, trained: true, node: y, local: "kernel"})
	return y
}

// separable is a depthwise convolution and one with a kernel of one pixel.
func separable(c *call) *graph.Node {
	w, filters, multiplier := c.ungrouped(), c.count("filters"), value(c.settings, "depth_multiplier", 1)
	bare := w
	bare.bias = false
	deep := c.depthwise(bare, multiplier, "depthwise_kernel", c.options(bare))
	if c.err != nil || deep.Shape() == nil {
		return deep
	}
	y := graph.Conv2D(c.name(c.layer.name+"_pointwise"), deep, filters, 1, c.biased(w.bias)...)
	c.variable(variable{name: "pointwise_kernel", shape: []int{1, 1, deep.Shape()[0], filters}, order: lastToFirst, trained: true, node: y, local: "kernel"})
	c.biasOf(y, w.bias, filters)
	return c.then(y)
}

func conv2DTranspose(c *call) *graph.Node {
	w, filters := c.ungrouped(), c.count("filters")
	x := c.one(3)
	options := append(c.biased(w.bias), graph.Stride(w.stride), graph.Dilation(w.dilation))
	var extra graph.Pair
	var y *graph.Node
	if c.get("output_padding", &extra) {
		y = c.transposed(x, filters, w, extra, options)
	} else {
		y = graph.ConvTranspose2D(c.name(c.layer.name), x, filters, w.kernel, c.usual(w, options)...)
	}
	made := y
	if made.Layer().Kind() == "Crop2D" {
		made = made.Inputs()[0]
	}
	c.variable(variable{name: "kernel", shape: []int{w.kernel[0], w.kernel[1], filters, x.Shape()[0]}, order: lastToFirst, trained: true, node: made, local: "kernel"})
	c.biasOf(made, w.bias, filters)
	return c.then(y)
}

// usual returns the options of a transposed convolution without output_padding. With "valid" Keras makes in·stride
// + max(kernel - stride, 0) rows, which are more than ours if the stride is longer than the kernel.
func (c *call) usual(w window, options []graph.ConvOption) []graph.ConvOption {
	if w.padding == graph.Same {
		return append(options, graph.Same)
	}
	var extra graph.Pair
	for i := range extra {
		if reach := (w.kernel[i]-1)*w.dilation[i] + 1; w.stride[i] > reach {
			extra[i] = w.stride[i] - reach
		}
	}
	if extra != (graph.Pair{}) {
		options = append(options, graph.OutputPad(extra))
	}
	return append(options, graph.Valid)
}

// transposed is a transposed convolution with output_padding: it makes (in-1)·stride + reach + extra rows, less
// 2·(kernel/2) with "same". TensorFlow takes half of what is too much away at the top, rounded down, and the
// rest at the bottom.
func (c *call) transposed(x *graph.Node, filters int, w window, extra graph.Pair, options []graph.ConvOption) *graph.Node {
	var crop [4]int
	var pad graph.Pair
	for i := range extra {
		reach := (w.kernel[i]-1)*w.dilation[i] + 1
		less := -extra[i]
		if w.padding == graph.Same {
			less += 2 * (reach / 2)
		}
		if less < 0 {
			pad[i], less = -less, 0
		}
		crop[2*i], crop[2*i+1] = less/2, less-less/2
		if extra[i] < 0 || extra[i] >= w.stride[i] {
			c.fail("output_padding: want 0 or more and less than the stride, %v, got %v", w.stride, extra)
		}
	}
	if pad != (graph.Pair{}) {
		options = append(options, graph.OutputPad(pad))
	}
	name := c.name(c.layer.name)
	y := graph.ConvTranspose2D(name, x, filters, w.kernel, append(options, graph.Valid)...)
	if crop != [4]int{} && y.Shape() != nil {
		y = graph.Crop2D(c.name(c.layer.name+"_crop"), y, crop[0], crop[1], crop[2], crop[3])
	}
	return y
}
