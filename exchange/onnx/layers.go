package onnx

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// The converters of the layers that are not for images alone.

// operator converts a layer that one operator without attributes computes.
func operator(name string) Converter {
	return func(c *Call) (string, error) { return c.Do(name, c.In), nil }
}

// nothing converts a layer that does nothing when a model predicts.
func nothing(c *Call) (string, error) { return c.In[0], nil }

// initial is the part of a configuration that says how weights begin.
type initial struct {
	KernelInit string `json:"kernel_init"`
	BiasInit   string `json:"bias_init"`
}

func dense(c *Call) (string, error) {
	l := struct {
		Units int  `json:"units"`
		Bias  bool `json:"bias"`
		initial
	}{Bias: true}
	c.Config(&l)
	in := []string{c.In[0], ""}
	var attributes []Attr
	if c.int8 {
		in[1], attributes = c.rows(), []Attr{{"transB", 1}}
	} else {
		in[1] = c.Weight("kernel")
	}
	if l.Bias {
		in = append(in, c.Weight("bias"))
	}
	return c.Do("Gemm", in, attributes...), nil
}

func leakyReLU(c *Call) (string, error) {
	var l struct {
		Slope float32 `json:"slope"`
	}
	c.Config(&l)
	return c.Do("LeakyRelu", c.In, Attr{"alpha", l.Slope}), nil
}

func elu(c *Call) (string, error) {
	var l struct {
		Alpha float32 `json:"alpha"`
	}
	c.Config(&l)
	return c.Do("Elu", c.In, Attr{"alpha", l.Alpha}), nil
}

func silu(c *Call) (string, error) {
	x := c.In[0]
	return c.Do("Mul", []string{x, c.Step("Sigmoid", c.In)}), nil
}

// gelu is x·(1 + erf(x/√2))/2, as this operator set has no Gelu. The order of the nodes is the one that ONNX Runtime
// fuses into its own.
func gelu(c *Call) (string, error) {
	x := c.In[0]
	y := c.Step("Erf", []string{c.Step("Div", []string{x, c.Floats("root", nil, []float32{math.Sqrt2})})})
	y = c.Step("Mul", []string{x, c.Step("Add", []string{y, c.Floats("one", nil, []float32{1})})})
	return c.Do("Mul", []string{y, c.Floats("half", nil, []float32{0.5})}), nil
}

func softmax(c *Call) (string, error) { return c.Do("Softmax", c.In, Attr{"axis", 1}), nil }

// reshaped converts Flatten and Reshape. Both keep the logical order of the numbers, which is that of the values here, or
// count images pixel by pixel: then the channels of the image that they have or make come last on the way.
func reshaped(c *Call) (string, error) {
	var l struct {
		Shape graph.Shape `json:"shape"`
		Order graph.Order `json:"order"`
	}
	c.Config(&l)
	x, from, to := c.In[0], c.Node.Inputs()[0].Shape(), c.Node.Shape()
	if from.Equal(to) {
		return x, nil
	}
	last := l.Order == graph.PixelByPixel
	if last && len(from) == 3 {
		x = c.Step("Transpose", []string{x}, Attr{"perm", []int{0, 2, 3, 1}})
	}
	if !last || len(to) != 3 {
		return c.Reshape(x, to), nil
	}
	x = c.Step("Reshape", []string{x, c.Ints("shape", 0, to[1], to[2], to[0])})
	return c.Do("Transpose", []string{x}, Attr{"perm", []int{0, 3, 1, 2}}), nil
}

func add(c *Call) (string, error) {
	if len(c.In) == 2 {
		return c.Do("Add", c.In), nil
	}
	return c.Do("Sum", c.In), nil
}

func concat(c *Call) (string, error) { return c.Do("Concat", c.In, Attr{"axis", 1}), nil }

// norm is the part of a configuration that both norms share. Scale and offset are there, whether they were trained or not.
type norm struct {
	Epsilon float32 `json:"epsilon"`
	Scale   bool    `json:"scale"`
	Offset  bool    `json:"offset"`
}

func batchNorm(c *Call) (string, error) {
	l := struct {
		norm
		Momentum float64 `json:"momentum"`
	}{norm: norm{Epsilon: defaultEpsilon}}
	c.Config(&l)
	return c.Do("BatchNormalization", []string{c.In[0], c.Weight("scale"), c.Weight("offset"), c.Weight("mean"), c.Weight("variance")},
		Attr{"epsilon", l.Epsilon}), nil
}

// defaultEpsilon is that of both norms, which files leave out.
const defaultEpsilon = 1e-3

// layerNorm normalises the last axis, so the channels of images come there and back.
func layerNorm(c *Call) (string, error) {
	l := norm{Epsilon: defaultEpsilon}
	c.Config(&l)
	apply := func(x string, do func(op string, inputs []string, attributes ...Attr) string) string {
		return do("LayerNormalization", []string{x, c.Weight("scale"), c.Weight("offset")}, Attr{"axis", -1}, Attr{"epsilon", l.Epsilon})
	}
	if len(c.Node.Shape()) == 1 {
		return apply(c.In[0], c.Do), nil
	}
	x := apply(c.Step("Transpose", c.In, Attr{"perm", []int{0, 2, 3, 1}}), c.Step)
	return c.Do("Transpose", []string{x}, Attr{"perm", []int{0, 3, 1, 2}}), nil
}

// gaussianSample takes the means, which are the first half of the numbers.
func gaussianSample(c *Call) (string, error) {
	return c.Do("Slice", []string{c.In[0], c.Ints("starts", 0), c.Ints("ends", c.Node.Shape()[0]), c.Ints("axes", 1)}), nil
}

// code rounds latents as the layer does: to a whole number of steps from the offset, halves to even, at most
// graph.MaxSymbol.
func code(c *Call) (string, error) {
	p, err := graph.PriorOf(c.Node)
	if err != nil || p == nil {
		return "", errors.WithMessage(err, "want the layer's quantiser")
	}
	n := []int{p.Latents()}
	step, offset := c.Floats("step", n, p.Step), c.Floats("offset_of_steps", n, p.Offset)
	q := c.Step("Round", []string{c.Step("Div", []string{c.Step("Sub", []string{c.In[0], offset}), step})})
	q = c.Step("Clip", []string{q, c.Floats("least", nil, []float32{-graph.MaxSymbol}), c.Floats("most", nil, []float32{graph.MaxSymbol})})
	return c.Do("Add", []string{c.Step("Mul", []string{q, step}), offset}), nil
}
