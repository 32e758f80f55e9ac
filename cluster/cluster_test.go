package cluster

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
)

// each runs a function on n workers, each in a goroutine of its own, and returns their errors.
func each(n int, do func(w *Worker) error) []error {
	failed := make([]error, n)
	var all sync.WaitGroup
	for _, w := range Local(n) {
		all.Go(func() {
			if failed[w.Rank()] = do(w); failed[w.Rank()] != nil {
				w.Leave(failed[w.Rank()])
			}
		})
	}
	all.Wait()
	return failed
}

// What one worker gives comes to all with its bits, at the place of its rank, meeting after meeting.
func TestAllGather(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8} {
		for rank, err := range each(n, func(w *Worker) error {
			for k := range 300 {
				own := make([]float32, k)
				for i := range own {
					own[i] = math.Float32frombits(uint32(w.Rank()*1_000_003 + i*7919 + k))
				}
				all := make([]float32, k*n)
				if err := w.AllGather(all, own); err != nil {
					return err
				}
				clear(own) // the worker may go on with its memory
				for i, v := range all {
					rank, i := i/k, i%k
					if want := uint32(rank*1_000_003 + i*7919 + k); math.Float32bits(v) != want {
						return errors.Errorf("meeting %d: number %d of worker %d has the bits %#x, want %#x", k, i, rank, math.Float32bits(v), want)
					}
				}
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("%d workers: worker %d: %v", n, rank, err)
			}
		}
	}
}

// Slice r of what each worker gives comes to worker r.
func TestAllToAll(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8} {
		for rank, err := range each(n, func(w *Worker) error {
			for k := range 50 {
				own, all := make([]float32, k*n), make([]float32, k*n)
				for i := range own {
					own[i] = float32(w.Rank()*1000 + i)
				}
				if err := w.AllToAll(all, own); err != nil {
					return err
				}
				for i, v := range all {
					if want := float32(i/k*1000 + w.Rank()*k + i%k); v != want {
						return errors.Errorf("slices of %d: number %d is %v, want %v", k, i, v, want)
					}
				}
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("%d workers: worker %d: %v", n, rank, err)
			}
		}
	}
}

func TestBroadcast(t *testing.T) {
	for rank, err := range each(3, func(w *Worker) error {
		for _, want := range []string{"weights", "", strings.Repeat("x", 100_000)} {
			var own []byte
			if w.Rank() == 0 {
				own = []byte(want)
			}
			got, err := w.Broadcast(own)
			if err != nil || string(got) != want {
				return errors.Errorf("got %.20q of %d bytes and error %v, want %.20q", got, len(got), err, want)
			}
			for i := range got {
				got[i] = 0 // what a worker gets is its own
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("worker %d: %v", rank, err)
		}
	}
}

// No worker waits for one that has gone, and none takes what does not fit.
func TestWorkersThatFail(t *testing.T) {
	for rank, err := range each(3, func(w *Worker) error {
		if w.Rank() == 1 {
			return errors.New("the disk is full")
		}
		return w.AllGather(make([]float32, 3), make([]float32, 1))
	}) {
		if err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("worker %d: got %v, want the reason of worker 1", rank, err)
		}
	}
	for rank, err := range each(3, func(w *Worker) error {
		return w.AllGather(make([]float32, 6), make([]float32, 2-w.Rank()/2))
	}) {
		if err == nil || !strings.Contains(err.Error(), "another length") {
			t.Errorf("worker %d: got %v, want an error about lengths", rank, err)
		}
	}
	for rank, err := range each(2, func(w *Worker) error { return w.AllGather(make([]float32, 3), make([]float32, 1)) }) {
		if err == nil || !strings.Contains(err.Error(), "want room") {
			t.Errorf("worker %d: got %v, want an error about room", rank, err)
		}
	}
	for rank, err := range each(2, func(w *Worker) error {
		if w.Rank() == 0 {
			return w.AllGather(make([]float32, 2), make([]float32, 1))
		}
		_, err := w.Broadcast(nil)
		return err
	}) {
		if err == nil {
			t.Errorf("worker %d: no error though the workers are not at the same place", rank)
		}
	}
}

// After a worker has left, every call of the others is an error: none counts a worker twice that calls again.
func TestLeaveForGood(t *testing.T) {
	workers := Local(3)
	workers[1].Leave(errors.New("the disk is full"))
	for range 3 {
		for _, w := range []*Worker{workers[0], workers[2]} {
			if err := w.AllGather(make([]float32, 3), make([]float32, 1)); err == nil || !strings.Contains(err.Error(), "the disk is full") {
				t.Errorf("worker %d: got %v, want the reason of worker 1", w.Rank(), err)
			}
		}
	}
}

// All workers learn of an error, and know whose it is.
func TestAgree(t *testing.T) {
	for rank, err := range each(3, func(w *Worker) error { return Agree(w, nil) }) {
		if err != nil {
			t.Errorf("worker %d: got %v, want none", rank, err)
		}
	}
	fault := errors.New("cannot read größe.png")
	for rank, err := range each(4, func(w *Worker) error {
		if w.Rank() >= 2 {
			return Agree(w, Agree(w, fault))
		}
		return Agree(w, Agree(w, nil))
	}) {
		if rank == 2 && (!errors.Is(err, fault) || err.Error() != fault.Error()) {
			t.Errorf("worker 2: got %v, want its own error", err)
		}
		agreed := (*AgreedError)(nil)
		if rank != 2 && (!errors.As(err, &agreed) || agreed.Rank != 2 || errors.Is(err, fault) || err.Error() != "worker 2: cannot read größe.png") {
			t.Errorf("worker %d: got %v, want the error of worker 2", rank, err)
		}
	}
}
