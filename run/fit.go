package run

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// Fit resizes the model for images of another size. It returns an error if the layers of the model
// do not allow that. source names the images in the error.
func (m *Model) Fit(source string, size images.Size) error {
	if size == m.size {
		return nil
	}
	want, got := m.size, size
	if want.Channels == got.Channels { // then the sizes differ, and data sets may have been converted to these channels
		want.Channels, got.Channels = 1, 1
	}
	wrong := errors.Errorf("want images of %v for the model, got %v in %s", want, got, source)
	if size.Channels == m.size.Channels && !m.AnySize() {
		t := m.TrainedOn.Size()
		return errors.Errorf("%v: pictures come to that size by --size %dx%d", wrong, t.Height, t.Width)
	}
	if len(m.Original.Model.In()) != 3 || size.Channels != m.size.Channels {
		return wrong
	}
	ae, err := m.Original.Resize(size.Shape()...)
	if err != nil {
		return errors.Errorf("%v: the model cannot be resized: %v", wrong, err)
	}
	m.Autoencoder, m.size = ae, size
	return nil
}

// AnySize reports whether the model takes images of other sizes than those that it was trained on.
func (m *Model) AnySize() bool {
	in := m.Original.Model.In()
	if len(in) != 3 {
		return false
	}
	_, err := m.Original.Resize(in[0], 2*in[1], 2*in[2])
	return err == nil
}

// fitCodes returns the decoder for codes of another shape, (channels, height, width), with the size
// of the images that it makes. source names the codes in the error.
func (m *Model) fitCodes(source string, shape []int) (*graph.Model, images.Size, error) {
	if m.Decoder.In().Equal(shape) {
		return m.Decoder, m.size, nil
	}
	return m.bareDecoder(source, shape)
}

// fitImages returns a decoder for images of a size that is known. The decoder and the size made are those of
// fitCodes: if they crop images to the size that the model was trained on, larger ones are not cropped, whose
// codes have the same shape.
func (m *Model) fitImages(source string, decoder *graph.Model, made, known images.Size) (*graph.Model, images.Size, error) {
	if decoder != m.Decoder || known.Height <= made.Height && known.Width <= made.Width || len(decoder.In()) != 3 {
		return decoder, made, nil
	}
	return m.bareDecoder(source, decoder.In())
}

// bareDecoder is fitCodes without a crop, which is that of images of one size.
func (m *Model) bareDecoder(source string, shape []int) (*graph.Model, images.Size, error) {
	decoder, err := m.Decoder.ResizeEnds(map[*graph.Model]graph.Ends{m.Decoder: {}}, shape...)
	if err == nil && (len(decoder.Out()) != 3 || decoder.Out()[0] != m.size.Channels) {
		err = errors.Errorf("want a decoder of images with %d channels, got outputs of shape %v", m.size.Channels, decoder.Out())
	}
	if err != nil {
		return nil, images.Size{}, errors.WithMessagef(err, "want codes of shape %v for the model, got %v in %s", m.Decoder.In(), shapeOf(shape), source)
	}
	out := decoder.Out()
	return decoder, images.Size{Channels: out[0], Height: out[1], Width: out[2]}, nil
}

// Use prepares a data set for the model. It resizes the model to the size of the images. It
// binarizes the images if the model was trained on binarized ones. source names the data in errors.
func (m *Model) Use(source string, data *dataset.Data) (*dataset.Data, error) {
	if err := m.Fit(source, data.Train.Size()); err != nil {
		return nil, err
	}
	used := *data
	used.Train, used.Test = binarized(data.Train, m.Binarize), binarized(data.Test, m.Binarize)
	return &used, nil
}
