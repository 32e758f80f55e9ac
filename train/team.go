package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
)

// Workers are the processes, or goroutines, that train one model together; see Trainer.Join. Package
// cluster has some.
type Workers interface {
	Rank() int // of this worker, from 0 to Size()-1
	Size() int

	// AllGather writes what each worker gives, all of one length, into all, in the order of the ranks.
	// No bit of a number may change. all has Size times the length of own.
	AllGather(all, own []float32) error

	// AllToAll cuts what each worker gives into Size slices of one length, and writes slice number
	// Rank of each into all, in the order of the ranks. all and own have one length. No bit may change.
	AllToAll(all, own []float32) error

	// Broadcast returns the bytes of worker 0 to all.
	Broadcast(data []byte) ([]byte, error)
}

// Join shares the training out among workers: each computes a part of the Shards of each batch. All of
// them call Join and then Fit, with the same model, data and settings, and all end with the same bits as
// one that trains alone. If a worker is stopped or fails, all stop at the same step. Only one of them needs
// Hooks; what they do is not shared.
func (t *Trainer) Join(w Workers) error {
	if w.Size() > t.cfg.Shards {
		return errors.Errorf("want a batch in at least %d shards for %d workers, got %d: set more shards, or train with fewer workers",
			w.Size(), w.Size(), t.cfg.Shards)
	}
	t.team, t.adder = team{w}, adder{}
	return nil
}

// alone is the only worker.
type alone struct{}

func (alone) Rank() int                             { return 0 }
func (alone) Size() int                             { return 1 }
func (alone) AllGather(all, own []float32) error    { copy(all, own); return nil }
func (alone) AllToAll(all, own []float32) error     { copy(all, own); return nil }
func (alone) Broadcast(data []byte) ([]byte, error) { return data, nil }

// team lets workers go the same way. What they exchange begins with a number that says how it is with a
// worker.
type team struct{ Workers }

const (
	well        float32 = iota
	stopped             // it was told to stop, and has done what it had to do before
	interrupted         // it was told to stop, and has not
	ended               // its hook has ended the training
	failed
)

// StoppedError is the error of Fit on a worker that stops because another one was told to stop. It counts
// as context.Canceled.
type StoppedError struct{ Rank int }

func (e *StoppedError) Error() string { return fmt.Sprintf("worker %d was stopped", e.Rank) }

// Is reports whether target is context.Canceled.
func (e *StoppedError) Is(target error) bool { return target == context.Canceled }

// FailedError is the error of Fit on a worker that stops because another one has failed.
type FailedError struct{ Rank int }

func (e *FailedError) Error() string {
	return fmt.Sprintf("worker %d has failed: its own error says why", e.Rank)
}

// LostError is the error of Fit on a worker that cannot exchange numbers with the others, since one was killed or a
// connection broke. Err is the reason.
type LostError struct{ Err error }

func (e *LostError) Error() string { return "cannot hear from the other workers: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *LostError) Unwrap() error { return e.Err }

// state says how it is with a worker whose work has ended with an error, or with none. An error that only looks
// like that of a context, as that of a server that did not answer in time, is a failure like others.
func state(ctx context.Context, err error) float32 {
	stop := ctx.Err()
	switch {
	case err == nil && stop == nil:
		return well
	case err == nil:
		return stopped
	case errors.Is(err, ErrStop):
		return ended
	case stop != nil && errors.Is(err, stop):
		return interrupted
	}
	return failed
}

// exchange gathers what the workers give, after a first number that says how it is with each. It returns how it is
// with the worker that is worst off, and an error unless that is well: this worker's own if none is worse off. err is
// the error of its work; if it has none, it may have been told to stop.
func (t team) exchange(ctx context.Context, all, own []float32, err error) (worst float32, _ error) {
	own[0] = state(ctx, err)
	if other := t.AllGather(all, own); other != nil {
		if err == nil {
			err = &LostError{other}
		}
		return failed, err
	}
	if own[0] == stopped {
		err = ctx.Err()
	}
	worst, rank := own[0], t.Rank()
	for r := range t.Size() {
		if s := all[r*len(own)]; s > worst {
			worst, rank = s, r
		}
	}
	switch {
	case worst == own[0]:
		return worst, err
	case worst == failed:
		return worst, &FailedError{rank}
	case worst == ended:
		return worst, ErrStop
	}
	return worst, &StoppedError{rank}
}

// agree returns an error on all workers if one of them has one. A worker that was told to stop has none yet.
func (t team) agree(ctx context.Context, err error) error {
	if err == nil {
		ctx = context.WithoutCancel(ctx)
	}
	_, err = t.exchange(ctx, make([]float32, t.Size()), make([]float32, 1), err)
	return err
}

// deal deals jobs round. do computes a job's numbers, of which there are width, and take gets the numbers
// of all jobs in order, on every worker.
func (t team) deal(ctx context.Context, jobs, width int, do func(job int, into []float32) error, take func(job int, from []float32)) error {
	own := make([]float32, 1+width)
	all := make([]float32, t.Size()*len(own))
	for first := 0; first < jobs; first += t.Size() {
		err := ctx.Err()
		if job := first + t.Rank(); err == nil && job < jobs {
			err = do(job, own[1:])
		}
		if _, err := t.exchange(ctx, all, own, err); err != nil {
			return err
		}
		for r := range min(t.Size(), jobs-first) {
			take(first+r, all[r*len(own)+1:][:width])
		}
	}
	return nil
}

// mine returns those of some examples that this worker computes, if batches of them are dealt.
func (t team) mine(examples []int32, batch int) []int32 {
	if t.Size() == 1 {
		return examples
	}
	var own []int32
	for first := t.Rank() * batch; first < len(examples); first += t.Size() * batch {
		own = append(own, examples[first:min(first+batch, len(examples))]...)
	}
	return own
}

// start is what all workers must begin with.
type start struct {
	Settings map[string]string `json:"settings"`
	Position string            `json:"position"`
	Weights  string            `json:"weights"`
}

// beginning returns what this worker begins with, as JSON.
func (t *Trainer) beginning(settings map[string]string) ([]byte, error) {
	pos := t.pos
	pos.Seconds = 0
	position, err := json.Marshal(pos)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	text, err := json.Marshal(start{settings, string(position), HashWeights(t.model)})
	return text, errors.WithStack(err)
}

// alike refuses a worker that would not train the same as worker 0.
func (t *Trainer) alike(text []byte) error {
	first, err := t.team.Broadcast(text)
	if err != nil || bytes.Equal(first, text) {
		return err
	}
	var own, other start
	if err := json.Unmarshal(text, &own); err != nil {
		return errors.WithStack(err)
	}
	if err := json.Unmarshal(first, &other); err != nil {
		return errors.Wrap(err, "what worker 0 begins with")
	}
	if err := sameSettings(other.Settings, own.Settings); err != nil {
		e := err.(*OtherSettingError)
		return errors.Errorf("worker %d: want %s %s as worker 0, got %s: start all with the same data and settings", t.team.Rank(), e.Name, e.Began, e.Now)
	}
	if other.Position != own.Position {
		return errors.Errorf("worker %d: want the position of worker 0 in the training, %s, got %s: resume all from one checkpoint", t.team.Rank(), other.Position, own.Position)
	}
	return errors.Errorf("worker %d: want weights %s as worker 0, got %s: begin with the same", t.team.Rank(), short(other.Weights), short(own.Weights))
}
