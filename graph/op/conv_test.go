package op

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// refConv is a convolution or a transposed convolution that goes through all pairs of pixels.
func refConv(rows int, c Convolution, transposed bool, f func(float64) float64) Reference {
	big, small := c.Height.In*c.Width.In, c.Height.Out*c.Width.Out
	return func(y []float64, x [][]float64) {
		for i := range y {
			y[i] = 0
			if c.Bias {
				y[i] = x[2][i%len(x[2])]
			}
		}
		c.eachTap(func(o, l, h, w, r, q, k int) {
			for n := range rows {
				from, to := ((n*big)+h*c.Width.In+w)*c.In+l, ((n*small)+r*c.Width.Out+q)*c.Out+o
				if transposed {
					from, to = to, from
				}
				y[to] += x[0][from] * x[1][k]
			}
		})
		if f != nil {
			for i, v := range y {
				y[i] = f(v)
			}
		}
	}
}

// eachTap calls f for each product of an example: channels o and l, pixels (h,w) and (r,q), element
// k of the kernel.
func (c Convolution) eachTap(f func(o, l, h, w, r, q, k int)) {
	k := 0
	for o := range c.Out {
		for m := range c.channels() {
			l := o/(c.Out/max(c.Groups, 1))*c.channels() + m
			for i := range c.Height.Kernel {
				for j := range c.Width.Kernel {
					for r := range c.Height.Out {
						for q := range c.Width.Out {
							h := r*c.Height.Stride + i*c.Height.Dilation - c.Height.Pad
							w := q*c.Width.Stride + j*c.Width.Dilation - c.Width.Pad
							if h >= 0 && h < c.Height.In && w >= 0 && w < c.Width.In {
								f(o, l, h, w, r, q, k)
							}
						}
					}
					k++
				}
			}
		}
	}
}

func randomConvolution(s *random.Source) Convolution {
	n := func(limit int) int { return int(s.Uint64n(uint64(limit))) }
	axis := func() Axis {
		a := Axis{In: 1 + n(6), Kernel: 1 + n(3), Stride: 1 + n(3), Dilation: 1 + n(2), Pad: n(3)}
		a.Out = 1 + n(max(1, (a.In+2*a.Pad-(a.Kernel-1)*a.Dilation-1)/a.Stride+1))
		return a
	}
	c := Convolution{In: 1 + n(3), Out: 1 + n(3), Height: axis(), Width: axis(), Bias: n(2) == 0}
	if n(3) == 0 {
		c.Groups = 1 + n(3)
		c.In, c.Out = c.In*c.Groups, c.Out*c.Groups
	}
	return c
}

func TestConvolutions(t *testing.T) {
	s := random.New(1, "convolutions")
	leaky, tanh := LeakyReLU(0.3), Tanh()
	for i := range uint64(40) {
		c, rows := randomConvolution(s), 1+int(i%3)
		var act *Act
		var f func(float64) float64
		switch i % 5 {
		case 1:
			act, f = &leaky, func(v float64) float64 { return math.Max(v, float64(float32(0.3))*v) }
		case 2:
			act, f = &tanh, math.Tanh
		}
		if err := Check(Conv2D(rows, c, act), refConv(rows, c, false, f), i); err != nil {
			t.Error(err)
		}
		if err := Check(ConvTranspose2D(rows, c, act), refConv(rows, c, true, f), i); err != nil {
			t.Error(err)
		}
	}
}

// A gradient that nothing reads is left out. The others must not change.
func TestConvolutionNeededGradients(t *testing.T) {
	c := Convolution{In: 2, Out: 3, Bias: true,
		Height: Axis{In: 5, Out: 3, Kernel: 3, Stride: 2, Dilation: 1, Pad: 1},
		Width:  Axis{In: 4, Out: 4, Kernel: 3, Stride: 1, Dilation: 1, Pad: 1},
	}
	grouped := c
	grouped.Out, grouped.Groups = 6, 2
	for _, c := range []Convolution{c, grouped} {
		needed(t, c, Conv2D(3, c, nil), false)
		needed(t, c, ConvTranspose2D(3, c, nil), true)
	}
}

func needed(t *testing.T, c Convolution, o Op, transposed bool) {
	t.Helper()
	ref := refConv(3, c, transposed, nil)
	check := newCheck(o, func(y, x [][]float64) { ref(y[0], x) }, 5)
	for bits := 1; bits < 8; bits++ {
		var inputs []int
		for i := range 3 {
			if bits>>i&1 == 1 {
				inputs = append(inputs, i)
			}
		}
		if err := check.gradient(inputs, []int{0}); err != nil {
			t.Errorf("%s: of the inputs %v: %v", o.Name, inputs, err)
		}
	}
}

// axisOf is the axis with PyTorch's parameters.
func axisOf(in, kernel, stride, pad, dilation int) Axis {
	return Axis{In: in, Out: (in+2*pad-(kernel-1)*dilation-1)/stride + 1, Kernel: kernel, Stride: stride, Dilation: dilation, Pad: pad}
}

// transposedAxis is axisOf for a transposed convolution, whose input is the geometry's output.
func transposedAxis(in, kernel, stride, pad, outputPad int) Axis {
	return Axis{In: (in-1)*stride - 2*pad + kernel + outputPad, Out: in, Kernel: kernel, Stride: stride, Dilation: 1, Pad: pad}
}

func TestConvolutionsAgreeWithPyTorch(t *testing.T) {
	tensors := golden(t)
	found := 0
	for image := range 2 {
		prefix := fmt.Sprintf("conv2d_%d_", image)
		for _, p := range [][4]int{{1, 1, 0, 1}, {3, 1, 1, 1}, {3, 1, 2, 2}, {3, 2, 1, 1}, {5, 1, 0, 1}} {
			name := fmt.Sprintf("%sk%d_s%d_p%d_d%d", prefix, p[0], p[1], p[2], p[3])
			x, kernel := tensors[name+"/x"].Shape, tensors[name+"/kernel"].Shape
			o := Conv2D(x[0], Convolution{
				In: kernel[1], Out: kernel[0], Bias: true,
				Height: axisOf(x[2], p[0], p[1], p[2], p[3]), Width: axisOf(x[3], p[0], p[1], p[2], p[3]),
			}, nil)
			t.Run(name, func(t *testing.T) { agreesWithPyTorch(t, tensors, name, o, []string{"x", "kernel", "bias"}) })
			found++
		}
		for _, p := range [][4]int{{2, 2, 0, 0}, {3, 1, 1, 0}, {3, 2, 1, 1}} {
			name := fmt.Sprintf("convtranspose2d_%d_k%d_s%d_p%d_op%d", image, p[0], p[1], p[2], p[3])
			x, kernel := tensors[name+"/x"].Shape, tensors[name+"/kernel"].Shape
			o := ConvTranspose2D(x[0], Convolution{
				In: kernel[1], Out: kernel[0], Bias: true,
				Height: transposedAxis(x[2], p[0], p[1], p[2], p[3]), Width: transposedAxis(x[3], p[0], p[1], p[2], p[3]),
			}, nil)
			t.Run(name, func(t *testing.T) { agreesWithPyTorch(t, tensors, name, o, []string{"x", "kernel", "bias"}) })
			found++
		}
	}
	for name := range tensors {
		if len(name) > 4 && name[:4] == "conv" && name[len(name)-2:] == "/y" {
			found--
		}
	}
	if found != 0 {
		t.Errorf("the cases tried are %d more than there are", found)
	}
}
