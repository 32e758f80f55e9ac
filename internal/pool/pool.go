// Package pool shares out the work of kernels among goroutines.
//
// A training step is some dozens of kernels of 10 µs to 1 ms. To start a goroutine for each of
// them, or to wake a sleeping one, costs as much as the shorter ones take. So the goroutines of the
// pool, the helpers, live as long as the program. After a task they spin for a moment, since the
// next task mostly follows at once. Then they sleep, and an idle program uses no processor.
//
// The pool does not change any bits. A task is cut into parts that do not depend on each other, and
// the result must not depend on which goroutine runs a part, or when. So the cut may depend on the
// number of threads, but the order of a sum may not.
package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// MaxWorkers is how many goroutines work on a task at most.
const MaxWorkers = 256

const (
	spinTime  = 50 * time.Microsecond
	spinLoads = 64 // between two looks at the clock and at the scheduler
)

// A Task is cut into parts that do not depend on each other. The result must not depend on which
// goroutine runs which part. worker is the number of that goroutine, below MaxWorkers; the caller
// of Run is 0. Parts that follow one another mostly have the same worker.
type Task interface{ Do(worker, part int) }

// pool shares out the parts of one task at a time among the caller and up to GOMAXPROCS-1 helpers.
//
// What several goroutines write, or read in a loop, has cache lines of its own: a write to a line
// takes it away from all other processors. Idle helpers, for example, read round in a loop.
type pool struct {
	mu      sync.Mutex // held by the caller whose task runs
	started int64      // helpers that exist

	// These are written before state opens, and read only by goroutines that state counts.
	task    Task
	helpers int64 // how many may help
	regions int   // among which the parts are divided

	_       line
	state   atomic.Int64        // the bits open and waiting, and the number of helpers at work
	failure atomic.Pointer[any] // the value of the first panic in a helper

	_     line
	round atomic.Uint64 // counts tasks
	_     line

	region [maxRegions]region

	sleepers atomic.Int64
	wake     chan struct{} // one element wakes one sleeper
	done     chan struct{} // from the last helper to a caller that set the bit waiting
}

// A region is a stretch of neighbouring parts. A worker begins with the parts of its own region, the
// same in each task with as many parts. So it mostly finds what it wrote itself in its cache, and
// neighbouring parts, which may have something to prepare in common, stay with one worker. Then it
// helps in the other regions.
type region struct {
	next atomic.Int64 // the next part to take
	end  int64
	_    line
}

// maxRegions limits how many regions a worker looks through. Workers beyond it share regions.
const maxRegions = 16

// line is as long as a cache line of any processor, or longer.
type line [128]byte

const (
	open    = 1 << 32 // helpers may join
	waiting = 1 << 33
	active  = open - 1
)

// workers is the only pool. All parts of the program share its helpers, as they share the threads
// of the runtime.
var workers = pool{done: make(chan struct{}, 1), wake: make(chan struct{}, 64)}

// Run calls t.Do(worker, i) once for each i in [0, parts), in no order, and returns when all calls
// have returned. If the pool is taken, by another goroutine or by a task that itself calls Run,
// then the caller runs all parts.
//
// A panic of a part reaches the caller when no part runs any more. Some of the other parts may not
// have run. If a helper panicked, its stack is lost; with GOMAXPROCS=1 there are no helpers.
func Run(parts int, t Task) {
	p := &workers
	if parts > 1 && p.mu.TryLock() {
		p.begin(parts, t)
		defer p.end() // also if a part panics here
		p.work(0)
		return
	}
	for i := range parts {
		t.Do(0, i)
	}
}

// begin offers a task to the helpers, while p is locked.
func (p *pool) begin(parts int, t Task) {
	p.helpers = int64(min(runtime.GOMAXPROCS(0), MaxWorkers, parts)) - 1
	for ; p.started < p.helpers && !tracing; p.started++ {
		go p.help(int(p.started)+1, p.round.Load())
	}
	p.task = t
	p.regions = min(int(p.helpers)+1, maxRegions)
	if tracing {
		p.traceBegin()
	}
	for i := range p.regions {
		p.region[i].next.Store(int64(i * parts / p.regions))
		p.region[i].end = int64((i + 1) * parts / p.regions)
	}
	p.state.Store(open)
	p.round.Add(1)
	for range p.helpers {
		if !p.takeSleeper() {
			break
		}
		p.wake <- struct{}{}
	}
}

// end waits for the helpers, unlocks p and passes on the panic of a helper.
func (p *pool) end() {
	p.wait()
	p.release()
}

// release is end after the helpers have left.
func (p *pool) release() {
	if tracing {
		p.traceEnd()
	}
	p.task = nil
	failure := p.failure.Swap(nil)
	p.mu.Unlock()
	if failure != nil {
		panic(*failure)
	}
}

// work runs parts until none is left.
func (p *pool) work(worker int) {
	for i := range p.regions {
		r := &p.region[(worker+i)%p.regions]
		for r.next.Load() < r.end { // else it would be written for nothing
			part := r.next.Add(1) - 1
			if part >= r.end {
				break
			}
			if tracing {
				p.traceDo((worker+i)%p.regions, int(part))
			} else {
				p.task.Do(worker, int(part))
			}
		}
	}
}

// wait closes the task and returns when no helper works on it.
func (p *pool) wait() {
	if p.state.Add(-open) == 0 {
		return
	}
	for start := time.Now(); time.Since(start) < spinTime; {
		for range spinLoads {
			if p.state.Load() == 0 {
				return
			}
		}
		runtime.Gosched()
	}
	if p.state.Add(waiting) != waiting {
		<-p.done
	}
	p.state.Store(0)
}

// help is the life of a helper. It helps in tasks that come after the round last.
func (p *pool) help(worker int, last uint64) {
	for {
		p.awaitRound(last)
		last = p.round.Load()
		if p.join() {
			p.assist(worker)
		}
	}
}

// assist works and then leaves, also if a part panics.
func (p *pool) assist(worker int) {
	defer p.leave()
	defer p.catch()
	p.work(worker)
}

// catch keeps the panic of a part, since no caller of a helper could recover from it.
func (p *pool) catch() {
	if v := recover(); v != nil {
		first := v // v itself would be allocated at each call
		p.failure.CompareAndSwap(nil, &first)
	}
}

// join counts the helper among those of the open task. It reports false if no task is open or the
// task has enough helpers.
func (p *pool) join() bool {
	for {
		s := p.state.Load()
		// The bit is checked before helpers is read: while state is closed, the next caller may be
		// writing helpers.
		if s&open == 0 {
			return false
		}
		if !p.state.CompareAndSwap(s, s+1) {
			continue
		}
		if s&active < p.helpers {
			return true
		}
		p.leave()
		return false
	}
}

func (p *pool) leave() {
	if p.state.Add(-1) == waiting {
		p.done <- struct{}{}
	}
}

// awaitRound returns when there is a task after the round last. It spins for a while and then
// sleeps.
func (p *pool) awaitRound(last uint64) {
	for start := time.Now(); time.Since(start) < spinTime; {
		for range spinLoads {
			if p.round.Load() != last {
				return
			}
		}
		runtime.Gosched()
	}
	p.sleepers.Add(1)
	// A caller that came before this line did not see the sleeper. One that comes now sees it, and
	// sends.
	if p.round.Load() != last && p.takeSleeper() {
		return
	}
	<-p.wake
}

// takeSleeper subtracts one from the count of sleepers and reports true, unless the count is 0. The
// caller must then wake a sleeper, or be the sleeper.
func (p *pool) takeSleeper() bool {
	for {
		s := p.sleepers.Load()
		if s == 0 {
			return false
		}
		if p.sleepers.CompareAndSwap(s, s-1) {
			return true
		}
	}
}
