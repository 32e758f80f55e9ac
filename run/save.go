package run

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/train"
)

// Hooks are functions that Train calls. Each of them may be nil.
type Hooks struct {
	Begin func() error         // before the first step, after the run was saved
	Step  func(train.Progress) // after each step
	Epoch func(train.Epoch)    // after each epoch, before the run is saved

	// Warn is told that the history or a model could not be written. Training goes on, and they are
	// written after the next epoch.
	Warn func(err error)

	// Norms lets Progress have the norms of the gradients, as train.Hooks has it.
	Norms bool

	// SaveEvery is how often the checkpoint is saved within an epoch; 0: only after it.
	SaveEvery time.Duration
}

// UnwrittenError is the error of Train if the training is complete and its checkpoint is saved, but
// other files could not be written in the end.
type UnwrittenError struct{ Err error }

func (e *UnwrittenError) Error() string {
	return e.Err.Error() + ": the training is complete, and --resume writes what is missing"
}

func (e *UnwrittenError) Unwrap() error { return e.Err }

// Train trains the run for all epochs of the settings, and saves it after each epoch. If ctx ends,
// Train stops after the present step, saves the run and returns the error of ctx. When the run is
// resumed, it continues from that step. A run that was interrupted and resumed ends with the same
// bits as a run that was not interrupted.
//
// Only a checkpoint that cannot be written ends a training. Train tries again to write other files
// after each epoch, and returns an *UnwrittenError if it could not in the end. While another process
// trains in the folder, the error is a *BusyError.
func (r *Run) Train(ctx context.Context, hooks Hooks) (train.History, error) {
	if r.helps() {
		return r.help(ctx, hooks)
	}
	unlock, warning, err := r.dir.lock()
	if err == nil {
		defer unlock()
	}
	if r.workers != nil {
		err = cluster.Agree(r.workers, err)
	}
	if err != nil {
		return r.Trainer.History(), err
	}
	r.warn(hooks, warning)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	history, err := r.Trainer.Fit(ctx, r.examples, r.Data.Test, r.Settings.Training.Epochs, train.Hooks{
		Begin: func() error {
			if err := r.begin(hooks); err != nil || hooks.Begin == nil {
				return err
			}
			return hooks.Begin()
		},
		Step: r.stepper(hooks, stop),
		Epoch: func(e train.Epoch) error {
			if hooks.Epoch != nil {
				hooks.Epoch(e)
			}
			return r.save(hooks)
		},
		Norms: hooks.Norms,
	})
	if cause := (saveError{}); errors.As(context.Cause(ctx), &cause) {
		return history, cause.error
	}
	failed, lost := (*train.FailedError)(nil), (*train.LostError)(nil)
	if Stopped(ctx, err) || errors.As(err, &failed) || errors.As(err, &lost) { // whole steps are done
		if err := r.saveCheckpoint(); err != nil {
			return history, errors.WithMessage(err, "stopped, but the run could not be saved")
		}
		r.warn(hooks, r.derive())
	}
	if err != nil {
		return history, r.explainData(err)
	}
	return history, r.end()
}

// Stopped reports whether err is there because ctx has ended, or because another worker was told to stop.
func Stopped(ctx context.Context, err error) bool {
	other := (*train.StoppedError)(nil)
	return ctx.Err() != nil && errors.Is(err, ctx.Err()) || errors.As(err, &other)
}

// saveError ends a training whose checkpoint could not be saved within an epoch.
type saveError struct{ error }

// stepper returns what Fit calls after each step: it saves long epochs within.
func (r *Run) stepper(hooks Hooks, stop context.CancelCauseFunc) func(train.Progress) {
	last := time.Now()
	return func(p train.Progress) {
		if hooks.Step != nil {
			hooks.Step(p)
		}
		if hooks.SaveEvery <= 0 || p.Step == p.Steps || time.Since(last) < hooks.SaveEvery {
			return
		}
		if err := r.saveCheckpoint(); err != nil {
			stop(saveError{err})
		}
		last = time.Now()
	}
}

// begin writes this run into the folder before the first step, and removes files that no longer
// belong to it. If the checkpoint cannot be written, the run fails now and not after an epoch.
func (r *Run) begin(hooks Hooks) error {
	if err := r.dir.removeHalves(); err != nil {
		return err
	}
	r.trained = !r.Trainer.Done(r.Settings.Training.Epochs)
	if !r.dir.resumed || r.trained {
		if err := r.saveCheckpoint(); err != nil {
			return err
		}
	}
	if !r.dir.resumed {
		if err := os.Remove(r.dir.file(BestName)); err != nil && !os.IsNotExist(err) {
			return errors.Wrapf(atomicfile.Fault(err), "cannot remove %s of the run that is replaced", r.dir.file(BestName))
		}
	}
	r.warn(hooks, r.derive()) // the program may have been killed after writing the checkpoint and before writing the other files
	if r.trained {
		return r.dir.removeFigures()
	}
	return nil
}

// save writes the run after an epoch: first the checkpoint, then the files derived from it. If the
// program is killed in between, the next begin writes them again.
func (r *Run) save(hooks Hooks) error {
	if err := r.saveCheckpoint(); err != nil {
		return err
	}
	r.warn(hooks, r.derive())
	return nil
}

// warn tells of an error, unless it is the same as before.
func (r *Run) warn(hooks Hooks, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != "" && text != r.warned && hooks.Warn != nil {
		hooks.Warn(err)
	}
	r.warned = text
}

func (r *Run) saveCheckpoint() error {
	meta := maps.Clone(r.meta)
	meta[sourceKey] = r.source
	if r.TensorBoard != "" {
		meta[tensorBoardKey] = r.TensorBoard
	}
	return r.Trainer.Save(r.dir.file(CheckpointName), meta)
}

// derive writes the history, the model, and the best model if it is that of the last epoch. It tries
// all of them.
func (r *Run) derive() error {
	var texts []string
	note := func(err error) {
		if err != nil {
			texts = append(texts, err.Error())
		}
	}
	note(atomicfile.Write(r.dir.file(HistoryName), func(w io.Writer) error { return r.Trainer.History().WriteCSV(w) }))
	note(r.writeModel(ModelName, nil))
	if epochs := len(r.Trainer.History().Epochs); epochs > 0 && r.Trainer.Between() && bestEpoch(r.Trainer.History()) == epochs {
		note(r.writeModel(BestName, map[string]string{bestKey: bestText(r.Trainer.History())}))
	}
	if texts == nil {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}

// writeModel writes the present model, with what describes its training.
func (r *Run) writeModel(name string, more map[string]string) error {
	meta, err := r.Trainer.Describe()
	if err != nil {
		return err
	}
	maps.Copy(meta, r.meta)
	maps.Copy(meta, more)
	return (&graph.File{Model: r.Trainer.Model(), Meta: meta}).Write(r.dir.file(name))
}

// end writes what could not be written, after the last epoch, and brings back the best weights if
// the settings say so.
func (r *Run) end() error {
	if r.warned != "" {
		if err := r.derive(); err != nil {
			return &UnwrittenError{err}
		}
		r.warned = ""
	}
	best := bestEpoch(r.Trainer.History())
	if !r.Settings.RestoreBest || best == 0 || best == len(r.Trainer.History().Epochs) {
		return nil
	}
	if err := r.loadBest(best); err != nil {
		return errors.WithMessage(err, "cannot restore the best weights")
	}
	if err := r.writeModel(ModelName, map[string]string{bestKey: bestText(r.Trainer.History())}); err != nil {
		return &UnwrittenError{err}
	}
	return nil
}

// loadBest loads the weights of the best epoch. Their file is that of an epoch before if it could not be
// written then.
func (r *Run) loadBest(epoch int) error {
	path := r.dir.file(BestName)
	f, err := graph.ReadFile(path)
	if err != nil {
		return err
	}
	want := bestText(train.History{Epochs: r.Trainer.History().Epochs[:epoch]})
	if got := f.Meta[bestKey]; got != want {
		return errors.Errorf("want the weights of %s in %s, got those of %q: they could not be written after that epoch; %s has those of the last",
			want, path, got, ModelName)
	}
	return r.Autoencoder.Model.LoadWeights(path)
}

// bestText says which epoch was the best, for the metadata of a model.
func bestText(h train.History) string {
	best := bestEpoch(h)
	return fmt.Sprintf("epoch %d of %d, val_loss %v", best, len(h.Epochs), h.Epochs[best-1].ValLoss)
}

// bestEpoch returns the epoch with the lowest validation loss, counted from 1, or 0 if there is none.
func bestEpoch(h train.History) int {
	lowest, best := math.Inf(1), 0
	for i, e := range h.Epochs {
		if e.ValLoss < lowest {
			lowest, best = e.ValLoss, i+1
		}
	}
	return best
}
