package f32

import (
	"fmt"
	"testing"
)

// What a convolution in groups writes is, to the bit, what the convolutions of its groups write by themselves.
func TestGroupedConvolver(t *testing.T) {
	const groups = 3
	one := Conv{Batch: 4, In: 5, Out: 2, Height: ConvAxis{9, 5, 3, 2, 1, 1}, Width: ConvAxis{8, 8, 3, 1, 1, 1}}
	all := one
	all.In, all.Out = groups*one.In, groups*one.Out
	x, y := normal(1, all.Batch*all.sizeX()), normal(2, all.Batch*all.sizeY())
	kernel, biasX, biasY := normal(3, groups*one.sizeKernel()), normal(4, all.In), normal(5, all.Out)

	// The images of a group are every third stretch of that many channels; all else lies group by group.
	image := func(of []float32, channels, group int) (part []float32) {
		for i := group * channels; i < len(of); i += groups * channels {
			part = append(part, of[i:][:channels]...)
		}
		return part
	}
	part := func(of []float32, group int) []float32 { n := len(of) / groups; return of[group*n:][:n] }
	// check compares what got wrote, as a whole, with what want wrote of a group.
	check := func(what string, got, want []float32, channels, group int) {
		t.Helper()
		if channels > 0 {
			compareSlices(t, what, image(got, channels, group), want)
		} else {
			compareSlices(t, what, part(got, group), want)
		}
	}

	everyWay(t, func(way string) {
		v, w := NewGroupedConvolver(all, groups), NewConvolver(one)
		for g := range groups {
			what := fmt.Sprintf("%s, group %d: ", way, g)
			x1, y1, kernel1 := image(x, one.In, g), image(y, one.Out, g), part(kernel, g)

			got, want := nans(len(y)), nans(len(y1))
			v.Forward(got, x, kernel, Epilogue{Bias: biasY})
			w.Forward(want, x1, kernel1, Epilogue{Bias: part(biasY, g)})
			check(what+"forward", got, want, one.Out, g)

			got, want = nans(len(x)), nans(len(x1))
			v.Transpose(got, y, kernel, Epilogue{Bias: biasX})
			w.Transpose(want, y1, kernel1, Epilogue{Bias: part(biasX, g)})
			check(what+"transpose", got, want, one.In, g)

			gotG := ConvGradients{DX: nans(len(x)), DKernel: nans(len(kernel)), DBias: nans(len(biasY)), X: x, Kernel: kernel, DY: y, Gradient: ReLUGrad, Y: y}
			wantG := ConvGradients{DX: nans(len(x1)), DKernel: nans(len(kernel1)), DBias: nans(one.Out), X: x1, Kernel: kernel1, DY: y1, Gradient: ReLUGrad, Y: y1}
			v.Gradients(gotG)
			w.Gradients(wantG)
			check(what+"dx", gotG.DX, wantG.DX, one.In, g)
			check(what+"dkernel", gotG.DKernel, wantG.DKernel, 0, g)
			check(what+"dbias", gotG.DBias, wantG.DBias, 0, g)

			gotG = ConvGradients{DX: nans(len(y)), Kernel: kernel, DY: x}
			wantG = ConvGradients{DX: nans(len(y1)), Kernel: kernel1, DY: x1}
			v.TransposeGradients(gotG)
			w.TransposeGradients(wantG)
			check(what+"dx of the transpose", gotG.DX, wantG.DX, one.Out, g)
		}
	})
	for _, c := range []Conv{{In: 4, Out: 3}, {In: 3, Out: 4}} {
		c.Batch, c.Height, c.Width = 1, one.Height, one.Width
		mustPanic(t, "groups that do not divide the channels", func() { NewGroupedConvolver(c, groups) })
	}
	v := NewGroupedConvolver(all, groups)
	mustPanic(t, "a short image", func() { v.Forward(make([]float32, len(y)), x[1:], kernel, Epilogue{}) })
	mustPanic(t, "a short kernel", func() { v.Transpose(make([]float32, len(x)), y, kernel[groups:], Epilogue{}) })
}
