//go:build pooltrace

package pool

import "time"

// With the tag pooltrace, the caller of Run does all parts itself, but tasks are cut as for GOMAXPROCS
// workers, and Traced says how long each part took. A program can compute from it how long more workers
// would take than the machine has; bench/cores does.
const tracing = true

// A TracedTask is a call of Run that would have had helpers.
type TracedTask struct {
	Begin, End time.Time
	Regions    [][]time.Duration // of the parts of each region, in order
}

// Traced are all tasks so far.
var Traced []TracedTask

func (p *pool) traceBegin() {
	p.helpers = 0
	Traced = append(Traced, TracedTask{Begin: time.Now(), Regions: make([][]time.Duration, p.regions)})
}

func (p *pool) traceDo(region, part int) {
	start := time.Now()
	p.task.Do(0, part)
	t := &Traced[len(Traced)-1]
	t.Regions[region] = append(t.Regions[region], time.Since(start))
}

func (p *pool) traceEnd() { Traced[len(Traced)-1].End = time.Now() }
