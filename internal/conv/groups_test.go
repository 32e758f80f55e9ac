package conv

import (
	"fmt"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// A convolution in groups gives the same bits as the convolutions of its groups.
func TestGroupedConvolver(t *testing.T) {
	const groups = 3
	one := Geometry{Batch: 4, In: 5, Out: 2, Height: Axis{9, 5, 3, 2, 1, 1}, Width: Axis{8, 8, 3, 1, 1, 1}}
	all := one
	all.In, all.Out = groups*one.In, groups*one.Out
	x, y := kerneltest.Normal(1, all.Batch*all.sizeX()), kerneltest.Normal(2, all.Batch*all.sizeY())
	kernel, biasX, biasY := kerneltest.Normal(3, groups*one.sizeKernel()), kerneltest.Normal(4, all.In), kerneltest.Normal(5, all.Out)

	// The channels of a group are every third stretch of an image. In all other tensors, the groups
	// lie one behind the other.
	image := func(of []float32, channels, group int) (part []float32) {
		for i := group * channels; i < len(of); i += groups * channels {
			part = append(part, of[i:][:channels]...)
		}
		return part
	}
	part := func(of []float32, group int) []float32 { n := len(of) / groups; return of[group*n:][:n] }
	// check compares the part of a group in got with want.
	check := func(what string, got, want []float32, channels, group int) {
		t.Helper()
		if channels > 0 {
			kerneltest.WantSlice(t, what, image(got, channels, group), want)
		} else {
			kerneltest.WantSlice(t, what, part(got, group), want)
		}
	}

	kerneltest.EveryWay(t, func(way string) {
		v, w := NewGrouped(all, groups), New(one)
		for g := range groups {
			what := fmt.Sprintf("%s, group %d: ", way, g)
			x1, y1, kernel1 := image(x, one.In, g), image(y, one.Out, g), part(kernel, g)

			got, want := kerneltest.NaNs(len(y)), kerneltest.NaNs(len(y1))
			v.Forward(got, x, kernel, epilogue.Epilogue{Bias: biasY})
			w.Forward(want, x1, kernel1, epilogue.Epilogue{Bias: part(biasY, g)})
			check(what+"forward", got, want, one.Out, g)

			got, want = kerneltest.NaNs(len(x)), kerneltest.NaNs(len(x1))
			v.Transpose(got, y, kernel, epilogue.Epilogue{Bias: biasX})
			w.Transpose(want, y1, kernel1, epilogue.Epilogue{Bias: part(biasX, g)})
			check(what+"transpose", got, want, one.In, g)

			gotG := Backward{DX: kerneltest.NaNs(len(x)), DKernel: kerneltest.NaNs(len(kernel)), DBias: kerneltest.NaNs(len(biasY)), X: x, Kernel: kernel, DY: y, Gradient: elementwise.ReLUGrad, Y: y}
			wantG := Backward{DX: kerneltest.NaNs(len(x1)), DKernel: kerneltest.NaNs(len(kernel1)), DBias: kerneltest.NaNs(one.Out), X: x1, Kernel: kernel1, DY: y1, Gradient: elementwise.ReLUGrad, Y: y1}
			v.Gradients(gotG)
			w.Gradients(wantG)
			check(what+"dx", gotG.DX, wantG.DX, one.In, g)
			check(what+"dkernel", gotG.DKernel, wantG.DKernel, 0, g)
			check(what+"dbias", gotG.DBias, wantG.DBias, 0, g)

			gotG = Backward{DX: kerneltest.NaNs(len(y)), Kernel: kernel, DY: x}
			wantG = Backward{DX: kerneltest.NaNs(len(y1)), Kernel: kernel1, DY: x1}
			v.TransposeGradients(gotG)
			w.TransposeGradients(wantG)
			check(what+"dx of the transpose", gotG.DX, wantG.DX, one.Out, g)
		}
	})
}

func TestGroupedMisuse(t *testing.T) {
	const groups = 3
	axis := Axis{In: 9, Out: 9, Kernel: 1, Stride: 1, Dilation: 1}
	for _, c := range []Geometry{{In: 4, Out: 3}, {In: 3, Out: 4}} {
		c.Batch, c.Height, c.Width = 1, axis, axis
		kerneltest.MustPanic(t, "groups that do not divide the channels", func() { NewGrouped(c, groups) })
	}
	c := Geometry{Batch: 2, In: 6, Out: 3, Height: axis, Width: axis}
	v := NewGrouped(c, groups)
	x, y := make([]float32, c.Batch*c.sizeX()), make([]float32, c.Batch*c.sizeY())
	kernel := make([]float32, c.sizeKernel()/groups)
	kerneltest.MustPanic(t, "a short image", func() { v.Forward(make([]float32, len(y)), x[1:], kernel, epilogue.Epilogue{}) })
	kerneltest.MustPanic(t, "a short kernel", func() { v.Transpose(make([]float32, len(x)), y, kernel[groups:], epilogue.Epilogue{}) })
}
