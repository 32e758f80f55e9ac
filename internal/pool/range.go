package pool

// Grain is how many elements of a cheap kernel one goroutine takes at a time. They are 10 µs of
// work or more, while it costs about a microsecond to share them out.
const Grain = 1 << 15

// A Range runs a kernel on ranges of elements. T holds the arguments of the kernel. A Range keeps
// them while the goroutines of the pool work, because a closure would be allocated for each call.
// So a package has one variable of this type for each T. Several goroutines may use it at once.
type Range[T any] struct {
	n, grain int
	x        T
	f        func(x T, lo, hi int)
}

// Run calls f(x, lo, hi) on ranges that together are [0, n). Each but the last is grain long. The
// calls are in no order, and several goroutines make them at once. f must be a plain function, or a
// literal that captures nothing: it must not be allocated.
func (r *Range[T]) Run(n, grain int, x T, f func(x T, lo, hi int)) {
	p := &workers
	if n <= grain || !p.mu.TryLock() {
		if n > 0 {
			f(x, 0, n)
		}
		return
	}
	// While p is locked, no other goroutine uses r.
	r.n, r.grain, r.x, r.f = n, grain, x, f
	p.begin((n+grain-1)/grain, r)
	defer r.end() // also if a part panics here
	p.work(0)
}

// end is the end of a task. It forgets the arguments, so that the memory that they hold can be freed.
func (r *Range[T]) end() {
	workers.wait()
	*r = Range[T]{}
	workers.release()
}

// Do runs f on a range.
func (r *Range[T]) Do(_, part int) {
	lo := part * r.grain
	r.f(r.x, lo, min(lo+r.grain, r.n))
}
