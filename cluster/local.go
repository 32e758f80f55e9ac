package cluster

import (
	"sync"

	"github.com/pkg/errors"
)

// Worker is one of the workers of a Local cluster. One goroutine may use it.
type Worker struct {
	rank int
	hub  *hub
}

// hub is where the workers of a process meet. They pass meetings: in each, every worker gives something,
// and the last to come lets all go.
type hub struct {
	mutex   sync.Mutex
	changed *sync.Cond
	meeting int     // its number
	here    int     // workers that have come to it
	given   []any   // what they gave, by rank
	results []any   // of the meeting before
	gone    []error // why a worker has left; nil: it has not
}

// Local returns n workers in this process, for n goroutines.
func Local(n int) []*Worker {
	h := &hub{given: make([]any, n), gone: make([]error, n)}
	h.changed = sync.NewCond(&h.mutex)
	workers := make([]*Worker, n)
	for rank := range workers {
		workers[rank] = &Worker{rank, h}
	}
	return workers
}

// Rank returns the number of the worker, from 0.
func (w *Worker) Rank() int { return w.rank }

// Size returns the number of workers.
func (w *Worker) Size() int { return len(w.hub.given) }

// AllGather writes what each worker gives, all of one length, into all, in the order of the ranks. It
// returns an error on all workers if the lengths differ or if a worker has left.
func (w *Worker) AllGather(all, own []float32) error {
	given, err := w.meet(append([]float32(nil), own...))
	if err != nil {
		return err
	}
	for rank, g := range given {
		part, ok := g.([]float32)
		if !ok || len(part) != len(own) {
			return errors.Errorf("want %d numbers of each worker, got another length from worker %d", len(own), rank)
		}
	}
	if len(all) != len(own)*len(given) {
		return errors.Errorf("want room for %d numbers of %d workers, got room for %d", len(own), len(given), len(all))
	}
	for rank, g := range given {
		copy(all[rank*len(own):], g.([]float32))
	}
	return nil
}

// AllToAll cuts what each worker gives into as many slices as there are workers, and writes those with this
// worker's number into all, in the order of the ranks. It returns an error on all workers if the lengths
// differ or if a worker has left.
func (w *Worker) AllToAll(all, own []float32) error {
	if len(all) != len(own) || len(own)%w.Size() != 0 {
		return errors.Errorf("want %d slices of one length and room for as many, got %d numbers and room for %d", w.Size(), len(own), len(all))
	}
	given, err := w.meet(append([]float32(nil), own...))
	if err != nil {
		return err
	}
	slice := len(own) / w.Size()
	for rank, g := range given {
		from, ok := g.([]float32)
		if !ok || len(from) != len(own) {
			return errors.Errorf("want %d numbers of each worker, got another length from worker %d", len(own), rank)
		}
		copy(all[rank*slice:], from[w.rank*slice:][:slice])
	}
	return nil
}

// Broadcast returns the bytes of worker 0. Those of the others are not looked at.
func (w *Worker) Broadcast(data []byte) ([]byte, error) {
	given, err := w.meet(append([]byte(nil), data...))
	if err != nil {
		return nil, err
	}
	first, ok := given[0].([]byte)
	if !ok {
		return nil, errors.New("want a broadcast of worker 0, got numbers: the workers are not at the same place")
	}
	if w.rank == 0 {
		return data, nil
	}
	return append([]byte(nil), first...), nil
}

// Leave lets the other workers know that this one does not come any more: their calls return an error in
// place of waiting for it.
func (w *Worker) Leave(why error) {
	w.hub.mutex.Lock()
	defer w.hub.mutex.Unlock()
	w.hub.gone[w.rank] = errors.Errorf("worker %d has left: %v", w.rank, why)
	w.hub.changed.Broadcast()
}

// meet gives something to all workers, waits for them, and returns what they gave.
func (w *Worker) meet(own any) ([]any, error) {
	h := w.hub
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.left(); err != nil { // there are no more meetings
		return nil, err
	}
	h.given[w.rank] = own
	meeting := h.meeting
	if h.here++; h.here == len(h.given) {
		h.results, h.given = h.given, make([]any, len(h.given))
		h.here = 0
		h.meeting++
		h.changed.Broadcast()
		return h.results, nil
	}
	for h.meeting == meeting {
		if err := h.left(); err != nil {
			return nil, err
		}
		h.changed.Wait()
	}
	return h.results, nil
}

// left returns why a worker has left, or nil if none has.
func (h *hub) left() error {
	for _, err := range h.gone {
		if err != nil {
			return err
		}
	}
	return nil
}
