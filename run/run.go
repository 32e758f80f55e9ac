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
	"context"
	"io"
	"maps"
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/train"
)

// Run is a training that is about to begin or to continue.
type Run struct {
	Settings    Settings
	Data        *dataset.Data // for validation and figures; binarized if the training binarizes
	Autoencoder *autoencoder.Autoencoder
	Trainer     *train.Trainer

	dir      folder
	examples dataset.Images // for training: with the augmentation of the settings
	meta     map[string]string
	trained  bool
}

// New prepares a run. It builds the model for the images of data, loads the initial weights or the
// checkpoint, and finds or makes the folder. Without Dir and Base in Place, the folder is
// runs/ARCHITECTURE-DATA. New makes the folder last, so that nothing is left behind if it fails.
func New(data *dataset.Data, s Settings, p Place) (*Run, error) {
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
		path := r.dir.file(CheckpointName)
		if err := r.Trainer.Resume(path); err != nil {
			return nil, r.explain(path, err)
		}
	}
	return r, nil
}

// prepare prepares everything except the folder.
func (r *Run) prepare() (err error) {
	s := &r.Settings
	if r.examples, err = r.transform(); err != nil {
		return err
	}
	if r.Autoencoder, err = s.build(r.Data.Train.Size().Shape()); err != nil {
		return err
	}
	if s.Weights != "" {
		if err := r.Autoencoder.Model.LoadWeights(ModelPath(s.Weights)); err != nil {
			return err
		}
	}
	if r.Trainer, err = s.compile(r.Autoencoder); err != nil {
		return err
	}
	r.meta, err = describe(r)
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

// Hooks are functions that Train calls. Each of them may be nil.
type Hooks struct {
	Begin func() error         // before the first step, after the run was saved
	Step  func(train.Progress) // after each step
	Epoch func(train.Epoch)    // after each epoch, before the run is saved
}

// Train trains the run for all epochs of the settings, and saves it after each epoch. If ctx ends,
// Train stops after the present step, saves the run and returns the error of ctx. When the run is
// resumed, it continues from that step. A run that was interrupted and resumed ends with the same
// bits as a run that was not interrupted.
func (r *Run) Train(ctx context.Context, hooks Hooks) (train.History, error) {
	history, err := r.Trainer.Fit(ctx, r.examples, r.Data.Test, r.Settings.Training.Epochs, train.Hooks{
		Begin: func() error {
			if err := r.begin(); err != nil || hooks.Begin == nil {
				return err
			}
			return hooks.Begin()
		},
		Step: hooks.Step,
		Epoch: func(e train.Epoch) error {
			if hooks.Epoch != nil {
				hooks.Epoch(e)
			}
			return r.save()
		},
	})
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		if err := r.save(); err != nil {
			return history, errors.WithMessage(err, "stopped, but the run could not be saved")
		}
	}
	return history, err
}

// begin writes this run into the folder before the first step, and removes files that no longer
// belong to it. If the folder cannot be written, the run fails now and not after an epoch.
func (r *Run) begin() error {
	if err := r.dir.removeHalves(); err != nil {
		return err
	}
	write := r.save
	if r.dir.resumed {
		write = r.derive // the program may have been killed after writing the checkpoint and before writing the other files
	}
	if err := write(); err != nil {
		return err
	}
	if r.trained = !r.Trainer.Done(r.Settings.Training.Epochs); r.trained {
		return r.dir.removeFigures()
	}
	return nil
}

// save writes the run: first the checkpoint, then the files derived from it. If the program is
// killed in between, the next begin writes them again.
func (r *Run) save() error {
	if err := r.Trainer.Save(r.dir.file(CheckpointName), r.meta); err != nil {
		return err
	}
	return r.derive()
}

// derive writes the history and the model.
func (r *Run) derive() error {
	err := atomicfile.Write(r.dir.file(HistoryName), func(w io.Writer) error { return r.Trainer.History().WriteCSV(w) })
	if err != nil {
		return err
	}
	meta, err := r.Trainer.Describe()
	if err != nil {
		return err
	}
	maps.Copy(meta, r.meta)
	return (&graph.File{Model: r.Trainer.Model(), Meta: meta}).Write(r.dir.file(ModelName))
}

// Discard removes the folder if New made it and nothing has been written into it.
func (r *Run) Discard() {
	if r.dir.made {
		os.Remove(r.dir.path) // fails if the folder holds a file, and then changes nothing
	}
}
