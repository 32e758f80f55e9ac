package run

import (
	"context"
	"fmt"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
)

// ReadIDX returns the images of an IDX file, packed by gzip or not, with notes on what a user would not
// expect. If the model was trained on numbers of a range, they are of that range, too. It resizes the model to
// their size. If the model has other channels, they become grey or colour.
func (m *Model) ReadIDX(path string) (*images.Set, []string, error) {
	cut, err := m.TrainedOn.cut()
	if err != nil {
		return nil, nil, err
	}
	set, notes, err := mnist.ReadImagesIn(path, cut)
	if err != nil {
		return nil, nil, err
	}
	if cut != (images.Range{}) {
		notes = append(notes, fmt.Sprintf("%v becomes 0 to 1, as in the training", cut))
	}
	if set, err = set.In(images.ColorOf(m.size.Channels)); err != nil {
		return nil, nil, err
	}
	return set, notes, m.Fit(path, set.Size())
}

// EncodeIDX returns the codes of the images of an IDX file. It resizes the model to their size.
func (m *Model) EncodeIDX(ctx context.Context, path string) (Codes, []string, error) {
	set, notes, err := m.ReadIDX(path)
	if err != nil {
		return Codes{}, nil, err
	}
	codes, err := m.Encode(ctx, set)
	return Codes{Numbers: codes, Names: List(PicturesOf(set), set.Classes)}, notes, err
}
