package graph_test

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// picture is an image of a few channels in memory order, pixel by pixel, as data sets have it:
// number (i·width + j)·channels + c is channel c of the pixel in row i and column j.
type picture struct {
	channels, height, width int
	x                       []float64
}

// at is a pixel's channel; zero beyond the image.
func (p picture) at(c, i, j int) float64 {
	if i < 0 || i >= p.height || j < 0 || j >= p.width {
		return 0
	}
	return p.x[(i*p.width+j)*p.channels+c]
}

// make draws another image with f for each channel and pixel.
func (p picture) make(channels, height, width int, f func(c, i, j int) float64) []float64 {
	var y []float64
	for i := range height {
		for j := range width {
			for c := range channels {
				y = append(y, f(c, i, j))
			}
		}
	}
	return y
}

// each applies f to each number.
func (p picture) each(f func(float64) float64) []float64 { return each(p.x, f) }

// threeChannels has all layers that take an image, for an image of three channels and 4 x 5 pixels,
// each with a plain computation of its output.
var threeChannels = map[string]struct {
	layer func(x *graph.Node) *graph.Node
	ref   func(p picture, weight func(name string) []float64) []float64
}{
	"Conv2D": {
		func(x *graph.Node) *graph.Node { return graph.Conv2D("l", x, 2, graph.Pair{3, 2}, graph.Padding(1)) },
		func(p picture, weight func(string) []float64) []float64 {
			kernel, bias := weight("kernel"), weight("bias")
			return p.make(2, 4, 6, func(f, i, j int) float64 {
				sum := bias[f]
				for c := range 3 {
					for u := range 3 {
						for v := range 2 {
							sum += p.at(c, i+u-1, j+v-1) * kernel[((f*3+c)*3+u)*2+v]
						}
					}
				}
				return sum
			})
		}},
	"ConvTranspose2D": {
		func(x *graph.Node) *graph.Node {
			return graph.ConvTranspose2D("l", x, 2, graph.Pair{2, 3}, graph.NoBias)
		},
		func(p picture, weight func(string) []float64) []float64 {
			kernel := weight("kernel")
			return p.make(2, 5, 7, func(f, i, j int) (sum float64) {
				for c := range 3 {
					for u := range 2 {
						for v := range 3 {
							sum += p.at(c, i-u, j-v) * kernel[((c*2+f)*2+u)*3+v]
						}
					}
				}
				return sum
			})
		}},
	"MaxPool2D": {
		func(x *graph.Node) *graph.Node {
			return graph.MaxPool2D("l", x, graph.Pair{2, 3}, graph.Pair{2, 1}, graph.Valid)
		},
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 2, 3, func(c, i, j int) float64 {
				most := math.Inf(-1)
				for u := range 2 {
					for v := range 3 {
						most = math.Max(most, p.at(c, 2*i+u, j+v))
					}
				}
				return most
			})
		}},
	"AveragePool2D": {
		func(x *graph.Node) *graph.Node { return graph.AveragePool2D("l", x, graph.Pair{1, 2}, 1, graph.Valid) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 4, 4, func(c, i, j int) float64 { return (p.at(c, i, j) + p.at(c, i, j+1)) / 2 })
		}},
	"GlobalAveragePool2D": {
		func(x *graph.Node) *graph.Node { return graph.GlobalAveragePool2D("l", x) },
		func(p picture, _ func(string) []float64) []float64 {
			y := make([]float64, 3)
			for k, v := range p.x {
				y[k%3] += v / 20
			}
			return y
		}},
	"UpSample2D": {
		func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, graph.Pair{2, 3}, graph.Nearest) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 8, 15, func(c, i, j int) float64 { return p.at(c, i/2, j/3) })
		}},
	"UpSample2D bilinear": {
		func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, graph.Pair{1, 2}, graph.Bilinear) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 4, 10, func(c, i, j int) float64 {
				near, far := j/2, j/2+2*(j%2)-1 // three quarters of the pixel below, a quarter of the next one
				return 0.75*p.at(c, i, near) + 0.25*p.at(c, i, min(max(far, 0), 4))
			})
		}},
	"ZeroPad2D": {
		func(x *graph.Node) *graph.Node { return graph.ZeroPad2D("l", x, 1, 0, 2, 1) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 5, 8, func(c, i, j int) float64 { return p.at(c, i-1, j-2) })
		}},
	"EdgePad2D": {
		func(x *graph.Node) *graph.Node { return graph.EdgePad2D("l", x, 1, 0, 2, 1) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 5, 8, func(c, i, j int) float64 { return p.at(c, max(i-1, 0), min(max(j-2, 0), 4)) })
		}},
	"Crop2D": {
		func(x *graph.Node) *graph.Node { return graph.Crop2D("l", x, 1, 0, 2, 1) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(3, 3, 2, func(c, i, j int) float64 { return p.at(c, i+1, j+2) })
		}},
	"BatchNorm": { // of one image, over its pixels; the loss of a norm alone hardly depends on the pixels
		func(x *graph.Node) *graph.Node { return graph.Tanh("", graph.BatchNorm("l", x)) },
		func(p picture, weight func(string) []float64) []float64 {
			var mean, variance [3]float64
			for k, v := range p.x {
				mean[k%3] += v / 20
			}
			for k, v := range p.x {
				variance[k%3] += (v - mean[k%3]) * (v - mean[k%3]) / 20
			}
			return p.make(3, 4, 5, func(c, i, j int) float64 {
				return math.Tanh((p.at(c, i, j)-mean[c])/math.Sqrt(variance[c]+1e-3)*weight("scale")[c] + weight("offset")[c])
			})
		}},
	"LayerNorm": {
		func(x *graph.Node) *graph.Node { return graph.LayerNorm("l", x) },
		func(p picture, weight func(string) []float64) []float64 {
			return p.make(3, 4, 5, func(c, i, j int) float64 {
				m := (p.at(0, i, j) + p.at(1, i, j) + p.at(2, i, j)) / 3
				variance := 0.0
				for c := range 3 {
					variance += (p.at(c, i, j) - m) * (p.at(c, i, j) - m) / 3
				}
				return (p.at(c, i, j)-m)/math.Sqrt(variance+1e-3)*weight("scale")[c] + weight("offset")[c]
			})
		}},
	"Concat": {
		func(x *graph.Node) *graph.Node { return graph.Concat("l", x, graph.ReLU("", x)) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(6, 4, 5, func(c, i, j int) float64 {
				if c < 3 {
					return p.at(c, i, j)
				}
				return math.Max(p.at(c-3, i, j), 0)
			})
		}},
	"Add": {
		func(x *graph.Node) *graph.Node { return graph.Add("l", x, graph.Tanh("", x)) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.each(func(v float64) float64 { return v + math.Tanh(v) })
		}},
	"SiLU": {
		func(x *graph.Node) *graph.Node { return graph.SiLU("l", x) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.each(func(v float64) float64 { return v / (1 + math.Exp(-v)) })
		}},
	"Flatten": { // channel by channel
		func(x *graph.Node) *graph.Node { return graph.Flatten("l", x) },
		func(p picture, _ func(string) []float64) []float64 {
			var y []float64
			for c := range 3 {
				for i := range 4 {
					for j := range 5 {
						y = append(y, p.at(c, i, j))
					}
				}
			}
			return y
		}},
	"Reshape": { // to channels of 2 x 5 pixels, in the order of Flatten
		func(x *graph.Node) *graph.Node { return graph.Reshape("l", x, 6, 2, 5) },
		func(p picture, _ func(string) []float64) []float64 {
			return p.make(6, 2, 5, func(c, i, j int) float64 { return p.at(c/2, c%2*2+i, j) })
		}},
}

// Images of three channels through every layer, in memory order. The outputs are compared with
// plain loops. The gradients of the weights, and of the pixels through a layer below, are compared
// with central differences.
func TestThreeChannels(t *testing.T) {
	s := graph.Shape{3, 4, 5}
	for name, c := range threeChannels {
		t.Run(name, func(t *testing.T) {
			x := graph.Input("x", s...)
			m := graph.New("m", x, c.layer(graph.Call("shift", shift{}, x)))
			if err := m.Init(1); err != nil {
				t.Fatal(err)
			}
			for i, w := range m.Weights() {
				for k, v := range numbers(len(w.Data), uint64(i)) {
					w.Data[k] += 0.3 * v
				}
			}
			in := numbers(s.Size(), 7)
			tr := newTraining(t, m, graph.Train, 1, in)
			tr.run(t, 0)
			values := map[string][]float64{}
			for _, w := range m.Weights() {
				values[w.Name] = float64s(w.Data)
			}
			run := func() []float64 {
				p := picture{3, 4, 5, float64s(in)}
				for k, v := range values["m/shift/pixels"] {
					p.x[k] += v
				}
				return c.ref(p, func(name string) []float64 { return values["m/l/"+name] })
			}
			agree(t, tr.y, run())
			if name != "BatchNorm" { // predictions are normalised by the running averages
				agree(t, predict(t, m, in), run())
			}
			for _, w := range m.Weights() {
				if w.Kept {
					continue
				}
				agree(t, tr.grads[w.Name], slopes(values[w.Name], run))
			}
		})
	}
}

// slopes is the gradient of half the squared length of y with respect to w.
func slopes(w []float64, y func() []float64) []float64 {
	loss := func() (sum float64) {
		for _, v := range y() {
			sum += v * v / 2
		}
		return sum
	}
	const h = 1e-5
	g := make([]float64, len(w))
	for i, v := range w {
		w[i] = v + h
		up := loss()
		w[i] = v - h
		g[i] = (up - loss()) / (2 * h)
		w[i] = v
	}
	return g
}

// shift adds a weight to each number of an image, in memory order.
type shift struct{}

func (shift) Kind() string                                 { return "test.Shift" }
func (shift) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (shift) Weights(in ...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "pixels", Shape: graph.Shape{in[0].Size()}, Init: graph.Zeros}}
}

func (shift) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	s := b.In(0)
	return b.Do(op.Add(2, op.ShapeOf(in[0])), in[0], b.View(b.Weight("pixels"), s)) // one example a batch
}
