package graph

import (
	"fmt"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/causal"
)

// PixelNet is the configuration of PixelCode.
type PixelNet struct {
	Embedding int   `json:"embedding"` // width of an embedded value
	Palette   int   `json:"palette"`   // width of the embedded set of the values seen so far
	Ink       []int `json:"ink"`       // widths of the hidden layers of the network for "0 or not"
	Value     []int `json:"value"`     // widths of the hidden layers of the network for the values above 0
}

// PixelCode is a code layer for images that are stored without loss: it passes them on, and adds a term
// "bits" to the loss: what the numbers of an image, as bytes, cost, each given all numbers before it.
// Two networks of dense layers model them. The first one gives the probability that a number is 0, the
// second one those of 1 to 255. They see the 60 pixels above and to the left of each channel, some of
// them embedded, the means of blocks beyond, the position, a summary of all pixels so far, and the
// set of the values so far. Package internal/causal defines the features and the networks.
//
// In training, the bits are estimated: of the zeros in empty surroundings one in 8 is counted, 8 times.
// A network fits images of any size with as many channels. Input and output: (channels, height,
// width). Weights: embedding (256, embedding), palette (256, palette), and for each layer ink_kernel_N
// and ink_bias_N, or value_kernel_N and value_bias_N.
func PixelCode(name string, x *Node, net PixelNet) *Node { return Call(name, pixelCode{net}, x) }

type pixelCode struct{ PixelNet }

func (pixelCode) Kind() string { return "PixelCode" }

// The largest sizes of a PixelNet. They keep weights and features of a context small enough to be
// computed with.
const (
	maxPixelWidth  = 1 << 10 // of a hidden layer
	maxPixelLayers = 8       // hidden layers of a network
	maxTableWidth  = 64      // of an embedded value, and of the palette
	maxChannels    = 64
)

func (l pixelCode) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	if s[0] > maxChannels {
		return nil, errors.Errorf("want images of at most %d channels, got %d", maxChannels, s[0])
	}
	if l.Embedding < 1 || l.Palette < 1 || l.Embedding > maxTableWidth || l.Palette > maxTableWidth {
		return nil, errors.Errorf("want an embedding and a palette of 1 to %d numbers, got %d and %d", maxTableWidth, l.Embedding, l.Palette)
	}
	for _, widths := range [][]int{l.Ink, l.Value} {
		if len(widths) > maxPixelLayers {
			return nil, errors.Errorf("want at most %d hidden layers, got %d", maxPixelLayers, len(widths))
		}
		for _, w := range widths {
			if w < 1 || w > maxPixelWidth {
				return nil, errors.Errorf("want 1 to %d units in a hidden layer, got %d", maxPixelWidth, w)
			}
		}
	}
	return s, nil
}

// net returns the network for images of a shape.
func (l pixelCode) net(s Shape) causal.Net {
	return causal.Net{Channels: s[0], Height: s[1], Width: s[2], Embedding: l.Embedding, Palette: l.Palette, Ink: l.Ink, Value: l.Value}
}

// tableLimit bounds the first numbers of embeddings.
const tableLimit = 0.5

func (l pixelCode) Weights(in ...Shape) []Spec {
	table := InitFunc(func(w []float32, _ Shape, uniform func() float32) { fillUniform(w, tableLimit, uniform) })
	specs := []Spec{{Name: "embedding", Init: table}, {Name: "palette", Init: table}}
	for _, part := range []struct {
		name   string
		layers int
	}{{"ink", len(l.Ink) + 1}, {"value", len(l.Value) + 1}} {
		for i := range part.layers {
			specs = append(specs, Spec{Name: fmt.Sprintf("%s_kernel_%d", part.name, i+1), Init: GlorotUniform},
				Spec{Name: fmt.Sprintf("%s_bias_%d", part.name, i+1), Init: Zeros})
		}
	}
	for i, s := range l.net(in[0]).Shapes() {
		specs[i].Shape = s
	}
	return specs
}

func (l pixelCode) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode == Predict {
		return in[0]
	}
	var noise *op.Noise
	if b.Mode == Train {
		n := b.Noise()
		noise = &n
	}
	x := []*G.Node{in[0]}
	for _, w := range l.Weights(b.In(0)) {
		x = append(x, b.Weight(w.Name))
	}
	b.AddLoss(BitsTerm, b.DoAll(op.PixelBits(b.Rows, l.net(b.In(0)), 1/float32(b.Rows), noise), x...)[0])
	return in[0]
}

// PixelNetOf returns the configuration of a node that calls PixelCode. ok is false for other nodes.
func PixelNetOf(n *Node) (net PixelNet, ok bool) {
	l, ok := n.layer.(pixelCode)
	return l.PixelNet, ok
}
