package graph_test

import (
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// Images in this file are in logical order: channel by channel, each row by row.

// at is the index of a pixel in an image of shape s.
func at(s graph.Shape, c, i, j int) int { return (c*s[1]+i)*s[2] + j }

// eachPixel makes an image of shape s. f returns each of its pixels.
func eachPixel(s graph.Shape, f func(c, i, j int) float64) []float64 {
	var y []float64
	for c := range s[0] {
		for i := range s[1] {
			for j := range s[2] {
				y = append(y, f(c, i, j))
			}
		}
	}
	return y
}

// image returns a random layer on step i, an image.
func (g *generator) image(p *pair, i, number int) step {
	x, name := p.steps[i].node, g.name("image", number)
	s := x.Shape()
	switch kind := g.n(6); {
	case kind == 0 && s.Size() < 50:
		return g.upSample(x, i, name)
	case kind == 1:
		top, left := g.n(3), g.n(2)
		n := graph.ZeroPad2D(name, x, top, g.n(2), left, 1)
		return step{n, func(v [][]float64) []float64 {
			return eachPixel(n.Shape(), func(c, i0, j int) float64 {
				if i0 < top || i0 >= top+s[1] || j < left || j >= left+s[2] {
					return 0
				}
				return v[i][at(s, c, i0-top, j-left)]
			})
		}}
	case kind == 2:
		return step{graph.GlobalAveragePool2D(name, x), func(v [][]float64) []float64 {
			return eachPixel(graph.Shape{s[0], 1, 1}, func(c, _, _ int) float64 {
				return mean(v[i][at(s, c, 0, 0):][:s[1]*s[2]])
			})
		}}
	case kind == 3 && g.dropout:
		if g.n(2) == 0 {
			return step{graph.SpatialDropout(name, x, 0.25), func(v [][]float64) []float64 { return v[i] }}
		}
		return step{graph.GaussianNoise(name, x, 0.5), func(v [][]float64) []float64 { return v[i] }}
	default:
		return g.pool(x, i, name)
	}
}

func (g *generator) upSample(x *graph.Node, i int, name string) step {
	s, factor := x.Shape(), g.pair(3)
	if g.n(2) == 0 {
		n := graph.UpSample2D(name, x, factor, graph.Nearest)
		return step{n, func(v [][]float64) []float64 {
			return eachPixel(n.Shape(), func(c, i0, j int) float64 { return v[i][at(s, c, i0/factor[0], j/factor[1])] })
		}}
	}
	n := graph.UpSample2D(name, x, factor, graph.Bilinear)
	between := func(k, factor, limit int) (low, high int, weight float64) {
		place := math.Max(0, math.Min((float64(k)+0.5)/float64(factor)-0.5, float64(limit-1)))
		low = int(place)
		return low, min(low+1, limit-1), place - float64(low)
	}
	return step{n, func(v [][]float64) []float64 {
		return eachPixel(n.Shape(), func(c, i0, j int) float64 {
			top, bottom, down := between(i0, factor[0], s[1])
			left, right, across := between(j, factor[1], s[2])
			row := func(r int) float64 { return (1-across)*v[i][at(s, c, r, left)] + across*v[i][at(s, c, r, right)] }
			return (1-down)*row(top) + down*row(bottom)
		})
	}}
}

// pool returns a random pooling whose windows fit.
func (g *generator) pool(x *graph.Node, i int, name string) step {
	s := x.Shape()
	size, stride, padding := g.pair(min(3, s[1], s[2])), g.pair(3), graph.Same
	if g.n(2) == 0 {
		padding = graph.Padding(g.n(min(size[0], size[1])))
	}
	largest := g.n(2) == 0
	call := graph.AveragePool2D[graph.Pair, graph.Pair]
	if largest {
		call = graph.MaxPool2D
	}
	n := call(name, x, size, stride, padding)
	before := func(k, in, out int) int {
		if padding == graph.Same {
			return max((out-1)*stride[k]+size[k]-in, 0) / 2
		}
		return int(padding)
	}
	return step{n, func(v [][]float64) []float64 {
		out := n.Shape()
		return eachPixel(out, func(c, i0, j int) float64 {
			var window []float64
			for r := range size[0] {
				for q := range size[1] {
					r, q := i0*stride[0]-before(0, s[1], out[1])+r, j*stride[1]-before(1, s[2], out[2])+q
					if r >= 0 && r < s[1] && q >= 0 && q < s[2] {
						window = append(window, v[i][at(s, c, r, q)])
					}
				}
			}
			if !largest {
				return mean(window)
			}
			most := window[0]
			for _, w := range window {
				most = math.Max(most, w)
			}
			return most
		})
	}}
}

// norm returns a random norm of step i, features or an image.
func (g *generator) norm(p *pair, i, number int) step {
	x, name := p.steps[i].node, g.name("norm", number)
	s := x.Shape()
	channels, pixels := s[0], s.Size()/s[0]
	weight := func(n *graph.Node, which string) []float64 {
		return g.weights[p.model.Name()+"/"+n.Name()+"/"+which]
	}
	var n *graph.Node
	epsilon := []graph.Epsilon{1e-3, 0.1}[g.n(2)]
	apply := func(v [][]float64, statistics func(k int) (mean, variance float64)) (y []float64) {
		for k, x := range v[i] {
			m, variance := statistics(k)
			y = append(y, (x-m)/math.Sqrt(variance+float64(epsilon))*weight(n, "scale")[k/pixels]+weight(n, "offset")[k/pixels])
		}
		return y
	}
	if g.dropout && g.n(2) == 0 {
		n = graph.BatchNorm(name, x, epsilon)
		return step{n, func(v [][]float64) []float64 {
			return apply(v, func(k int) (float64, float64) { return weight(n, "mean")[k/pixels], weight(n, "variance")[k/pixels] })
		}}
	}
	n = graph.LayerNorm(name, x, epsilon)
	return step{n, func(v [][]float64) []float64 {
		return apply(v, func(k int) (float64, float64) {
			var pixel, squares []float64
			for c := range channels {
				pixel = append(pixel, v[i][c*pixels+k%pixels])
			}
			m := mean(pixel)
			for _, x := range pixel {
				squares = append(squares, (x-m)*(x-m))
			}
			return m, mean(squares)
		})
	}}
}

func (g *generator) softmax(p *pair, i, number int) step {
	return step{graph.Softmax(g.name("softmax", number), p.steps[i].node), func(v [][]float64) []float64 {
		sum := 0.0
		for _, x := range v[i] {
			sum += math.Exp(x)
		}
		return each(v[i], func(x float64) float64 { return math.Exp(x) / sum })
	}}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
