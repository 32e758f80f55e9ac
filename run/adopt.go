package run

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/train"
)

// Adopt makes the folder of a run from a model that was trained elsewhere: a model file, which all commands
// read, and a checkpoint, from which training begins with these weights and settings. The settings must
// have built the model. TrainedOn says what images it takes; its Name may be "" if their data set has none.
// p.Dir names the folder, and p.Overwrite replaces a run in it. The warning, if not nil, is one for the user: the
// folder was not locked, so a training in it would not have been noticed.
func Adopt(ae *autoencoder.Autoencoder, s Settings, on TrainedOn, p Place) (warning, err error) {
	return AdoptTrained(ae, s, on, p, 0, nil)
}

// AdoptTrained is Adopt of a model whose optimizer has done steps: it goes on from them. slots gives the state
// of a weight, in the order of train.Optimizer.Slots; nil: the optimizer begins anew.
func AdoptTrained(ae *autoencoder.Autoencoder, s Settings, on TrainedOn, p Place, steps uint64, slots func(w *graph.Weight) [][]float32) (warning, err error) {
	if p.Dir == "" || p.Resume {
		return nil, errors.New("want the name of a new folder, got none, or one to resume")
	}
	if err := ae.Model.Ready(); err != nil {
		return nil, err
	}
	if in := ae.Model.In().Size(); !holds(on.Size(), in) {
		return nil, errors.Errorf("want images of as many numbers as the model takes, %d, got images of %v", in, on.Size())
	}
	trainer, err := s.compile(ae)
	if err != nil {
		return nil, err
	}
	if err := trainer.Adopt(steps, slots); err != nil {
		return nil, err
	}
	meta, err := adopted(s, on, trainer.Loss().Label())
	if err != nil {
		return nil, err
	}
	dir, err := p.open()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && dir.made {
			os.Remove(dir.path) // fails if the folder holds a file, and then changes nothing
		}
	}()
	unlock, warning, err := dir.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	return warning, dir.adopt(ae, trainer, meta, on)
}

// adopt writes the files of an adopted model into its folder.
func (f folder) adopt(ae *autoencoder.Autoencoder, trainer *train.Trainer, meta map[string]string, on TrainedOn) error {
	if err := f.removeFormer(); err != nil {
		return err
	}
	checkpoint := maps.Clone(meta)
	if dataset.Named(on.Name) {
		checkpoint[sourceKey] = on.Name
	}
	// Without a model, a folder in which something goes wrong now is incomplete, and not that of two runs.
	if err := os.Remove(f.file(ModelName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Wrapf(atomicfile.Fault(err), "cannot remove %s", f.file(ModelName))
	}
	if err := trainer.Save(f.file(CheckpointName), checkpoint); err != nil {
		return err
	}
	meta[adoptedKey] = "true"
	return (&graph.File{Model: ae.Model, Meta: meta}).Write(f.file(ModelName))
}

// adopted returns the metadata of an adopted model, as describe does for a run.
func adopted(s Settings, on TrainedOn, label string) (map[string]string, error) {
	if b := s.Training.Augmentation.Binarize; b != images.NotBinarized {
		on.Binarize = b.String()
	}
	data, err := json.Marshal(on)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	settings, err := json.Marshal(s)
	return map[string]string{dataKey: string(data), settingsKey: string(settings), labelKey: label}, errors.WithStack(err)
}

// removeFormer removes what a run that is replaced has left.
func (f folder) removeFormer() error {
	return f.remove(func(name, of string) bool { return name == of && of != CheckpointName && of != ModelName })
}

// SettingsText returns the settings of the run as JSON, as json.Unmarshal reads them into Settings, or "" if
// the file has none.
func (m *Model) SettingsText() string { return m.Meta[settingsKey] }

// Adopted reports whether the model is one that another program trained, without a training here.
func (m *Model) Adopted() bool { return m.Meta[adoptedKey] != "" }

// adoptedKey is in the model file of an adopted model, until it is trained.
const adoptedKey = "adopted"
