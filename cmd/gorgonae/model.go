package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// dataKey is the key under which a model file says what data it was trained on.
const dataKey = "data"

// trainedOn is what a model file keeps of its data set.
type trainedOn struct {
	Name    string   `json:"name"`
	Height  int      `json:"height"`
	Width   int      `json:"width"`
	Classes []string `json:"classes,omitempty"`

	Binarize string `json:"binarize,omitempty"` // as images.ParseBinarization reads it; empty is none
}

func describeData(d *dataset.Data, binarize string) (string, error) {
	if binarize == images.NotBinarized.String() {
		binarize = ""
	}
	text, err := json.Marshal(trainedOn{d.Name, d.Train.Size().Height, d.Train.Size().Width, d.Classes, binarize})
	return string(text), errors.WithStack(err)
}

// modelFile is a model read from disk with what its file says of it.
type modelFile struct {
	*autoencoder.Autoencoder
	path string
	meta map[string]string
	data trainedOn

	binarize images.Binarization // of what it is used on
}

// modelPath is the model file that the user means, who may name the folder of a run.
func modelPath(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, modelName)
	}
	return path
}

// readModel reads a model file, or the one in the folder of a run.
func readModel(path string) (*modelFile, error) {
	path = modelPath(path)
	ae, f, err := autoencoder.Read(path)
	if err != nil {
		return nil, err
	}
	m := &modelFile{Autoencoder: ae, path: path, meta: f.Meta}
	if text, ok := f.Meta[dataKey]; ok {
		if err := json.Unmarshal([]byte(text), &m.data); err != nil {
			return nil, errors.Wrapf(err, "cannot read %s: metadata %q", path, dataKey)
		}
	}
	if m.data.Binarize != "" {
		if m.binarize, err = images.ParseBinarization(m.data.Binarize); err != nil {
			return nil, errors.WithMessagef(err, "cannot use %s: it binarizes by", path)
		}
	}
	if d := m.data; d.Height < 1 || d.Width < 1 || d.Height != ae.Model.Out().Size()/d.Width || d.Height*d.Width != ae.Model.In().Size() {
		return nil, errors.Errorf("cannot use %s: want images of the height and width that its metadata %q names, got %d x %d for a model that makes %d numbers of %d",
			path, dataKey, d.Height, d.Width, ae.Model.Out().Size(), ae.Model.In().Size())
	}
	return m, nil
}

// shape is that of n images as an array.
func (m *modelFile) shape(n int) []int { return []int{n, m.data.Height, m.data.Width} }

// dataName is what to open where the user named no data: what the model was trained on, if that has a name.
func (m *modelFile) dataName(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if slices.Contains(dataset.Names(), m.data.Name) {
		return m.data.Name, nil
	}
	return "", errors.Errorf("the model was trained on %q: say with --data where that is", m.data.Name)
}

// fit makes the model one for images of another size than it was trained on, if that is what source holds, and refuses
// them where the model's layers do not allow it.
func (m *modelFile) fit(source string, height, width int) error {
	if height == m.data.Height && width == m.data.Width {
		return nil
	}
	wrong := errors.Errorf("%s holds images of %d x %d pixels, the model takes %d x %d", source, height, width, m.data.Height, m.data.Width)
	if len(m.Model.In()) != 3 {
		return wrong
	}
	ae, err := m.Resize(1, height, width)
	if err != nil {
		return errors.Errorf("%v and cannot be changed: %v", wrong, err)
	}
	m.Autoencoder, m.data.Height, m.data.Width = ae, height, width
	return nil
}

// fitCodes makes the decoder one for codes of another shape, if that is what source holds.
func (m *modelFile) fitCodes(source string, shape ...int) error {
	if m.Decoder.In().Equal(shape) {
		return nil
	}
	decoder, err := m.Decoder.Resize(shape...)
	if err == nil && (len(decoder.Out()) != 3 || decoder.Out()[0] != 1) {
		err = errors.Errorf("the decoder would make %v of them, want images", decoder.Out())
	}
	if err != nil {
		return errors.WithMessagef(err, "%s holds codes of shape %v, the model takes %v", source, graph.Shape(shape), m.Decoder.In())
	}
	m.Decoder, m.data.Height, m.data.Width = decoder, decoder.Out()[1], decoder.Out()[2]
	return nil
}
