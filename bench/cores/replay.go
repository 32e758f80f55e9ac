//go:build pooltrace

package main

import (
	"slices"
	"time"

	"github.com/gorgonae/gorgonae/internal/pool"
)

// What it costs to share out a task, as measured between two cores: a helper that spins joins after
// some time, and takes a part in some time.
const (
	join = time.Microsecond
	take = 50 * time.Nanosecond
)

// task is a task of a step, with the fastest times of all steps.
type task struct {
	before  time.Duration // since the task before
	regions [][]time.Duration
}

// fastest returns the tasks of a step, the first that counts. ends says where steps end in all tasks. A
// step whose tasks are cut in another way does not count: how a product is computed depends on how many
// zeros it has.
func fastest(all []pool.TracedTask, ends []int) []task {
	first := all[ends[warm-1]:ends[warm]]
	tasks := make([]task, len(first))
	for s := warm; s < len(ends); s++ {
		step := all[ends[s-1]:ends[s]]
		if !slices.EqualFunc(step, first, sameCut) {
			continue
		}
		for k, now := range step {
			t := &tasks[k]
			before := now.Begin.Sub(all[ends[s-1]+k-1].End)
			if s == warm {
				*t = task{before, now.Regions}
				continue
			}
			t.before = min(t.before, before)
			for r, parts := range now.Regions {
				for i, d := range parts {
					t.regions[r][i] = min(t.regions[r][i], d)
				}
			}
		}
	}
	return tasks
}

// sameCut reports whether two tasks have as many parts in each region.
func sameCut(a, b pool.TracedTask) bool {
	return slices.EqualFunc(a.Regions, b.Regions, func(x, y []time.Duration) bool { return len(x) == len(y) })
}

// replayed is a step as it would be.
type replayed struct {
	total   time.Duration
	work    time.Duration // of all workers
	between time.Duration // tasks: one worker is busy
	waiting time.Duration // of the caller, for the last part of each task
}

// replay computes how long a step takes with a number of workers.
func replay(tasks []task, workers int) (r replayed) {
	for _, t := range tasks {
		span, caller, work := t.run(workers)
		r.between += t.before
		r.waiting += span - caller
		r.work += work
		r.total += t.before + span
	}
	return r
}

// run returns how long a task takes, when the caller has no more parts to take, and the time of all
// parts. The worker that is free first takes the next part of its region, or of the next region that has
// some.
func (t task) run(workers int) (span, caller, work time.Duration) {
	next := make([]int, len(t.regions))
	free := make([]time.Duration, workers)
	for w := 1; w < workers; w++ {
		free[w] = join
	}
	done := make([]bool, workers)
	for {
		w := -1
		for k := range free {
			if !done[k] && (w < 0 || free[k] < free[w]) {
				w = k
			}
		}
		if w < 0 {
			return span, caller, work
		}
		part, ok := t.take(next, w)
		if !ok {
			if done[w] = true; w == 0 {
				caller = free[w]
			}
			continue
		}
		free[w] += take + part
		work += part
		span = max(span, free[w])
	}
}

func (t task) take(next []int, worker int) (time.Duration, bool) {
	for k := range t.regions {
		r := (worker + k) % len(t.regions)
		if i := next[r]; i < len(t.regions[r]) {
			next[r]++
			return t.regions[r][i], true
		}
	}
	return 0, false
}
