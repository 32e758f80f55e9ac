package op

import (
	"fmt"

	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/norm"
)

// Conv2DNorm is Conv2D, then ChannelNorm, then f, nil for none, with the bits of the three ops one
// after another. Some rows of an image are normalised as soon as they are convolved, while they are
// in the cache. It has no gradient, so f may be any activation. Inputs: those of Conv2D, then scale,
// offset, mean and variance, (Out). c must have no groups.
func Conv2DNorm(rows int, c Convolution, epsilon float32, f *Act) Op {
	return convolveNorm(conv2D, rows, c, epsilon, f)
}

// ConvTranspose2DNorm is ConvTranspose2D, then ChannelNorm, then f, as Conv2DNorm is of Conv2D. The
// channels of the norm are (In).
func ConvTranspose2DNorm(rows int, c Convolution, epsilon float32, f *Act) Op {
	return convolveNorm(convTranspose2D, rows, c, epsilon, f)
}

func convolveNorm(kind string, rows int, c Convolution, epsilon float32, f *Act) Op {
	if c.Groups > 1 {
		panic(fmt.Sprintf("op: want a convolution without groups before a norm, got %d groups: apply ChannelNorm by an op of its own", c.Groups))
	}
	o, p := c.plan(kind, rows)
	o.Name += fmt.Sprintf("ChannelNorm[%v]%s", epsilon, f.name())
	first, channels := len(o.In), o.Out[3:]
	o.In = append(o.In, channels, channels, channels, channels)
	pixels := norm.NewPixels(channels[0])
	after := epilogue.Epilogue{Finish: pixels.Apply}
	if f != nil {
		after.Finish = func(y []float32) {
			pixels.Apply(y)
			f.Forward(y, y)
		}
	}
	o.Run = func(y []float32, x [][]float32) {
		n := x[first:]
		pixels.Set(n[0], n[1], n[2], n[3], epsilon)
		p.run(rows, y, x, after)
	}
	return o
}
