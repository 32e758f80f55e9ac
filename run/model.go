package run

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Keys of a model file's metadata.
const (
	dataKey     = "data"     // a TrainedOn as JSON
	settingsKey = "settings" // the Settings as JSON
	labelKey    = "loss"     // the loss in words, for figures
)

// TrainedOn is what a model file keeps of the data set that the model was trained on.
type TrainedOn struct {
	Name     string   `json:"name"`
	Height   int      `json:"height"`
	Width    int      `json:"width"`
	Channels int      `json:"channels,omitempty"` // left out for grey images, which have 1
	Classes  []string `json:"classes,omitempty"`
	Binarize string   `json:"binarize,omitempty"` // as images.ParseBinarization reads it; left out for none
}

// Size is the size of the images.
func (d TrainedOn) Size() images.Size {
	return images.Size{Channels: max(d.Channels, 1), Height: d.Height, Width: d.Width}
}

// describe returns the metadata of a run beside that of its training.
func describe(r *Run) (map[string]string, error) {
	size := r.Data.Train.Size()
	d := TrainedOn{Name: r.Data.Name, Height: size.Height, Width: size.Width, Classes: r.Data.Classes}
	if size.Channels != 1 {
		d.Channels = size.Channels
	}
	if b := r.Settings.Training.Augmentation.Binarize; b != images.NotBinarized {
		d.Binarize = b.String()
	}
	data, err := json.Marshal(d)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	settings, err := json.Marshal(r.Settings)
	return map[string]string{dataKey: string(data), settingsKey: string(settings), labelKey: r.Trainer.Loss().Label()}, errors.WithStack(err)
}

// Model is a trained model with what its file says of it.
type Model struct {
	*autoencoder.Autoencoder                          // resized by Fit, if at all
	Original                 *autoencoder.Autoencoder // as it was trained
	Path                     string                   // of the file
	Meta                     map[string]string        // of the file
	TrainedOn                TrainedOn
	Binarize                 images.Binarization // applied to images of data sets before they are used

	size images.Size
}

// ModelPath returns the path of the model file that a user means by a path, which may be that of a
// run's folder.
func ModelPath(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, ModelName)
	}
	return path
}

// Read reads a model file, or the model in the folder of a run.
func Read(path string) (*Model, error) {
	path = ModelPath(path)
	ae, f, err := autoencoder.Read(path)
	if err != nil {
		return nil, err
	}
	m := &Model{Autoencoder: ae, Original: ae, Path: path, Meta: f.Meta}
	if text, ok := f.Meta[dataKey]; ok {
		if err := json.Unmarshal([]byte(text), &m.TrainedOn); err != nil {
			return nil, errors.Wrapf(err, "cannot read %s: metadata %q", path, dataKey)
		}
	}
	if d := m.TrainedOn; d.Binarize != "" {
		if m.Binarize, err = images.ParseBinarization(d.Binarize); err != nil {
			return nil, errors.WithMessagef(err, "cannot use %s: metadata %q: binarize", path, dataKey)
		}
	}
	m.size = m.TrainedOn.Size()
	if in, out := ae.Model.In().Size(), ae.Model.Out().Size(); !holds(m.size, in) || in != out {
		return nil, errors.Errorf("cannot use %s: want the height and width of the model's images in its metadata %q, got %d x %d with %d channels for a model that makes %d numbers of %d",
			path, dataKey, m.size.Height, m.size.Width, m.size.Channels, out, in)
	}
	return m, nil
}

// holds reports whether an image of a size has n numbers. The size comes from a file: its product
// may overflow.
func holds(s images.Size, n int) bool {
	return s.Height > 0 && s.Width > 0 && s.Channels > 0 && n%s.Channels == 0 && n/s.Channels%s.Width == 0 && n/s.Channels/s.Width == s.Height
}

// Size is the size of the images that the model takes: those it was trained on, or those of Fit.
func (m *Model) Size() images.Size { return m.size }

// DataName returns the name of the data set to use: the named one, or if that is "" the one that
// the model was trained on, if it can be found by its name.
func (m *Model) DataName(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if slices.Contains(dataset.Names(), m.TrainedOn.Name) {
		return m.TrainedOn.Name, nil
	}
	return "", errors.Errorf("the model was trained on %q: say with --data where that is", m.TrainedOn.Name)
}

// Trained reports whether the file says anything of a training.
func (m *Model) Trained() bool {
	_, err := train.ReadSettings(m.Meta)
	return err == nil
}

// Training is what a model file says of the training behind the model.
type Training struct {
	History train.History
	Loss    train.Loss // nil if it is not one of package train's
	Label   string     // of the loss, in words
	Seed    uint64
	Batch   int
}

// Training reads what the file says of the training. A file that says nothing of it is an error.
func (m *Model) Training() (t Training, err error) {
	settings, err := train.ReadSettings(m.Meta)
	if err != nil {
		return t, err
	}
	if t.History, err = train.ReadHistory(m.Meta); err != nil {
		return t, err
	}
	if t.Seed, err = strconv.ParseUint(settings["seed"], 10, 64); err != nil {
		return t, errors.Errorf("want a whole number as the seed of its training, got the seed %q", settings["seed"])
	}
	if t.Batch, err = strconv.Atoi(settings["batch"]); err != nil || t.Batch < 1 {
		return t, errors.Errorf("want a whole number as the batch of its training, got the batch %q", settings["batch"])
	}
	if t.Loss, err = train.ParseLoss(settings["loss"]); err == nil {
		t.Label = t.Loss.Label()
		return t, nil
	}
	if t.Label = m.Meta[labelKey]; t.Label == "" {
		return t, err
	}
	t.Loss = nil // a program's own loss, of which the file has the label
	return t, nil
}

// Fit makes the model one for images of another size than it was trained on. It is an error if the
// model's layers do not allow it; the error names the source of the images.
func (m *Model) Fit(source string, size images.Size) error {
	if size == m.size {
		return nil
	}
	wrong := errors.Errorf("%s holds images of %v, the model takes %v", source, size, m.size)
	if len(m.Original.Model.In()) != 3 || size.Channels != m.size.Channels {
		return wrong
	}
	ae, err := m.Original.Resize(size.Shape()...)
	if err != nil {
		return errors.Errorf("%v and cannot be changed: %v", wrong, err)
	}
	m.Autoencoder, m.size = ae, size
	return nil
}

// FitCodes makes the decoder one for codes of another shape, (channels, height, width).
func (m *Model) FitCodes(source string, shape ...int) error {
	if m.Decoder.In().Equal(shape) {
		return nil
	}
	decoder, err := m.Decoder.Resize(shape...)
	if err == nil && (len(decoder.Out()) != 3 || decoder.Out()[0] != m.size.Channels) {
		err = errors.Errorf("the decoder would make %v of them: want images with %d channels", decoder.Out(), m.size.Channels)
	}
	if err != nil {
		return errors.WithMessagef(err, "%s holds codes of shape %v, the model takes %v", source, shapeOf(shape), m.Decoder.In())
	}
	out := decoder.Out()
	m.Decoder, m.size = decoder, images.Size{Channels: out[0], Height: out[1], Width: out[2]}
	return nil
}

// Use prepares a data set for the model: the model is made to fit the size of its images, and these
// are binarized if the model was trained on binarized ones. source names the data in errors.
func (m *Model) Use(source string, data *dataset.Data) (*dataset.Data, error) {
	if err := m.Fit(source, data.Train.Size()); err != nil {
		return nil, err
	}
	used := *data
	used.Train, used.Test = binarized(data.Train, m.Binarize), binarized(data.Test, m.Binarize)
	return &used, nil
}
