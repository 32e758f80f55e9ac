package onnx

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// The converters of the layers for images.

// convolution is the configuration of both layers of convolutions.
type convolution struct {
	Filters   int           `json:"filters"`
	Kernel    graph.Pair    `json:"kernel"`
	Stride    graph.Pair    `json:"stride"`
	Dilation  graph.Pair    `json:"dilation"`
	Padding   graph.Padding `json:"padding"`
	OutputPad graph.Pair    `json:"output_pad"`
	Groups    int           `json:"groups"`
	Bias      bool          `json:"bias"`
	initial
}

func (c *Call) convolution() convolution {
	l := convolution{Stride: graph.Pair{1, 1}, Dilation: graph.Pair{1, 1}, Bias: true}
	c.Config(&l)
	l.Groups = max(l.Groups, 1)
	return l
}

// attributes are those that both operators have.
func (l convolution) attributes(pads []int) []Attr {
	return []Attr{{"kernel_shape", l.Kernel[:]}, {"strides", l.Stride[:]}, {"dilations", l.Dilation[:]}, {"group", l.Groups}, {"pads", pads}}
}

// inputs are the image, the kernel, whose axis of output channels is given, and perhaps the bias.
func (l convolution) inputs(c *Call, axis int) []string {
	in := []string{c.In[0], c.kernel(axis)}
	if l.Bias {
		in = append(in, c.Weight("bias"))
	}
	return in
}

// spans places windows on an image, and returns the padding in ONNX's order: top, left, bottom, right.
func spans(image graph.Shape, p graph.Padding, kernel, stride, dilation graph.Pair) (pads []int, err error) {
	pads = make([]int, 4)
	for i := range 2 {
		if pads[i], pads[2+i], _, err = p.Span(image[1+i], kernel[i], stride[i], dilation[i]); err != nil {
			return nil, err
		}
	}
	return pads, nil
}

func conv2D(c *Call) (string, error) {
	l := c.convolution()
	pads, err := spans(c.Node.Inputs()[0].Shape(), l.Padding, l.Kernel, l.Stride, l.Dilation)
	if err != nil {
		return "", err
	}
	return c.Do("Conv", l.inputs(c, 0), l.attributes(pads)...), nil
}

// convTranspose2D gives the padding on both sides, which is what the convolution that it transposes has. The operator's
// own output_shape and SAME_UPPER would share out the padding in another way.
func convTranspose2D(c *Call) (string, error) {
	l := c.convolution()
	in, out := c.Node.Inputs()[0].Shape(), c.Node.Shape()
	pads, extra := make([]int, 4), make([]int, 2)
	for i := range 2 {
		before, _, _, err := l.Padding.Span(out[1+i], l.Kernel[i], l.Stride[i], l.Dilation[i])
		if l.Padding != graph.Same {
			before, err = int(l.Padding), nil
		}
		if err != nil {
			return "", err
		}
		whole := (in[1+i]-1)*l.Stride[i] + (l.Kernel[i]-1)*l.Dilation[i] + 1
		after := whole - before - out[1+i]
		pads[i], pads[2+i], extra[i] = before, max(after, 0), max(-after, 0)
		if extra[i] >= max(l.Stride[i], l.Dilation[i]) {
			return "", errors.Errorf("want an output at most a stride larger than what the kernel reaches, got %d rows or columns more", extra[i])
		}
	}
	return c.Do("ConvTranspose", l.inputs(c, 1), append(l.attributes(pads), Attr{"output_padding", extra})...), nil
}

type pooling struct {
	Size    graph.Pair    `json:"size"`
	Stride  graph.Pair    `json:"stride"`
	Padding graph.Padding `json:"padding"`
}

func pool(c *Call, op string, more ...Attr) (string, error) {
	var l pooling
	c.Config(&l)
	pads, err := spans(c.Node.Inputs()[0].Shape(), l.Padding, l.Size, l.Stride, graph.Pair{1, 1})
	if err != nil {
		return "", err
	}
	return c.Do(op, c.In, append([]Attr{{"kernel_shape", l.Size[:]}, {"strides", l.Stride[:]}, {"pads", pads}}, more...)...), nil
}

func maxPool(c *Call) (string, error) { return pool(c, "MaxPool") }

// averagePool takes the mean over the pixels in the image, as Keras does on TensorFlow.
func averagePool(c *Call) (string, error) {
	return pool(c, "AveragePool", Attr{"count_include_pad", 0})
}

func globalAveragePool(c *Call) (string, error) {
	return c.Reshape(c.Step("GlobalAveragePool", c.In), c.Node.Shape()), nil
}

func upSample(c *Call) (string, error) {
	var l struct {
		Factor        graph.Pair          `json:"factor"`
		Interpolation graph.Interpolation `json:"interpolation"`
	}
	c.Config(&l)
	how := []Attr{{"mode", "nearest"}, {"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}}
	if l.Interpolation == graph.Bilinear {
		how = []Attr{{"mode", "linear"}, {"coordinate_transformation_mode", "half_pixel"}}
	}
	scales := c.Floats("scales", []int{4}, []float32{1, 1, float32(l.Factor[0]), float32(l.Factor[1])})
	return c.Do("Resize", []string{c.In[0], "", scales}, how...), nil
}

// border is a number of rows and columns on each side of an image.
type border struct {
	Top    int `json:"top"`
	Bottom int `json:"bottom"`
	Left   int `json:"left"`
	Right  int `json:"right"`
}

func zeroPad(c *Call) (string, error) { return pad(c, zeroBorder) }
func edgePad(c *Call) (string, error) { return pad(c, "edge") }

func pad(c *Call, mode string) (string, error) {
	var l border
	c.Config(&l)
	pads := c.Ints("pads", 0, 0, l.Top, l.Left, 0, 0, l.Bottom, l.Right)
	return c.Do("Pad", []string{c.In[0], pads}, Attr{"mode", mode}), nil
}

func crop(c *Call) (string, error) {
	var l border
	c.Config(&l)
	out := c.Node.Shape()
	return c.Do("Slice", []string{c.In[0], c.Ints("starts", l.Top, l.Left), c.Ints("ends", l.Top+out[1], l.Left+out[2]), c.Ints("axes", 2, 3)}), nil
}
