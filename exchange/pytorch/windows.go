package pytorch

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// convolution returns the modules of a Conv2D: PyTorch pads alike on both sides, so another padding is a
// module of its own.
func (c settings) convolution(in, out graph.Shape, bias string) (lines []line, err error) {
	var before, after graph.Pair
	for i := range before {
		if before[i], after[i], _, err = c.Padding.Span(in[i+1], c.Kernel[i], c.Stride[i], c.Dilation[i]); err != nil {
			return nil, err
		}
	}
	if before != after {
		lines = append(lines, line{"_pad", fmt.Sprintf("nn.ZeroPad2d((%d, %d, %d, %d))", before[1], after[1], before[0], after[0])})
		before = graph.Pair{}
	}
	return append(lines, line{"", fmt.Sprintf("nn.Conv2d(%d, %d, %s, stride=%s, padding=%s, dilation=%s, groups=%d, bias=%s)",
		in[0], out[0], tuple(c.Kernel), tuple(c.Stride), tuple(before), tuple(c.Dilation), max(c.Groups, 1), bias)}), nil
}

// transposed returns the modules of a ConvTranspose2D. Where PyTorch's paddings do not give the size, all is
// computed and a module behind it crops.
func (c settings) transposed(in, out graph.Shape, bias string) ([]line, error) {
	var before, extra, crop graph.Pair
	for i := range before {
		whole := (in[i+1]-1)*c.Stride[i] + (c.Kernel[i]-1)*c.Dilation[i] + 1
		if c.Padding != graph.Same {
			before[i], extra[i] = int(c.Padding), c.OutputPad[i]
			continue
		}
		first, _, _, err := c.Padding.Span(out[i+1], c.Kernel[i], c.Stride[i], c.Dilation[i])
		if err != nil {
			return nil, err
		}
		before[i] = first
		if extra[i] = out[i+1] - (whole - 2*first); extra[i] < 0 {
			crop[i], extra[i] = -extra[i], 0
		}
	}
	lines := []line{{"", fmt.Sprintf("nn.ConvTranspose2d(%d, %d, %s, stride=%s, padding=%s, output_padding=%s, groups=%d, bias=%s, dilation=%s)",
		in[0], out[0], tuple(c.Kernel), tuple(c.Stride), tuple(before), tuple(extra), max(c.Groups, 1), bias, tuple(c.Dilation))}}
	if crop != (graph.Pair{}) {
		lines = append(lines, line{"_crop", fmt.Sprintf("nn.ZeroPad2d((0, %d, 0, %d))", -crop[1], -crop[0])})
	}
	return lines, nil
}

// pooling returns the module of a pooling whose windows reach over the image alike on both sides, or on the right and
// below alone, where PyTorch leaves out what is not there if ceil_mode is set.
func (c settings) pooling(kind string, in graph.Shape) ([]line, error) {
	var before graph.Pair
	ceil := false
	for i := range before {
		first, last, _, err := c.Padding.Span(in[i+1], c.Size[i], c.Stride[i], 1)
		if err != nil {
			return nil, err
		}
		if first != last && first != 0 {
			return nil, errors.Errorf("want windows that reach over the image alike on both sides, or on the right and below alone, got a padding of %d before and %d behind: write the module by hand", first, last)
		}
		before[i], ceil = first, ceil || first != last
	}
	if kind == "MaxPool2D" {
		return one("nn.MaxPool2d(%s, stride=%s, padding=%s, ceil_mode=%s)", tuple(c.Size), tuple(c.Stride), tuple(before), title(ceil))
	}
	return one("nn.AvgPool2d(%s, stride=%s, padding=%s, ceil_mode=%s, count_include_pad=False)", tuple(c.Size), tuple(c.Stride), tuple(before), title(ceil))
}

// norm returns the module of a norm with its epsilon, of which PyTorch's own is 1e-5.
func (c settings) norm(kind string, in graph.Shape) ([]line, error) {
	epsilon, momentum := 0.001, 0.99
	if c.Epsilon != nil {
		epsilon = *c.Epsilon
	}
	if c.Momentum != nil {
		momentum = *c.Momentum
	}
	switch {
	case kind == "BatchNorm":
		const digits = 6
		return one("nn.BatchNorm%dd(%d, eps=%v, momentum=%.*g)", max(len(in)-1, 1), in[0], epsilon, digits, 1-momentum)
	case len(in) == 1:
		return one("nn.LayerNorm(%d, eps=%v)", in[0], epsilon)
	}
	return nil, errors.New("want a LayerNorm of vectors, since that of images is over other axes in PyTorch, got one of images: write the module by hand")
}
