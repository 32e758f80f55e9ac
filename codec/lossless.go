package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Lossless says if the model stores images exactly.
func (m *Model) Lossless() bool {
	_, ok := m.Prior.(*pixelPrior)
	return ok
}

// pixelLayer returns the node of a model that calls a network of pixels, or nil.
func pixelLayer(m *graph.Model) (*graph.Node, graph.PixelNet) {
	for _, n := range m.Nodes() {
		if net, ok := graph.PixelNetOf(n); ok {
			return n, net
		}
	}
	return nil, graph.PixelNet{}
}

// refusePixels refuses options that have no meaning without loss.
func (o *FitOptions) refusePixels() error {
	switch {
	case o.Error > 0 || o.Bits > 0:
		return errors.Errorf("want no error and no bits for a lossless model, got %v and %v: it stores images exactly", o.Error, o.Bits)
	case o.Lambda > 0:
		return errors.Errorf("want no lambda for a lossless model, got %v: its squared error is 0", o.Lambda)
	case o.External:
		return errors.New("want the model in the file, got a lossless model that is to stay outside: its decoder is empty, and all of the model is its prior")
	}
	return nil
}

// Rounding of a lossless network's weights is chosen among these bits, on some images.
const (
	fewestPixelBits = 5
	mostPixelBits   = 9
	pixelSample     = 256
)

// lossless makes a lossless codec: the quantiser makes bytes of numbers, the decoder is empty, and the
// network of pixels is the prior. If the options do not say how its weights are rounded, then so that
// the prior and the codes of as many images as there are training images are smallest together.
func (s *sample) lossless(ctx context.Context, m *Model, layer *graph.Node, net graph.PixelNet, o FitOptions) error {
	if err := o.refusePixels(); err != nil {
		return err
	}
	m.Quantizer = Quantizer{make([]float32, m.Size.Numbers()), make([]float32, m.Size.Numbers())}
	for i := range m.Quantizer.Step {
		m.Quantizer.Step[i] = 1.0 / 255
	}
	n, numbers := min(s.measured, pixelSample), m.Size.Numbers()
	q := make([]int32, n*numbers)
	for i := range n { // evenly over all images
		m.Quantizer.Quantize(q[i*numbers:][:numbers], s.z[i*s.measured/n*numbers:][:numbers])
	}
	fewest, most := fewestPixelBits, mostPixelBits
	if o.WeightBits > 0 {
		fewest, most = o.WeightBits, o.WeightBits
	}
	least := 0.0
	for bits := most; bits >= fewest; bits-- {
		s.say("rounding the network", most-bits, most-fewest+1)
		p, err := roundPixels(m.Size, net, layer.Weights(), bits)
		if err != nil {
			return err
		}
		cost, err := p.cost(ctx, q)
		if err != nil {
			return err
		}
		each := float64(cost) / (1 << costDigits) / float64(n)
		if all := float64(each*float64(s.count)) + float64(8*len(p.content)); m.Prior == nil || all < least {
			least, m.Prior, m.Report.Bits = all, p, each
		}
	}
	return nil
}
