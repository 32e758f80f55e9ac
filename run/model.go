package run

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
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
	labelKey    = "loss"     // the label of the loss, for figures
	bestKey     = "best"     // in a model with the lowest validation loss: which epoch made it

	// sourceKey is in checkpoints alone: where the data set was found, so that a run can be resumed
	// without naming it. Models are passed on, and need not tell the folders of a machine.
	sourceKey = "data.source"

	// tensorBoardKey is in checkpoints alone too: Run.TensorBoard.
	tensorBoardKey = "tensorboard"
)

// TrainedOn describes the data set that a model was trained on. The model file holds it.
type TrainedOn struct {
	Name     string   `json:"name"`
	Height   int      `json:"height"`
	Width    int      `json:"width"`
	Channels int      `json:"channels,omitempty"` // left out for grey images, which have 1
	Classes  []string `json:"classes,omitempty"`
	Binarize string   `json:"binarize,omitempty"` // as images.ParseBinarization reads it; left out for none

	Reading dataset.Reading `json:"reading,omitzero"` // of the pictures of a folder
}

// Size returns the size of the images.
func (d TrainedOn) Size() images.Size {
	return images.Size{Channels: max(d.Channels, 1), Height: d.Height, Width: d.Width}
}

// describe returns the metadata that a run adds to those of package train.
func describe(r *Run) (map[string]string, error) {
	size := r.Data.Train.Size()
	d := TrainedOn{Name: r.Data.Name, Height: size.Height, Width: size.Width, Classes: r.Data.Classes, Reading: r.Data.Reading}
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

// Model is a trained model with the metadata of its file.
type Model struct {
	*autoencoder.Autoencoder                          // for images of Size; Fit changes it
	Original                 *autoencoder.Autoencoder // for images of the size that it was trained on
	Path                     string                   // of the file
	Meta                     map[string]string        // of the file
	TrainedOn                TrainedOn
	Binarize                 images.Binarization // applied to images of data sets before they are used

	size images.Size
}

// ModelPath returns the path of a model file. path is the file or the folder of a run.
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
	if err != nil && IsCompressed(path) {
		return nil, errors.Errorf("cannot read %s: want a model file, got a compressed file of images: name the model that made it", path)
	}
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
		return nil, errors.Errorf("cannot use %s: want the height and width of the model's images in its metadata %q, got %d x %d with %d channels for a model with %d outputs and %d inputs",
			path, dataKey, m.size.Height, m.size.Width, m.size.Channels, out, in)
	}
	return m, nil
}

// IsCompressed says if a file begins as a compressed file of images does (see docs/format.md).
func IsCompressed(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	const magic = "\x8bGAE"
	b := make([]byte, len(magic))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == magic
}

// holds reports whether an image of a size has n numbers. It divides, because the size comes from a
// file and its product may overflow.
func holds(s images.Size, n int) bool {
	return s.Height > 0 && s.Width > 0 && s.Channels > 0 && n%s.Channels == 0 && n/s.Channels%s.Width == 0 && n/s.Channels/s.Width == s.Height
}

// Size returns the size of the images that the model takes: the size that it was trained on, or the
// size of the last Fit.
func (m *Model) Size() images.Size { return m.size }

// DataName returns the name of the data set to use: named, or if named is "", the data set that the
// model was trained on. It returns an error if that data set cannot be found by its name.
func (m *Model) DataName(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if dataset.Named(m.TrainedOn.Name) {
		return m.TrainedOn.Name, nil
	}
	return "", errors.Errorf("the model was trained on %q, which is not a data set that is found by its name: name its folder or file", m.TrainedOn.Name)
}

// Architecture returns the name of the architecture that was trained, or "" if the file does not
// say.
func (m *Model) Architecture() string {
	var s struct {
		Architecture string `json:"architecture"`
	}
	if json.Unmarshal([]byte(m.Meta[settingsKey]), &s) != nil {
		return ""
	}
	return s.Architecture
}

// Described returns what the file says of the model to people and other programs, for files in other formats: the data
// set that it was trained on, the settings of the run, the label of the loss. What only this project can use is not in it.
func (m *Model) Described() map[string]string {
	described := map[string]string{}
	for _, key := range []string{dataKey, settingsKey, labelKey} {
		if text, ok := m.Meta[key]; ok {
			described["gorgonae."+key] = text
		}
	}
	return described
}

// Trained reports whether the file describes a training.
func (m *Model) Trained() bool {
	_, err := train.ReadSettings(m.Meta)
	return err == nil
}

// Training is the description of a training in a model file.
type Training struct {
	History train.History
	Loss    train.Loss // nil if train.ParseLoss does not know it
	Label   string     // of the loss
	Seed    uint64
	Batch   int
}

// Training reads the description of the training from the file. It returns an error if there is
// none.
func (m *Model) Training() (t Training, err error) {
	settings, err := train.ReadSettings(m.Meta)
	if err != nil {
		return t, err
	}
	if t.History, err = train.ReadHistory(m.Meta); err != nil {
		return t, err
	}
	if t.Seed, err = strconv.ParseUint(settings["seed"], 10, 64); err != nil {
		return t, errors.Errorf("want a whole number as the seed of the training, got %q", settings["seed"])
	}
	if t.Batch, err = strconv.Atoi(settings["batch"]); err != nil || t.Batch < 1 {
		return t, errors.Errorf("want a whole number as the batch size of the training, got %q", settings["batch"])
	}
	if t.Loss, err = train.ParseLoss(settings["loss"]); err == nil {
		t.Label = t.Loss.Label()
		return t, nil
	}
	if t.Label = m.Meta[labelKey]; t.Label == "" {
		return t, err
	}
	t.Loss = nil // a loss of another program; the file holds its label
	return t, nil
}

// Lambda returns how many bits one unit of an image's squared error was worth in the training of a
// learned codec, or 0 if the file does not say.
func (m *Model) Lambda() float64 {
	t, err := m.Training()
	if err != nil {
		return 0
	}
	if w, ok := t.Loss.(train.Weighted); ok && w.Loss.String() == train.MSE().Sum().String() {
		return float64(w.Factor)
	}
	return 0
}
