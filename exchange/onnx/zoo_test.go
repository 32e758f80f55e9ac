package onnx_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// layerCase is a model of one layer.
type layerCase struct {
	name string
	in   graph.Shape
	call func(x *graph.Node) *graph.Node
}

// layerCases returns calls of every layer that models have, with the settings that change what it computes.
func layerCases() (all []layerCase) {
	image, vector := graph.Shape{3, 7, 6}, graph.Shape{10}
	add := func(in graph.Shape, name string, call func(x *graph.Node) *graph.Node) {
		all = append(all, layerCase{name, in, call})
	}
	for _, f := range []func(name string, x *graph.Node) *graph.Node{graph.ReLU, graph.SiLU, graph.GELU, graph.Sigmoid, graph.Tanh, graph.Softplus} {
		name := f("f", graph.Input("x", 1)).Layer().Kind()
		add(vector, name, func(x *graph.Node) *graph.Node {
			return f("f", graph.Dense("wide", x, 30, graph.KernelInit(graph.HeNormal)))
		})
		add(image, name+" of images", func(x *graph.Node) *graph.Node { return f("f", x) })
	}
	add(vector, "LeakyReLU", func(x *graph.Node) *graph.Node { return graph.LeakyReLU("f", graph.Dense("d", x, 9), 0.3) })
	add(vector, "ELU", func(x *graph.Node) *graph.Node { return graph.ELU("f", graph.Dense("d", x, 9), 1.5) })
	add(vector, "Softmax", func(x *graph.Node) *graph.Node { return graph.Softmax("f", graph.Dense("d", x, 9)) })
	add(vector, "Dense without bias", func(x *graph.Node) *graph.Node { return graph.Dense("d", x, 9, graph.NoBias) })
	add(image, "Flatten", func(x *graph.Node) *graph.Node { return graph.Flatten("f", x) })
	add(image, "Reshape", func(x *graph.Node) *graph.Node { return graph.Reshape("f", x, 6, 3, 7) })
	add(image, "Reshape to a matrix and back", func(x *graph.Node) *graph.Node {
		return graph.Reshape("g", graph.Reshape("f", x, 9, 14), 2, 9, 7)
	})
	add(image, "Flatten pixel by pixel", func(x *graph.Node) *graph.Node { return graph.FlattenIn(graph.PixelByPixel, "f", x) })
	add(image, "Reshape pixel by pixel", func(x *graph.Node) *graph.Node { return graph.ReshapeIn(graph.PixelByPixel, "f", x, 6, 3, 7) })
	add(image, "Reshape pixel by pixel to a matrix and back", func(x *graph.Node) *graph.Node {
		return graph.ReshapeIn(graph.PixelByPixel, "g", graph.ReshapeIn(graph.PixelByPixel, "f", x, 9, 14), 2, 9, 7)
	})
	add(image, "Reshape to itself", func(x *graph.Node) *graph.Node { return graph.Reshape("f", x, image...) })
	add(image, "Add of three", func(x *graph.Node) *graph.Node {
		return graph.Add("sum", x, graph.Tanh("a", x), graph.Sigmoid("b", x))
	})
	add(image, "Add of two", func(x *graph.Node) *graph.Node { return graph.Add("sum", x, graph.Tanh("a", x)) })
	add(image, "Concat", func(x *graph.Node) *graph.Node { return graph.Concat("all", x, graph.Tanh("a", x), x) })
	add(image, "layers that only train", func(x *graph.Node) *graph.Node {
		x = graph.GaussianNoise("n", graph.SpatialDropout("s", graph.Dropout("d", x, 0.5), 0.5), 3)
		return graph.ActivityL2("l", x, 0.1)
	})
	add(vector, "GaussianSample", func(x *graph.Node) *graph.Node { return graph.GaussianSample("kl", x, 1) })
	add(vector, "FactorizedCode", func(x *graph.Node) *graph.Node { return graph.FactorizedCode("code", x, 2) })
	add(vector, "ConditionalCode", func(x *graph.Node) *graph.Node { return graph.ConditionalCode("code", x, 8) })
	add(image, "PixelCode", func(x *graph.Node) *graph.Node {
		return graph.PixelCode("code", x, graph.PixelNet{Embedding: 2, Palette: 2, Ink: []int{3}, Value: []int{3}})
	})
	add(image, "BatchNorm of images", func(x *graph.Node) *graph.Node { return graph.BatchNorm("norm", x, graph.Epsilon(0.01)) })
	add(vector, "BatchNorm", func(x *graph.Node) *graph.Node { return graph.BatchNorm("norm", x) })
	add(image, "LayerNorm of images", func(x *graph.Node) *graph.Node { return graph.LayerNorm("norm", x) })
	add(vector, "LayerNorm", func(x *graph.Node) *graph.Node { return graph.LayerNorm("norm", x, graph.Epsilon(0.01)) })
	add(image, "GlobalAveragePool2D", func(x *graph.Node) *graph.Node { return graph.GlobalAveragePool2D("pool", x) })
	add(image, "ZeroPad2D", func(x *graph.Node) *graph.Node { return graph.ZeroPad2D("pad", x, 1, 2, 3, 0) })
	add(image, "EdgePad2D", func(x *graph.Node) *graph.Node { return graph.EdgePad2D("pad", x, 0, 9, 3, 1) })
	add(image, "Crop2D", func(x *graph.Node) *graph.Node { return graph.Crop2D("crop", x, 1, 2, 3, 0) })
	for _, how := range []graph.Interpolation{graph.Nearest, graph.Bilinear} {
		for _, factor := range []graph.Pair{{2, 2}, {3, 1}, {1, 4}, {5, 3}} {
			add(image, fmt.Sprintf("UpSample2D %v by %v", how, factor), func(x *graph.Node) *graph.Node { return graph.UpSample2D("up", x, factor, how) })
		}
	}
	for _, padding := range []graph.Padding{graph.Same, graph.Valid, 1, 2} {
		for _, window := range []graph.Pair{{3, 3}, {4, 5}, {5, 3}} {
			for _, stride := range []graph.Pair{{1, 1}, {2, 2}, {3, 2}, {5, 4}} {
				name := fmt.Sprintf(" of %v, stride %v, padding %d", window, stride, padding)
				add(image, "MaxPool2D"+name, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("pool", x, window, stride, padding) })
				add(image, "AveragePool2D"+name, func(x *graph.Node) *graph.Node { return graph.AveragePool2D("pool", x, window, stride, padding) })
			}
		}
		for _, kernel := range []graph.Pair{{3, 3}, {1, 1}, {2, 3}, {4, 2}} {
			for _, stride := range []graph.Pair{{1, 1}, {2, 2}, {3, 2}} {
				for _, dilation := range []graph.Pair{{1, 1}, {2, 1}} {
					name := fmt.Sprintf(" of %v, stride %v, dilation %v, padding %d", kernel, stride, dilation, padding)
					options := []graph.ConvOption{padding, graph.Stride(stride), graph.Dilation(dilation)}
					add(image, "Conv2D"+name, func(x *graph.Node) *graph.Node { return graph.Conv2D("conv", x, 4, kernel, options...) })
					add(image, "ConvTranspose2D"+name, func(x *graph.Node) *graph.Node { return graph.ConvTranspose2D("conv", x, 4, kernel, options...) })
				}
			}
		}
	}
	// Of negative numbers beside a border of zeros, 0 is the largest.
	add(image, "MaxPool2D after ZeroPad2D", func(x *graph.Node) *graph.Node {
		return graph.MaxPool2D("pool", graph.ZeroPad2D("pad", graph.Conv2D("conv", x, 4, 3), 1, 2, 1, 3), 3, 1, graph.Valid)
	})
	add(image, "AveragePool2D after ZeroPad2D", func(x *graph.Node) *graph.Node {
		return graph.AveragePool2D("pool", graph.ZeroPad2D("pad", graph.Conv2D("conv", x, 4, 3), 1, 2, 1, 3), 3, 1, graph.Valid)
	})
	add(image, "AveragePool2D after EdgePad2D", func(x *graph.Node) *graph.Node {
		return graph.AveragePool2D("pool", graph.EdgePad2D("pad", x, 1, 2, 1, 3), 3, 1, graph.Valid)
	})
	six := graph.Shape{6, 5, 4}
	for _, groups := range []int{2, 6} {
		add(six, fmt.Sprintf("Conv2D in %d groups", groups), func(x *graph.Node) *graph.Node {
			return graph.Conv2D("conv", x, 12, 3, graph.Same, graph.Groups(groups), graph.NoBias)
		})
		add(six, fmt.Sprintf("ConvTranspose2D in %d groups", groups), func(x *graph.Node) *graph.Node {
			return graph.ConvTranspose2D("conv", x, 12, 3, graph.Same, graph.Stride(2), graph.Groups(groups))
		})
	}
	add(six, "ConvTranspose2D with OutputPad", func(x *graph.Node) *graph.Node {
		return graph.ConvTranspose2D("conv", x, 2, 3, graph.Stride(graph.Pair{3, 2}), graph.OutputPad(graph.Pair{2, 1}), graph.Padding(1))
	})
	return all
}

// layers returns a model of each case that its layer allows.
func layers(t *testing.T) (peers []peer) {
	t.Helper()
	refused := 0
	for i, c := range layerCases() {
		x := graph.Input("x", c.in...)
		m := graph.New("m", x, c.call(x))
		if m.Err() != nil { // a window that does not fit
			refused++
			continue
		}
		filled(t, m, uint64(i))
		peers = append(peers, peer{name: c.name, model: m, batches: []int{1, 3}})
	}
	if refused > len(peers)/5 {
		t.Errorf("%d of the cases are no models", refused)
	}
	return peers
}

// drawing makes random models.
type drawing struct {
	*random.Source
	t      *testing.T
	models int
	inner  []*graph.Model
}

func (d *drawing) n(limit int) int { return int(d.Uint64n(uint64(limit))) }

// randomModel returns a model of random layers, with models within it.
func randomModel(t *testing.T, seed uint64) *graph.Model {
	t.Helper()
	d := &drawing{Source: random.New(seed, "models"), t: t}
	m := d.model(graph.Shape{1 + d.n(4), 3 + d.n(6), 3 + d.n(6)}, 4+d.n(10), 2)
	filled(t, m, seed)
	return m
}

func (d *drawing) model(in graph.Shape, size, depth int) *graph.Model {
	d.models++
	name := fmt.Sprintf("m%d", d.models)
	x := graph.Input("input", in...)
	all := []*graph.Node{x}
	for len(all) <= size {
		from := all[max(0, len(all)-1-d.n(3))]
		if n := d.call(from, all, depth); n.Shape() != nil && n.Shape().Size() < 3000 {
			all = append(all, n)
		}
	}
	m := graph.New(name, x, all[len(all)-1])
	if err := m.Err(); err != nil {
		d.t.Fatal(err)
	}
	return m
}

// call calls a random layer on a node. It may be one that does not take the node: then the result has no shape.
func (d *drawing) call(x *graph.Node, all []*graph.Node, depth int) *graph.Node {
	window, stride := graph.Pair{1 + d.n(4), 1 + d.n(4)}, graph.Pair{1 + d.n(3), 1 + d.n(3)}
	padding := graph.Padding(d.n(4) - 1)
	border := [4]int{d.n(3), d.n(3), d.n(3), d.n(3)}
	switch d.n(34) {
	case 0, 1:
		return graph.Conv2D("", x, 1+d.n(5), window, padding, graph.Stride(stride))
	case 2, 3:
		return graph.ConvTranspose2D("", x, 1+d.n(5), window, padding, graph.Stride(stride))
	case 4:
		return graph.MaxPool2D("", x, window, stride, padding)
	case 5:
		return graph.AveragePool2D("", x, window, stride, padding)
	case 6:
		return graph.GlobalAveragePool2D("", x)
	case 7:
		return graph.UpSample2D("", x, window, graph.Nearest)
	case 8:
		return graph.UpSample2D("", x, window, graph.Bilinear)
	case 9:
		return graph.ZeroPad2D("", x, border[0], border[1], border[2], border[3])
	case 10:
		return graph.EdgePad2D("", x, border[0], border[1], border[2], border[3])
	case 11:
		return graph.Crop2D("", x, border[0], border[1], border[2], border[3])
	case 12:
		return graph.BatchNorm("", x)
	case 13:
		return graph.LayerNorm("", x, graph.Epsilon(1)) // a small one makes much of last bits where all channels are nearly equal
	case 14:
		return graph.LeakyReLU("", x, 0.2)
	case 15:
		return graph.ELU("", x, 0.7)
	case 16:
		return graph.ReLU("", x)
	case 17:
		return graph.SiLU("", x)
	case 18:
		return graph.GELU("", x)
	case 19:
		return graph.Sigmoid("", x)
	case 20:
		return graph.Tanh("", x)
	case 21:
		return graph.Softplus("", x)
	case 22:
		return graph.Softmax("", x)
	case 23:
		return graph.Flatten("", x)
	case 24:
		if n := x.Shape().Size(); n%2 == 0 {
			return graph.Reshape("", x, 2, 1, n/2)
		}
		return graph.Reshape("", x, x.Shape().Size(), 1)
	case 25:
		return graph.Add("", x, all[d.n(len(all))])
	case 26:
		return graph.Concat("", x, all[d.n(len(all))])
	case 27:
		return graph.Dropout("", x, 0.3)
	case 28:
		return graph.GaussianSample("", x, 1)
	case 29:
		return graph.ActivityL2("", graph.GaussianNoise("", x, 1), 1)
	case 30, 31:
		return graph.Dense("", x, 1+d.n(12))
	}
	return d.apply(x, depth)
}

// apply applies a model, if possible one that was applied before.
func (d *drawing) apply(x *graph.Node, depth int) *graph.Node {
	for _, m := range d.inner {
		if m.In().Equal(x.Shape()) {
			return m.Apply(x)
		}
	}
	if depth == 0 {
		return graph.SpatialDropout("", x, 0.2)
	}
	m := d.model(x.Shape(), 1+d.n(4), depth-1)
	d.inner = append(d.inner, m)
	return m.Apply(x)
}

// copyOf returns a model with weights of its own.
func copyOf(t *testing.T, m *graph.Model) *graph.Model {
	t.Helper()
	var file bytes.Buffer
	if err := (&graph.File{Model: m}).Encode(&file); err != nil {
		t.Fatal(err)
	}
	f, err := graph.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	return f.Model
}
