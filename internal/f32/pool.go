package f32

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A training step is some dozens of kernels of 10 µs to 1 ms. Starting a goroutine for each, or waking a sleeping one,
// costs as much as the shorter of them, so helpers live as long as the program and spin for a moment after a job, since
// the next one mostly follows at once. Then they sleep, and an idle program uses no processor.

const (
	spinTime   = 50 * time.Microsecond
	maxWorkers = 256
	spinLoads  = 64 // between two looks at the clock and at the scheduler
)

// A task is a job in parts that do not depend on each other. Which goroutine runs a part must not show in the result.
// worker is that of the goroutine, below maxWorkers: the caller's is 0.
type task interface{ do(worker, part int) }

// pool shares the parts of one task at a time among the caller and up to GOMAXPROCS-1 helpers.
type pool struct {
	mu      sync.Mutex // held by the caller whose task runs
	task    task       // these three are written before state opens and read only while it counts the reader
	parts   int64
	helpers int64 // how many may help

	next  atomic.Int64  // the next part to be taken
	state atomic.Int64  // bits open and waiting, and the number of helpers at work
	round atomic.Uint64 // counts tasks
	done  chan struct{} // from the last helper to a caller that set the bit waiting

	started  int64 // helpers that exist
	sleepers atomic.Int64
	wake     chan struct{} // one element wakes one sleeper

	failure  atomic.Pointer[any] // what the first helper to panic in this task panicked with
	elements rangeTask
}

const (
	open    = 1 << 32 // helpers may join
	waiting = 1 << 33
	active  = open - 1
)

// workers is the pool of the package: like the runtime's own threads, helpers are shared by all that the program does.
var workers = pool{done: make(chan struct{}, 1), wake: make(chan struct{}, 64)}

// parallel runs t.do(worker, i) for each i in [0, parts), each once, in no order, and returns when all are done. If the pool is
// taken, because of another goroutine or because the call is made by a part of a task, the caller runs all of them.
//
// A panic of a part reaches the caller when no part runs any more; which of the others have run is open. Where a helper
// panicked its stack is lost: with GOMAXPROCS=1 there are no helpers.
func parallel(parts int, t task) {
	p := &workers
	if parts > 1 && p.mu.TryLock() {
		p.run(parts, t)
		return
	}
	for i := range parts {
		t.do(0, i)
	}
}

// run is parallel with mu held, which it unlocks.
func (p *pool) run(parts int, t task) {
	p.helpers = int64(min(runtime.GOMAXPROCS(0), maxWorkers, parts)) - 1
	for ; p.started < p.helpers; p.started++ {
		go p.help(int(p.started)+1, p.round.Load())
	}
	p.task, p.parts = t, int64(parts)
	p.next.Store(0)
	p.state.Store(open)
	p.round.Add(1)
	for range p.helpers {
		if !p.takeSleeper() {
			break
		}
		p.wake <- struct{}{}
	}
	defer p.end() // also if a part panics here
	p.work(0)
}

// end waits for the helpers, gives the pool back and passes on the panic of a helper.
func (p *pool) end() {
	p.wait()
	p.task, p.elements = nil, rangeTask{} // and what they hold is free
	failure := p.failure.Swap(nil)
	p.mu.Unlock()
	if failure != nil {
		panic(*failure)
	}
}

func (p *pool) work(worker int) {
	for {
		i := p.next.Add(1) - 1
		if i >= p.parts {
			return
		}
		p.task.do(worker, int(i))
	}
}

// wait closes the task and returns when no helper is at work on it.
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

// help is the life of a helper. last is the round before the first that it may help in.
func (p *pool) help(worker int, last uint64) {
	for {
		p.awaitRound(last)
		last = p.round.Load()
		if p.join() {
			p.assist(worker)
		}
	}
}

// assist is work and leave, whatever the parts do.
func (p *pool) assist(worker int) {
	defer p.leave()
	defer p.catch()
	p.work(worker)
}

// catch keeps the panic of a part, which nobody above a helper could recover from.
func (p *pool) catch() {
	if v := recover(); v != nil {
		first := v // v itself would be allocated at each call
		p.failure.CompareAndSwap(nil, &first)
	}
}

// join counts the caller among the helpers of the open task, if there is one and it has room.
func (p *pool) join() bool {
	for {
		s := p.state.Load()
		// The bits are checked before helpers is read: while state is closed, the next caller may be writing it.
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

// awaitRound returns when a task came after the round last: it spins for a while, then sleeps.
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
	// A caller that came before this line did not see the sleeper; one that comes now does, and sends.
	if p.round.Load() != last && p.takeSleeper() {
		return
	}
	<-p.wake
}

// takeSleeper takes one from the count of sleepers, if there is one. Who takes it must wake it, or be it.
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

// operands are the arguments of an elementwise kernel, passed by value: a closure would be allocated for each call.
type operands struct {
	y, a, b, c []float32
	bytes      []byte
	sums       []float64
	s          [6]float32
	keys       [2]uint64
	window     *Window
	bilinear   *Enlargement
}

// parallelRange runs f(x, lo, hi) on ranges that together are [0, n), each but the last grain long, in no order and on
// several goroutines at once. f must be a plain function, or a literal that captures nothing.
func parallelRange(n, grain int, x operands, f func(x operands, lo, hi int)) {
	p := &workers
	if n <= grain || !p.mu.TryLock() {
		if n > 0 {
			f(x, 0, n)
		}
		return
	}
	p.elements = rangeTask{n, grain, x, f}
	p.run((n+grain-1)/grain, &p.elements)
}

type rangeTask struct {
	n, grain int
	x        operands
	f        func(x operands, lo, hi int)
}

func (t *rangeTask) do(_, part int) {
	lo := part * t.grain
	t.f(t.x, lo, min(lo+t.grain, t.n))
}
