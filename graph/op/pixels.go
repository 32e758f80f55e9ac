package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/causal"
	"github.com/gorgonae/gorgonae/internal/random"
)

// PixelBits is scale times the bits that the numbers of images cost, each given those before it, by a
// causal network. Package causal has its formulas and lists its weights. Inputs: the images (rows,
// height, width, channels) in [0, 1], which are rounded to bytes; all weights. Outputs: the bits, a
// scalar; and their gradients for the weights, as a loss has them. The images have no gradient. scale
// must be above 0.
//
// It is one op, because the number of rows in its matrices depends on the images: the larger one of
// its two networks sees the numbers above 0 alone.
//
// With noise, it computes an estimate with the same mean, from a sample of the zeros that have
// nothing but zeros near; see causal.Rate.
func PixelBits(rows int, net causal.Net, scale float32, noise *Noise) Op {
	o := Op{
		Name: fmt.Sprintf("PixelBits(%d,%v)[%v]", rows, net, scale),
		In:   []Shape{{rows, net.Height, net.Width, net.Channels}},
		Out:  Shape{},
	}
	for i, s := range net.Shapes() {
		o.In, o.More = append(o.In, s), append(o.More, s)
		o.Constant = append(o.Constant, 1+i)
	}
	o.Optional = o.Constant
	if noise != nil {
		o.Name += fmt.Sprintf("[%#x]", noise.Key)
		o.Noisy = true
	}
	rate := causal.NewRate(net, rows)
	unread := make([][]float32, len(o.More))
	o.RunAll = func(y, x [][]float32) {
		var sample *causal.Sample
		if noise != nil {
			sample = &causal.Sample{Key: random.Sub(noise.Key, *noise.Step), First: noise.place()}
		}
		y[0][0] = rate.Bits(x[0], x[1:], wanted(y[1:], unread, o.More), scale, sample)
	}
	o.GradAll = func(t *Tape, _, y, dy []*G.Node) []*G.Node {
		d := append([]*G.Node{nil}, y[1:]...)
		if !isOne(dy[0]) {
			for i, s := range o.More {
				d[1+i] = t.Do(scaleBy(s), d[1+i], dy[0])
			}
		}
		return d
	}
	return o
}

// wanted returns memory for all gradients if one of them is wanted, else nil: the kernel computes all
// or none. Those that are not wanted are written to unread.
func wanted(y, unread [][]float32, shapes []Shape) [][]float32 {
	all, any := make([][]float32, len(y)), false
	for i, d := range y {
		any = any || d != nil
		if all[i] = d; d == nil {
			if unread[i] == nil {
				unread[i] = make([]float32, shapes[i].Size())
			}
			all[i] = unread[i]
		}
	}
	if !any {
		return nil
	}
	return all
}
