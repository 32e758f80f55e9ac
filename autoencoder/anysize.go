package autoencoder

import (
	"cmp"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// maxPad bounds the rows and the columns by which images are padded to a size that the layers take:
// more than the strides of any encoder need. Smaller images are padded further, to the size that a
// model was made for.
const maxPad = 64

// Build builds an architecture for images of a shape, (channels, height, width). If the layers do
// not take that size, as those that halve an image several times, the encoder first pads images at
// the bottom and at the right to the next size that they take, with copies of the last pixels, and
// the decoder crops what it made. So examples, reconstructions and the loss have the shape of the
// images.
func Build(c Config, image graph.Shape) (*Autoencoder, error) {
	ae, err := c.Build(image)
	if _, pads := c.(*Imported); err == nil || pads || !isImage(image) {
		return ae, err
	}
	for _, larger := range larger(image) {
		if ae, other := c.Build(larger); other == nil {
			return ae.pad(larger, image)
		}
	}
	return nil, err
}

// isImage reports whether a shape is that of an image.
func isImage(s graph.Shape) bool { return len(s) == 3 && s[0] > 0 && s[1] > 0 && s[2] > 0 }

// larger returns the shapes to which images of a shape could be padded, by the number of pixels.
func larger(image graph.Shape) []graph.Shape {
	const most = 32 // architectures halve images at most five times
	var shapes []graph.Shape
	for down := range most {
		for across := range most {
			shapes = append(shapes, graph.Shape{image[0], image[1] + down, image[2] + across})
		}
	}
	slices.SortStableFunc(shapes, func(a, b graph.Shape) int { return cmp.Compare(a[1]*a[2], b[1]*b[2]) })
	return shapes[1:]
}

// Resize returns the autoencoder for images of another size, (channels, height, width), with the same
// weights: a model of convolutions takes images of any size. Where its layers do not take the size,
// the encoder pads images and the decoder crops them, as Build says. It returns an error if a layer
// depends on the size, as Dense does, and no padding leads to the size that it takes.
func (a *Autoencoder) Resize(shape ...int) (*Autoencoder, error) {
	core := a.core()
	direct, err := a.pad(shape, shape)
	if err == nil || !isImage(shape) || !isImage(core) || shape[0] != core[0] || !a.convolves() {
		return direct, err
	}
	fits := slices.Clone(core)
	for axis := 1; axis <= 2; axis++ { // convolutions take each axis alone
		trial := slices.Clone(core)
		for trial[axis] = shape[axis]; ; trial[axis]++ {
			if trial[axis] > max(shape[axis]+maxPad, core[axis]) {
				return nil, err
			}
			if _, other := a.pad(trial, trial); other == nil {
				break
			}
		}
		fits[axis] = trial[axis]
	}
	return a.pad(fits, shape)
}

// convolves reports whether the encoder has convolutions. Other models take images as they are: what
// a dense layer has learned of each pixel does not hold for the pixels of a border.
func (a *Autoencoder) convolves() bool {
	for _, m := range a.Encoder.Models() {
		for _, n := range m.Nodes() {
			if n.Layer().Kind() == "Conv2D" {
				return true
			}
		}
	}
	return false
}

// core returns the shape of the images that the first layers of the encoder get, after padding.
func (a *Autoencoder) core() graph.Shape {
	nodes := a.Encoder.Nodes()
	for _, n := range nodes[1:] {
		if inputs := n.Inputs(); n.Layer().Kind() == "EdgePad2D" && len(inputs) == 1 && inputs[0] == nodes[0] {
			return n.Shape()
		}
	}
	return a.Encoder.In()
}

// pad returns the autoencoder for images of a shape that it pads to the shape padded. Borders that
// it has already are replaced.
func (a *Autoencoder) pad(padded, image graph.Shape) (*Autoencoder, error) {
	ends := map[*graph.Model]graph.Ends{a.Encoder: {}, a.Decoder: {}}
	if !padded.Equal(image) {
		border := op.Border{Bottom: padded[1] - image[1], Right: padded[2] - image[2]}
		ends[a.Encoder], ends[a.Decoder] = graph.Ends{Pad: border}, graph.Ends{Crop: border}
	}
	m, err := a.Model.ResizeEnds(ends, image...)
	if err != nil {
		return nil, err
	}
	if !m.Out().Equal(m.In()) {
		return nil, errors.Errorf("model %q: want reconstructions of shape %v, as its examples, got %v", m.Name(), m.In(), m.Out())
	}
	return From(m)
}
