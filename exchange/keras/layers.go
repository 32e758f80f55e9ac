package keras

import (
	"slices"

	"github.com/gorgonae/gorgonae/graph"
)

// translators write the layers that are supported, by their class in Keras.
var translators = map[string]func(c *call) *graph.Node{
	"Dense":                  dense,
	"Conv2D":                 conv2D,
	"Conv2DTranspose":        conv2DTranspose,
	"DepthwiseConv2D":        depthwise,
	"SeparableConv2D":        separable,
	"BatchNormalization":     batchNorm,
	"LayerNormalization":     layerNorm,
	"MaxPooling2D":           func(c *call) *graph.Node { return c.pool(graph.MaxPool2D[graph.Pair, graph.Pair]) },
	"AveragePooling2D":       func(c *call) *graph.Node { return c.pool(graph.AveragePool2D[graph.Pair, graph.Pair]) },
	"GlobalAveragePooling2D": globalAverage,
	"GlobalMaxPooling2D":     globalMax,
	"UpSampling2D":           upSample,
	"ZeroPadding2D":          func(c *call) *graph.Node { return c.border("padding", graph.ZeroPad2D) },
	"Cropping2D":             func(c *call) *graph.Node { return c.border("cropping", graph.Crop2D) },
	"Flatten":                flatten,
	"Reshape":                reshape,
	"Add":                    add,
	"Concatenate":            concatenate,
	"Dropout": func(c *call) *graph.Node {
		return graph.Dropout(c.name(c.layer.name), c.one(0), c.number("rate", 0))
	},
	"SpatialDropout2D": func(c *call) *graph.Node {
		c.channelsLast()
		return graph.SpatialDropout(c.name(c.layer.name), c.one(3), c.number("rate", 0))
	},
	"GaussianNoise": func(c *call) *graph.Node {
		return graph.GaussianNoise(c.name(c.layer.name), c.one(0), c.number("stddev", 0))
	},
	"ActivityRegularization": activityRegularization,
	"Rescaling":              rescaling,
	"Activation":             func(c *call) *graph.Node { return c.function(c.activation("activation")) },
	"ELU":                    func(c *call) *graph.Node { return c.function(activationLayers["ELU"](c.settings)) },
	"LeakyReLU":              func(c *call) *graph.Node { return c.function(leakyReLU(c.settings)) },
	"ReLU":                   func(c *call) *graph.Node { return c.function(reLU(c.settings)) },
	"Softmax":                func(c *call) *graph.Node { return c.function(activationLayers["Softmax"](c.settings)) },
	"Identity":               func(c *call) *graph.Node { return c.one(0) },
}

// weighted are the classes that have weights: those share them if they are called several times.
var weighted = map[string]bool{"Dense": true, "Conv2D": true, "Conv2DTranspose": true, "DepthwiseConv2D": true, "SeparableConv2D": true,
	"BatchNormalization": true, "LayerNormalization": true}

// function applies an activation as a layer.
func (c *call) function(a activate) *graph.Node {
	x := c.one(0)
	if a == nil {
		return c.regular(x)
	}
	return c.regular(a(c.name(c.layer.name), x))
}

// dense is a Dense layer. On an image Keras applies it to each pixel, as a convolution with a kernel of one
// pixel does.
func dense(c *call) *graph.Node {
	units, bias := c.count("units"), value(c.settings, "use_bias", true)
	x := c.one(0)
	in := toKeras(x.Shape())
	width := in[len(in)-1]
	var y *graph.Node
	var order []int
	switch len(in) {
	case 1:
		var options []graph.DenseOption
		if !bias {
			options = append(options, graph.NoBias)
		}
		y = graph.Dense(c.name(c.layer.name), x, units, options...)
	case 3:
		y = graph.Conv2D(c.name(c.layer.name), x, units, 1, c.biased(bias)...)
		order = []int{1, 0}
	default:
		c.fail("want features or images, got shape %v", graph.Shape(in))
		return x
	}
	c.variable(variable{name: "kernel", shape: []int{width, units}, order: order, trained: true, node: y, local: "kernel"})
	c.biasOf(y, bias, units)
	return c.then(y)
}

func (c *call) biased(bias bool) []graph.ConvOption {
	if bias {
		return nil
	}
	return []graph.ConvOption{graph.NoBias}
}

func (c *call) biasOf(y *graph.Node, bias bool, units int) {
	if bias {
		c.variable(variable{name: "bias", shape: []int{units}, trained: true, node: y, local: "bias"})
	}
}

// norm adds the variables of a norm over the last axis of x, and returns its options.
func (c *call) norm(x *graph.Node) (scale, center bool, epsilon float32, features int) {
	s := toKeras(x.Shape())
	c.lastAxis(len(s) + 1)
	if len(s) != 1 && len(s) != 3 {
		c.fail("want features or images, got shape %v", graph.Shape(s))
	}
	return value(c.settings, "scale", true), value(c.settings, "center", true), c.number("epsilon", 1e-3), s[len(s)-1]
}

// trainedNorm adds the variables that a norm trains.
func (c *call) trainedNorm(y *graph.Node, scale, center bool, features int) {
	if scale {
		c.variable(variable{name: "gamma", shape: []int{features}, trained: true, node: y, local: "scale"})
	}
	if center {
		c.variable(variable{name: "beta", shape: []int{features}, trained: true, node: y, local: "offset"})
	}
}

func batchNorm(c *call) *graph.Node {
	x := c.one(0)
	scale, center, epsilon, features := c.norm(x)
	options := []graph.BatchNormOption{graph.Epsilon(epsilon), graph.Momentum(value(c.settings, "momentum", 0.99))}
	if !scale {
		options = append(options, graph.NoScale)
	}
	if !center {
		options = append(options, graph.NoOffset)
	}
	y := graph.BatchNorm(c.name(c.layer.name), x, options...)
	c.trainedNorm(y, scale, center, features)
	c.variable(variable{name: "moving_mean", shape: []int{features}, node: y, local: "mean"})
	c.variable(variable{name: "moving_variance", shape: []int{features}, node: y, local: "variance"})
	return c.regular(y)
}

func layerNorm(c *call) *graph.Node {
	x := c.one(0)
	want(c.settings, "rms_scaling", false, "a norm subtracts the mean here")
	scale, center, epsilon, features := c.norm(x)
	options := []graph.LayerNormOption{graph.Epsilon(epsilon)}
	if !scale {
		options = append(options, graph.NoScale)
	}
	if !center {
		options = append(options, graph.NoOffset)
	}
	y := graph.LayerNorm(c.name(c.layer.name), x, options...)
	c.trainedNorm(y, scale, center, features)
	return c.regular(y)
}

func (c *call) pool(pool func(name string, x *graph.Node, size, stride graph.Pair, p graph.Padding) *graph.Node) *graph.Node {
	c.channelsLast()
	size := c.pair("pool_size", graph.Pair{2, 2})
	return pool(c.name(c.layer.name), c.one(3), size, c.pair("strides", size), c.padding())
}

// globalAverage is the mean of each channel. Keras can keep the axes of the image, with one pixel.
func globalAverage(c *call) *graph.Node {
	c.channelsLast()
	y := graph.GlobalAveragePool2D(c.name(c.layer.name), c.one(3))
	return c.pixel(y, value(c.settings, "keepdims", false))
}

func (c *call) pixel(y *graph.Node, keep bool) *graph.Node {
	if !keep || y.Shape() == nil {
		return y
	}
	return graph.ReshapeIn(graph.PixelByPixel, c.name(c.layer.name+"_pixel"), y, y.Shape()[0], 1, 1)
}

// globalMax is one window over the whole image.
func globalMax(c *call) *graph.Node {
	c.channelsLast()
	x := c.one(3)
	whole := graph.Pair{x.Shape()[1], x.Shape()[2]}
	y := graph.MaxPool2D(c.name(c.layer.name), x, whole, whole, graph.Valid)
	if value(c.settings, "keepdims", false) {
		return y
	}
	return graph.FlattenIn(graph.PixelByPixel, c.name(c.layer.name+"_features"), y)
}

func upSample(c *call) *graph.Node {
	c.channelsLast()
	how := graph.Interpolation(value(c.settings, "interpolation", string(graph.Nearest)))
	return graph.UpSample2D(c.name(c.layer.name), c.one(3), c.pair("size", graph.Pair{2, 2}), how)
}

func (c *call) border(setting string, layer func(name string, x *graph.Node, top, bottom, left, right int) *graph.Node) *graph.Node {
	c.channelsLast()
	b := c.settings.border(setting)
	return layer(c.name(c.layer.name), c.one(3), b[0], b[1], b[2], b[3])
}

// flatten counts pixel by pixel, as Keras does.
func flatten(c *call) *graph.Node {
	c.channelsLast()
	return graph.FlattenIn(graph.PixelByPixel, c.name(c.layer.name), c.one(0))
}

func reshape(c *call) *graph.Node {
	x := c.one(0)
	target := slices.Clone(value(c.settings, "target_shape", []int(nil)))
	size, open := 1, -1
	for i, n := range target {
		if n == -1 && open < 0 {
			open = i
		} else if n < 1 || n > 1<<30/size {
			c.fail("target_shape: want sizes of 1 or more, and one of -1 at most, got %v", target)
			return x
		} else {
			size *= n
		}
	}
	if open >= 0 {
		target[open] = x.Shape().Size() / size
	}
	return graph.ReshapeIn(graph.PixelByPixel, c.name(c.layer.name), x, toOurs(target)...)
}

func add(c *call) *graph.Node { return graph.Add(c.name(c.layer.name), c.in...) }

func concatenate(c *call) *graph.Node {
	if len(c.in) == 0 {
		c.fail("want 2 inputs or more, got none")
		return c.one(0)
	}
	axes := len(c.in[0].Shape())
	axis := value(c.settings, "axis", -1)
	if axis < 0 {
		axis += axes + 1
	}
	want, ok := map[int]int{1: 1, 2: 1, 3: 3}[axes]
	if !ok || axis != want {
		c.fail("axis: want the features of vectors or the channels of images to be joined, got axis %d of shape %v", axis, graph.Shape(toKeras(c.in[0].Shape())))
	}
	return graph.Concat(c.name(c.layer.name), c.in...)
}

func activityRegularization(c *call) *graph.Node {
	want(c.settings, "l1", 0.0, "only the squares can be added to the loss, l2")
	return graph.ActivityL2(c.name(c.layer.name), c.one(0), c.number("l2", 0))
}

// rescaling is supported where it alone takes the images, and makes numbers from 0 to 1 of bytes: images have such
// numbers here.
func rescaling(c *call) *graph.Node {
	x := c.one(0)
	scale, offset := value(c.settings, "scale", 1.0), value(c.settings, "offset", 0.0)
	switch {
	case scale == 1 && offset == 0:
		return x
	case c.first(c.layer) && offset == 0 && scale > 0.999/255 && scale < 1.001/255:
		c.note("layer %s divides bytes by 255 in Keras, and is left out: images have numbers from 0 to 1 here", c.layer.name)
		return x
	}
	c.fail("want a Rescaling by 1/255 as the first layer, which alone takes the input of the whole model, got one by %v with the offset %v: take it out of the model, and save it again", scale, offset)
	return x
}
