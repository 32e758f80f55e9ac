package run

import (
	"bytes"
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// join is New for workers. Worker 0 begins or resumes the run as a process alone does. The others build the same
// model and get its state: the weights, wherever they came from, the optimizer's state, the position and the
// history. If one of them fails, all return an error.
func join(data *dataset.Data, s Settings, p Place) (*Run, error) {
	var r *Run
	var err error
	if p.Workers.Rank() == 0 {
		r, err = alone(data, s, p)
	} else if err = data.Check(); err == nil {
		s.Weights, s.Partial = "", false
		r = &Run{Settings: s, Data: data}
		err = r.prepare()
	}
	discard := func(err error) error {
		if err != nil && r != nil {
			r.Discard()
		}
		return err
	}
	if err := discard(cluster.Agree(p.Workers, err)); err != nil {
		return nil, err
	}
	r.workers = p.Workers
	if err := discard(cluster.Agree(p.Workers, r.share())); err != nil {
		return nil, err
	}
	return r, nil
}

// share gives the state of worker 0's training to all workers.
func (r *Run) share() error {
	var state bytes.Buffer
	if !r.helps() {
		f, err := r.Trainer.File(nil)
		if err == nil {
			err = f.Encode(&state)
		}
		if err != nil { // nobody may wait for the state: it is empty
			state.Reset()
			_, _ = r.workers.Broadcast(nil)
			return err
		}
	}
	text, err := r.workers.Broadcast(state.Bytes())
	if err != nil {
		return errors.WithMessage(err, "the state of the run")
	}
	if r.helps() {
		f, err := graph.Decode(bytes.NewReader(text))
		if err == nil {
			err = r.Trainer.Follow(f)
		}
		if err != nil {
			return errors.WithMessage(err, "the state of the run that worker 0 sent")
		}
	}
	return r.Trainer.Join(r.workers)
}

// helps reports whether another worker owns the run's folder.
func (r *Run) helps() bool { return r.workers != nil && r.workers.Rank() > 0 }

// help trains as Train does, and writes nothing.
func (r *Run) help(ctx context.Context, hooks Hooks) (train.History, error) {
	if err := cluster.Agree(r.workers, nil); err != nil { // on the lock of the folder
		return r.Trainer.History(), err
	}
	r.trained = !r.Trainer.Done(r.Settings.Training.Epochs)
	return r.Trainer.Fit(ctx, r.examples, r.Data.Test, r.Settings.Training.Epochs, train.Hooks{Step: hooks.Step, Norms: hooks.Norms})
}
