// Package run trains an autoencoder and keeps the training in a folder. It holds the settings,
// saves and resumes the training, and writes the metadata of the model file. The command gorgonae
// and the examples use it. A program that uses it leaves a folder that every command can read:
//
//	data, err := dataset.Open(ctx, dataset.Options{Data: "faces/"})
//	settings, err := run.NewSettings("conv")
//	r, err := run.New(data, settings, run.Place{Dir: "runs/faces", Resume: true})
//	history, err := r.Train(ctx, run.Hooks{})
//	names, err := report.Of(r).Draw(ctx, r.Dir(), figure.PNG, false)
package run

import (
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Run is a training that is about to begin or to continue.
type Run struct {
	Settings    Settings
	Data        *dataset.Data // for validation and figures; binarized if the training binarizes
	Autoencoder *autoencoder.Autoencoder
	Trainer     *train.Trainer

	// Unfit lists the weights that were not taken from Settings.Weights with Settings.Partial, in words.
	Unfit []string

	// TensorBoard is the folder of the run's log for TensorBoard, seen from the run's folder, or "".
	// Checkpoints keep it, so that a resumed run continues its log. Package report/tensorboard sets it.
	TensorBoard string

	dir      folder
	examples dataset.Images // for training: with the augmentation of the settings
	meta     map[string]string
	source   string        // the data set's name, or where it lies
	workers  train.Workers // nil: this process alone
	trained  bool
	warned   string // the last warning
}

// New prepares a run. It builds the model for the images of data, loads the initial weights or the
// checkpoint, and finds or makes the folder. Without Dir and Base in Place, the folder is
// runs/ARCHITECTURE-DATA. New makes the folder last, so that nothing is left behind if it fails.
func New(data *dataset.Data, s Settings, p Place) (*Run, error) {
	if p.Workers != nil && p.Workers.Size() > 1 {
		return join(data, s, p)
	}
	return alone(data, s, p)
}

// alone is New for a process that needs no others to begin.
func alone(data *dataset.Data, s Settings, p Place) (*Run, error) {
	if err := data.Check(); err != nil {
		return nil, err
	}
	p.Base = p.base(s, data.Name)
	if err := p.Check(); err != nil {
		return nil, err
	}
	r := &Run{Settings: s, Data: data}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	var err error
	if r.dir, err = p.open(); err != nil {
		return nil, err
	}
	if r.dir.resumed {
		if err := r.resume(r.dir.file(CheckpointName)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// resume continues the run of a checkpoint.
func (r *Run) resume(path string) error {
	f, err := graph.ReadFile(path)
	if err == nil {
		r.TensorBoard = f.Meta[tensorBoardKey]
		err = errors.WithMessagef(r.Trainer.ResumeFile(f), "cannot resume from %s", path)
	}
	if err != nil {
		return r.explain(path, err)
	}
	return nil
}

// prepare prepares everything except the folder.
func (r *Run) prepare() (err error) {
	s, opened := &r.Settings, r.Data
	if r.examples, err = r.transform(); err != nil {
		return err
	}
	if r.Autoencoder, err = s.build(r.Data.Train.Size().Shape()); err != nil {
		return err
	}
	if s.Weights != "" {
		if err := r.loadWeights(); err != nil {
			return err
		}
	}
	if r.Trainer, err = s.compile(r.Autoencoder); err != nil {
		return err
	}
	r.source = r.Data.Source
	if dataset.Named(r.Data.Name) {
		r.source = r.Data.Name
	}
	if r.meta, err = describe(r); err != nil {
		return err
	}
	return describeSeen(r.meta, opened)
}

// loadWeights loads the initial weights.
func (r *Run) loadWeights() (err error) {
	path := ModelPath(r.Settings.Weights)
	if !r.Settings.Partial {
		return r.Autoencoder.Model.LoadWeights(path)
	}
	r.Unfit, err = r.Autoencoder.Model.LoadMatching(path)
	return err
}

// transform applies the augmentation of the settings. It returns the images for training, and
// replaces r.Data by the images for validation and figures.
func (r *Run) transform() (dataset.Images, error) {
	how := r.Settings.Training.Augmentation
	whole := r.Data.Train
	data := *r.Data
	data.Train, data.Test = binarized(data.Train, how.Binarize), binarized(data.Test, how.Binarize)
	r.Data = &data
	if how == (images.Augmentation{}) {
		return whole, nil
	}
	return images.Augment(whole, how, r.Settings.Seed)
}

// binarized returns images that are binarized in the same way in every epoch. It returns set if how
// is NotBinarized.
func binarized(set dataset.Images, how images.Binarization) dataset.Images {
	if how == images.NotBinarized {
		return set
	}
	return how.Fixed(set)
}

// safeName turns the name of a data set into a part of a file name.
func safeName(name string) string {
	return strings.NewReplacer("/", "_", "\\", "_", " ", "_").Replace(name)
}

// Dir returns the path of the run's folder.
func (r *Run) Dir() string { return r.dir.path }

// Trained reports whether the last call of Train had epochs to train. It is false if the run was
// already complete.
func (r *Run) Trained() bool { return r.trained }

// Discard removes the folder if New made it and nothing has been written into it.
func (r *Run) Discard() {
	if r.dir.made {
		os.Remove(r.dir.path) // fails if the folder holds a file, and then changes nothing
	}
}
