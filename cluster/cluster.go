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

// AgreedError is the error of a worker that all workers know of.
type AgreedError struct {
	Rank  int    // of the worker
	Fault string // the text of its error
	Own   error  // the error, on that worker; nil on all others
}

func (e *AgreedError) Error() string {
	if e.Own != nil {
		return e.Own.Error()
	}
	return fmt.Sprintf("worker %d: %s", e.Rank, e.Fault)
}

func (e *AgreedError) Unwrap() error { return e.Own }

// Agree ends a stage that all workers pass: it returns nil if none of them has an error. Else it returns an
// *AgreedError on all, for the lowest rank that has one. All workers must call Agree once at the end of the stage:
// then none waits for one that has given up. An error of an earlier Agree is returned as it is.
func Agree(w Gatherer, own error) error {
	if known := (*AgreedError)(nil); errors.As(own, &known) {
		return own
	}
	faults, err := gatherTexts(w, text(own))
	switch {
	case err != nil && own != nil:
		return own
	case err != nil:
		return errors.WithMessage(err, "cannot hear from the other workers")
	}
	for rank, fault := range faults {
		if fault == "" {
			continue
		}
		agreed := &AgreedError{Rank: rank, Fault: fault}
		if rank == w.Rank() {
			agreed.Own = own
		}
		return agreed
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
