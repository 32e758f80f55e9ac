// Package cluster joins processes, or goroutines, that train one model together: what train.Workers
// asks for. Local gives workers within one process. Package cluster/mpi gives those that mpirun or srun has
// started, on one machine or on many.
package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Gatherer is a worker that can tell the others something.
type Gatherer interface {
	Rank() int // from 0 to Size()-1
	Size() int
	AllGather(all, own []float32) error // all gets what each worker gives, in the order of the ranks
}

// FailedError is the error of Agree on a worker that has not failed itself.
type FailedError struct {
	Rank  int // of a worker that has failed
	Fault string
}

func (e *FailedError) Error() string { return fmt.Sprintf("worker %d: %s", e.Rank, e.Fault) }

// Agree ends a stage that all workers pass: it returns nil if none of them has an error. A worker that has
// one gets it back. All others get a *FailedError with the fault of the lowest rank. All workers must call
// Agree once at the end of the stage, so that none waits for one that has given up.
func Agree(w Gatherer, own error) error {
	faults, err := gatherTexts(w, text(own))
	switch {
	case own != nil:
		return own
	case err != nil:
		return errors.WithMessage(err, "cannot hear from the other workers")
	}
	for rank, fault := range faults {
		if fault != "" {
			return &FailedError{rank, fault}
		}
	}
	return nil
}

// text returns the text of an error. It is never empty for an error.
func text(err error) string {
	if err == nil {
		return ""
	}
	const most = 4000 // bytes; an error may quote a file
	if s := err.Error(); s != "" {
		return s[:min(len(s), most)]
	}
	return "error without a text"
}

// gatherTexts returns the text of each worker. A byte travels as a number, since numbers are what workers
// exchange.
func gatherTexts(w Gatherer, own string) ([]string, error) {
	lengths := make([]float32, w.Size())
	if err := w.AllGather(lengths, []float32{float32(len(own))}); err != nil {
		return nil, err
	}
	texts := make([]string, w.Size())
	longest := int(slices.Max(lengths))
	if longest == 0 {
		return texts, nil
	}
	numbers := make([]float32, longest)
	for i := range len(own) {
		numbers[i] = float32(own[i])
	}
	all := make([]float32, longest*w.Size())
	if err := w.AllGather(all, numbers); err != nil {
		return nil, err
	}
	for rank := range texts {
		var b strings.Builder
		for _, v := range all[rank*longest:][:int(lengths[rank])] {
			b.WriteByte(byte(v))
		}
		texts[rank] = b.String()
	}
	return texts, nil
}
