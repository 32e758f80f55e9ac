package conv

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// benchConvs are the layers of the small convolutional autoencoder in bench, at batch 128, in
// order.
var benchConvs = []Geometry{
	sameConv(128, 28, 1, 16, 3), sameConv(128, 14, 16, 8, 3), sameConv(128, 7, 8, 8, 3), sameConv(128, 4, 8, 8, 3), sameConv(128, 8, 8, 8, 3),
	{Batch: 128, In: 8, Out: 16, Height: Axis{16, 14, 3, 1, 1, 0}, Width: Axis{16, 14, 3, 1, 1, 0}},
	sameConv(128, 28, 16, 1, 3),
}

// stridedConvs are the layers of conv-strided with more than a few channels, at batch 128.
var stridedConvs = []Geometry{
	{Batch: 128, In: 1, Out: 32, Height: Axis{28, 14, 3, 2, 1, 0}, Width: Axis{28, 14, 3, 2, 1, 0}},
	{Batch: 128, In: 32, Out: 64, Height: Axis{14, 7, 3, 2, 1, 0}, Width: Axis{14, 7, 3, 2, 1, 0}},
	sameConv(128, 14, 64, 64, 3),
}

// convBench has the parts of a training step with a convolution, and the FLOPs of each part. They
// include those on the padding.
type convBench struct {
	Geometry
	flops                        float64
	forward, input, kernel, both func()
}

func newConvBench(c Geometry) convBench {
	v := New(c)
	x, y := kerneltest.Normal(1, c.Batch*c.sizeX()), make([]float32, c.Batch*c.sizeY())
	dx, dy := make([]float32, len(x)), kerneltest.Normal(2, len(y))
	kernel, bias := kerneltest.Normal(3, c.sizeKernel()), kerneltest.Normal(4, c.Out)
	dkernel, dbias := make([]float32, len(kernel)), make([]float32, len(bias))
	b := convBench{Geometry: c, flops: 2 * float64(c.Batch*c.Height.Out*c.Width.Out*c.sizeKernel())}
	g := Backward{X: x, Kernel: kernel, DY: dy, Y: y, Gradient: elementwise.ReLUGrad, DX: dx, DKernel: dkernel, DBias: dbias}
	if c.In == 1 {
		g.DX = nil // nobody needs the gradient of the data
	}
	b.forward = func() { v.Forward(y, x, kernel, epilogue.Epilogue{Bias: bias, Rectifier: epilogue.ReLU}) }
	b.input = func() { v.Gradients(Backward{DX: dx, Kernel: kernel, DY: dy}) }
	b.kernel = func() { v.Gradients(Backward{DKernel: dkernel, X: x, DY: dy}) }
	b.both = func() { v.Gradients(g) }
	return b
}

// BenchmarkConv reports the metrics of kerneltest.BenchProduct for each layer: forward with bias
// and ReLU, the gradient of the input, the gradient of the kernel, and all gradients of a step at
// once, with those of ReLU and the bias.
func BenchmarkConv(b *testing.B) {
	for _, c := range slices.Concat(benchConvs, stridedConvs) {
		x := newConvBench(c)
		name := fmt.Sprintf("%dx%dx%d-%d", c.Height.In, c.Width.In, c.In, c.Out)
		for _, part := range []struct {
			name  string
			flops float64
			run   func()
		}{{"forward", x.flops, x.forward}, {"input", x.flops, x.input}, {"kernel", x.flops, x.kernel}, {"gradients", x.gradientFlops(), x.both}} {
			for level := simd.Best(); level > simd.Portable; level-- {
				b.Run(fmt.Sprintf("%s/%s/%v", name, part.name, level), func(b *testing.B) {
					kerneltest.WithLevel(b, level)
					kerneltest.BenchProduct(b, part.flops, level, part.run)
				})
			}
		}
	}
}

// gradientFlops counts both gradients, if both are computed.
func (x convBench) gradientFlops() float64 {
	if x.In == 1 {
		return x.flops
	}
	return 2 * x.flops
}

// BenchmarkConvStep computes the convolutions of a training step one after another. It divides all
// FLOPs by the whole time.
func BenchmarkConvStep(b *testing.B) {
	var all []convBench
	flops := 0.0
	for _, c := range benchConvs {
		x := newConvBench(c)
		all = append(all, x)
		flops += x.flops + x.gradientFlops()
	}
	for level := simd.Best(); level > simd.Portable; level-- {
		b.Run(level.String(), func(b *testing.B) {
			kerneltest.WithLevel(b, level)
			kerneltest.BenchProduct(b, flops, level, func() {
				for _, x := range all {
					x.forward()
				}
				for _, x := range all {
					x.both()
				}
			})
		})
	}
}
