// Package tensorboard writes what happens in a training as event files, which TensorBoard shows while
// they grow:
//
//	log, err := tensorboard.New(r, tensorboard.Options{Dir: "logs"})
//	history, err := r.Train(ctx, log.Hooks(ctx, run.Hooks{}))
//	err = log.Close(err)
//
// and then tensorboard --logdir logs. The log of a run is the folder logs/NAME, with the name of the
// run's folder:
//
//	scalars     loss, val_loss, the terms of both, learning_rate, gradient_norm, images_per_second
//	images      reconstructions: test images above what the model makes of them
//	histograms  code: the codes of test images, and those of each latent or channel
//	hparams     the settings, with all scalars as metrics
//
// Their step is the epoch, counted from 1 as in the history. The folder logs/NAME/steps is a run of its
// own for TensorBoard, since its step is that of the optimizer: batch/loss, batch/learning_rate,
// batch/gradient_norm.
//
// A run that was killed and resumed has one curve without a break in every reader, because a session
// removes what an earlier one wrote after its last checkpoint, and writes the epochs that are missing
// from the history.
package tensorboard

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// Options say where a log lies.
type Options struct {
	// Dir is the folder of all logs, for tensorboard --logdir. "" continues the log that the run has.
	Dir string

	// Replace removes the log of an earlier run in the same folder, as run.Place.Overwrite removes the run.
	Replace bool
}

// Log is the log of a run.
type Log struct {
	run    *run.Run
	dir    string
	epochs series
	steps  series
	views  *views // of the model; nil until they are needed

	from   uint64 // steps that were done when this session began
	former bool   // the folder holds the log of an earlier run, which this one replaces
	ready  bool   // earlier sessions' files have been looked at
	ended  bool   // the end of the training is in the log
	last   train.Progress
	warned string
}

// New finds or makes the folder of a run's log, and lets the run's checkpoints remember it. Nothing is
// written before the training begins. The error is a *LostError if Dir is "" and the log that the run has
// had is not there, or is that of another run.
func New(r *run.Run, o Options) (*Log, error) {
	if r.TensorBoard == "" && o.Dir == "" {
		return nil, errors.New("want a folder for the TensorBoard log, got none")
	}
	if info, err := os.Stat(o.Dir); o.Dir != "" && err == nil && !info.IsDir() {
		return nil, errors.Errorf("want a folder for the TensorBoard log, and %s is not one", o.Dir)
	}
	dir, former, err := place(r, o.Dir, o.Replace)
	if err != nil {
		return nil, err
	}
	r.TensorBoard = between(r.Dir(), dir)
	return &Log{run: r, dir: dir, former: former, epochs: series{dir: dir}, steps: series{dir: filepath.Join(dir, stepsName)}}, nil
}

// Dir returns the folder of the log.
func (l *Log) Dir() string { return l.dir }

// Hooks adds the log to the hooks of a training. An error of the log is a warning: the training goes
// on, and what could not be written is written later.
func (l *Log) Hooks(ctx context.Context, h run.Hooks) run.Hooks {
	with := h
	with.Norms = true
	with.Begin = func() error {
		l.last = l.run.Trainer.Position()
		l.from = l.last.Done
		l.warn(h, l.begin(len(l.run.Trainer.History().Epochs)))
		if h.Begin == nil {
			return nil
		}
		return h.Begin()
	}
	with.Step = func(p train.Progress) {
		if l.last = p; p.Done%stride(p) == 0 {
			l.warn(h, l.step(p))
		}
		if h.Step != nil {
			h.Step(p)
		}
	}
	with.Epoch = func(e train.Epoch) {
		l.warn(h, l.epoch(ctx, e))
		if h.Epoch != nil {
			h.Epoch(e)
		}
	}
	return with
}

// warn tells of an error, unless it is the same as before.
func (l *Log) warn(h run.Hooks, err error) {
	if err == nil {
		return
	}
	if err.Error() != l.warned && h.Warn != nil {
		h.Warn(err)
	}
	l.warned = err.Error()
}

// Close writes what could not be written before, and the end of the training if it is complete or has
// failed for good. failed is the error of Train. Close removes the folder if nothing was written into it.
func (l *Log) Close(failed error) error {
	unwritten := (*run.UnwrittenError)(nil)
	diverged := (*train.DivergedError)(nil)
	done := l.run.Trainer.Done(l.run.Settings.Training.Epochs)
	switch {
	case done && (failed == nil || errors.As(failed, &unwritten)):
		l.end(success)
	case errors.As(failed, &diverged):
		l.end(failure)
	}
	err := l.epochs.close()
	if other := l.steps.close(); err == nil {
		err = other
	}
	if logged, other := holdsEvents(l.dir); other == nil && !logged && len(l.run.Trainer.History().Epochs) == 0 {
		l.discard()
	}
	return err
}

// discard removes the folder of a log without events, unless a run remembers it.
func (l *Log) discard() {
	if _, err := os.Stat(filepath.Join(l.run.Dir(), run.CheckpointName)); err == nil {
		return
	}
	_ = os.Remove(filepath.Join(l.dir, ownerName)) // what stays does no harm
	_ = os.Remove(l.dir)
}

// begin removes what an earlier session wrote after its last checkpoint, and writes the settings and
// those of the run's first n epochs that the log does not have.
func (l *Log) begin(n int) error {
	if l.ready {
		return nil
	}
	if l.former {
		for _, dir := range []string{l.dir, l.steps.dir} {
			if _, err := cut(dir, -1, ""); err != nil {
				return err
			}
		}
		l.former = false
	}
	history := l.run.Trainer.History()
	there, err := unbroken(l.dir, lossTag)
	if err != nil {
		return err
	}
	kept := min(int(there), n)
	end := sessionEndTag
	if kept == n && l.run.Trainer.Done(l.run.Settings.Training.Epochs) {
		end = "" // nothing comes after it
	}
	tags, err := cut(l.dir, int64(kept), end)
	if err != nil {
		return err
	}
	if _, err := cut(l.steps.dir, int64(l.from), ""); err != nil {
		return err
	}
	l.ready, l.ended = true, tags[sessionEndTag]
	l.epochs.first, l.steps.first = int64(kept)+1, int64(l.from)+1
	if !tags[sessionStartTag] {
		l.epochs.add(event{seconds: seconds(time.Now()), values: []value{startOf(l.run)}})
	}
	for i := kept; i < n; i++ {
		l.epochs.add(event{seconds: seconds(ended(history.Epochs[i+1:])), step: int64(i) + 1, values: l.measured(history.Epochs[i])})
	}
	return l.epochs.flush()
}

// ended returns about when an epoch ended, of which the later ones are known.
func ended(later []train.Epoch) time.Time {
	at := time.Now()
	for _, e := range later {
		at = at.Add(-time.Duration(e.Seconds * float64(time.Second)))
	}
	return at
}

// end writes how the training ended.
func (l *Log) end(s status) {
	if !l.ready || l.ended {
		return
	}
	l.ended = true
	l.epochs.add(event{seconds: seconds(time.Now()), step: int64(len(l.run.Trainer.History().Epochs)), values: []value{endOf(s)}})
}
