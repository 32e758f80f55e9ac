package pool_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// countTask counts how often each part runs.
type countTask struct {
	counts []atomic.Int32
	inside func(part int)
}

func newCountTask(parts int) *countTask { return &countTask{counts: make([]atomic.Int32, parts)} }

func (c *countTask) Do(_, part int) {
	c.counts[part].Add(1)
	if c.inside != nil {
		c.inside(part)
	}
}

func (c *countTask) check(t *testing.T, want int32) {
	t.Helper()
	for i := range c.counts {
		if got := c.counts[i].Load(); got != want {
			t.Fatalf("part %d of %d ran %d times, want %d", i, len(c.counts), got, want)
		}
	}
}

func TestParallelRunsEachPartOnce(t *testing.T) {
	for _, procs := range []int{1, 2, 7, 3} {
		kerneltest.WithProcs(t, procs)
		for _, parts := range []int{0, 1, 2, 3, 8, 1000} {
			c := newCountTask(parts)
			for range 50 {
				pool.Run(parts, c)
			}
			c.check(t, 50)
		}
	}
}

// Calls from several goroutines at once, and from within a part, with pauses in which the helpers
// fall asleep.
func TestParallelNestedAndConcurrent(t *testing.T) {
	kerneltest.WithProcs(t, 4)
	inner, outer := newCountTask(5), newCountTask(20)
	outer.inside = func(part int) {
		if part == 3 {
			time.Sleep(200 * time.Microsecond)
		}
		pool.Run(len(inner.counts), inner)
	}
	const callers, rounds = 3, 40
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range rounds {
				pool.Run(len(outer.counts), outer)
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	wg.Wait()
	outer.check(t, callers*rounds)
	inner.check(t, callers*rounds*20)
}

// No more goroutines run than GOMAXPROCS allows, also after it was lowered.
func TestParallelRespectsProcs(t *testing.T) {
	for _, procs := range []int{6, 2, 1} {
		kerneltest.WithProcs(t, procs)
		var now, most atomic.Int32
		c := newCountTask(100)
		c.inside = func(int) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(20 * time.Microsecond)
			now.Add(-1)
		}
		for range 20 {
			pool.Run(100, c)
		}
		if m := most.Load(); int(m) > procs {
			t.Errorf("%d at once with GOMAXPROCS %d", m, procs)
		}
	}
}

// addition is what the kernels of these tests work on.
type addition struct {
	y []float32
	a float32
}

var additions pool.Range[addition]

func TestParallelRange(t *testing.T) {
	kerneltest.WithProcs(t, 3)
	for _, n := range []int{0, 1, 15, 16, 17, 1000} {
		y, check := kerneltest.Guarded(t, make([]float32, n))
		for range 10 {
			additions.Run(n, 16, addition{y, 2}, func(x addition, lo, hi int) {
				for i := lo; i < hi; i++ {
					x.y[i] += x.a
				}
			})
		}
		check()
		for i, v := range y {
			if v != 20 {
				t.Fatalf("element %d of %d was added to %g times, want 10", i, n, v/2)
			}
		}
	}
}

// Several goroutines share a Range. Each works on its own arguments.
func TestParallelRangeConcurrent(t *testing.T) {
	kerneltest.WithProcs(t, 4)
	var wg sync.WaitGroup
	for caller := range 5 {
		wg.Go(func() {
			y := make([]float32, 1000)
			for range 200 {
				additions.Run(len(y), 16, addition{y, float32(caller)}, func(x addition, lo, hi int) {
					for i := lo; i < hi; i++ {
						x.y[i] += x.a
					}
				})
			}
			for i, v := range y {
				if v != float32(200*caller) {
					t.Errorf("caller %d: element %d is %g, want %d", caller, i, v, 200*caller)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestParallelAllocatesNothing(t *testing.T) {
	kerneltest.WithProcs(t, 2)
	y := make([]float32, 4096)
	c := newCountTask(8)
	run := func() {
		pool.Run(8, c)
		additions.Run(len(y), 64, addition{y: y}, func(x addition, lo, hi int) { clear(x.y[lo:hi]) })
	}
	run()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		run()
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 20 { // the test's own surroundings allocate a few
		t.Errorf("%d allocations in 2000 calls, want none", n)
	}
}

// BenchmarkParallel is the time of a task whose parts do nothing, while the helpers are awake.
func BenchmarkParallel(b *testing.B) {
	c := newCountTask(8)
	for b.Loop() {
		pool.Run(8, c)
	}
}
