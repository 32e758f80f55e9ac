package onnx

import (
	"math"

	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
)

// A quantised kernel is symmetric: w = q·scale, with q from -127 to 127 and a scale for each output channel, the largest
// magnitude of the channel divided by 127. Biases, norms and quantisers stay floats; they are few.

const largest = 127

// quantized is a kernel as integers.
type quantized struct {
	values []int8
	scales []float32
}

// quantize rounds a kernel to the closest integers, halves to even, with a scale for each place along an axis.
func quantize(w []float32, shape graph.Shape, axis int) quantized {
	n, inner := shape[axis], shape[axis+1:].Size()
	q := quantized{make([]int8, len(w)), make([]float32, n)}
	for i, v := range w {
		j := i / inner % n
		q.scales[j] = max(q.scales[j], float32(math.Abs(float64(v))))
	}
	for j, s := range q.scales {
		if q.scales[j] = s / largest; q.scales[j] == 0 {
			q.scales[j] = 1 // all weights are zero, or so small that their scale is
		}
	}
	for i, v := range w {
		r := math.RoundToEven(float64(v) / float64(q.scales[i/inner%n]))
		q.values[i] = int8(max(-largest, min(largest, r)))
	}
	return q
}

// floats returns what the integers stand for.
func (q quantized) floats(shape graph.Shape, axis int) []float32 {
	w, inner := make([]float32, len(q.values)), shape[axis+1:].Size()
	for i, v := range q.values {
		w[i] = float32(v) * q.scales[i/inner%len(q.scales)]
	}
	return w
}

// kernel adds the layer's kernel, whose axis of output channels is given, and returns the name of the floats.
func (c *Call) kernel(axis int) string {
	w := c.weight("kernel")
	if w == nil || !c.int8 {
		return c.Weight("kernel")
	}
	return c.dequantized(w.Name, w.Data, w.Shape, axis)
}

// rows adds the quantised kernel of a dense layer with a row for each unit. ONNX Runtime 1.32 replaces Gemm of a kernel
// that is not transposed and comes from DequantizeLinear by its MatMulNBits, which rounds the layer's inputs to 8 bits as
// well: the error is then much larger than the one that export measures. It lets a transposed kernel be.
func (c *Call) rows() string {
	w := c.weight("kernel")
	if w == nil {
		return ""
	}
	in, units := w.Shape[0], w.Shape[1]
	turned := make([]float32, 0, len(w.Data))
	for j := range units {
		for i := range in {
			turned = append(turned, w.Data[i*units+j])
		}
	}
	return c.dequantized(w.Name+"_transposed", turned, graph.Shape{units, in}, 0)
}

// dequantized adds a kernel as integers, and the node that makes floats of them.
func (c *Call) dequantized(name string, w []float32, shape graph.Shape, axis int) string {
	c.finite(name, w)
	return c.once(name, func() string {
		q := quantize(w, shape, axis)
		integers := c.constant(name+"_int8", pb.TensorProto_INT8, shape, func() []byte {
			raw := make([]byte, len(q.values))
			for i, v := range q.values {
				raw[i] = byte(v)
			}
			return raw
		})
		scales := c.floats(name+"_scale", []int{len(q.scales)}, q.scales)
		return c.add(name, "DequantizeLinear", []string{integers, scales}, []Attr{{"axis", axis}})
	})
}

// channels is the axis of output channels in the kernels of a kind of layers.
var channels = map[string]int{"Dense": 1, "Conv2D": 0, "ConvTranspose2D": 1}

// Quantized returns what the weights of a model become in a file with Options.Int8, by their names: those that change.
func Quantized(m *graph.Model) map[string][]float32 {
	changed := map[string][]float32{}
	for _, inner := range m.Models() {
		for _, n := range inner.Nodes() {
			axis, ok := channels[n.Layer().Kind()]
			if !ok {
				continue
			}
			for _, w := range n.Weights() {
				if w.Local == "kernel" {
					changed[w.Name] = quantize(w.Data, w.Shape, axis).floats(w.Shape, axis)
				}
			}
		}
	}
	return changed
}
