package f32

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// withProcs sets GOMAXPROCS for the rest of the test.
func withProcs(t testing.TB, n int) {
	t.Helper()
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

type countTask struct {
	counts []atomic.Int32
	inside func(part int)
}

func (c *countTask) do(_, part int) {
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
		withProcs(t, procs)
		for _, parts := range []int{0, 1, 2, 3, 8, 1000} {
			c := &countTask{counts: make([]atomic.Int32, parts)}
			for range 50 {
				parallel(parts, c)
			}
			c.check(t, 50)
		}
	}
}

// Calls from several goroutines at once, and from within a part, with pauses in which the helpers fall asleep.
func TestParallelNestedAndConcurrent(t *testing.T) {
	withProcs(t, 4)
	inner := &countTask{counts: make([]atomic.Int32, 5)}
	outer := &countTask{counts: make([]atomic.Int32, 20)}
	outer.inside = func(part int) {
		if part == 3 {
			time.Sleep(200 * time.Microsecond)
		}
		parallel(len(inner.counts), inner)
	}
	const callers, rounds = 3, 40
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range rounds {
				parallel(len(outer.counts), outer)
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	wg.Wait()
	outer.check(t, callers*rounds)
	inner.check(t, callers*rounds*20)
}

// No more goroutines run than GOMAXPROCS allows, also after it has been lowered.
func TestParallelRespectsProcs(t *testing.T) {
	for _, procs := range []int{6, 2, 1} {
		withProcs(t, procs)
		var now, most atomic.Int32
		c := &countTask{counts: make([]atomic.Int32, 100)}
		c.inside = func(int) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(20 * time.Microsecond)
			now.Add(-1)
		}
		for range 20 {
			parallel(100, c)
		}
		if m := most.Load(); int(m) > procs {
			t.Errorf("%d at once with GOMAXPROCS %d", m, procs)
		}
	}
}

func TestParallelRange(t *testing.T) {
	withProcs(t, 3)
	for _, n := range []int{0, 1, 15, 16, 17, 1000} {
		y, check := guarded(t, make([]float32, n))
		for range 10 {
			parallelRange(n, 16, operands{y: y, s: [6]float32{2}}, func(x operands, lo, hi int) {
				for i := lo; i < hi; i++ {
					x.y[i] += x.s[0]
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

func TestParallelAllocatesNothing(t *testing.T) {
	withProcs(t, 2)
	y := make([]float32, 4096)
	c := &countTask{counts: make([]atomic.Int32, 8)}
	run := func() {
		parallel(8, c)
		parallelRange(len(y), 64, operands{y: y}, func(x operands, lo, hi int) { clear(x.y[lo:hi]) })
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
	c := &countTask{counts: make([]atomic.Int32, 8)}
	for b.Loop() {
		parallel(8, c)
	}
}
