//go:build pooltrace

package main

import (
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/pool"
)

const ms = time.Millisecond

// The second worker joins later, and takes what is left of the first region when its own is done.
func TestReplay(t *testing.T) {
	tasks := []task{{before: 2 * ms, regions: [][]time.Duration{{4 * ms, 4 * ms}, {2 * ms}}}}
	got := replay(tasks, 2)
	span := join + take + 2*ms + take + 4*ms
	want := replayed{total: 2*ms + span, work: 10 * ms, between: 2 * ms, waiting: span - (take + 4*ms)}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := replay(tasks, 1); got.total != 12*ms+3*take || got.waiting != 0 {
		t.Errorf("one worker takes %+v", got)
	}
}

// Of all steps after the first ones that are cut alike, the fastest time of each part and gap counts.
func TestFastest(t *testing.T) {
	var all []pool.TracedTask
	var ends []int
	now := time.Time{}
	for s := range warm + 2 {
		d := []time.Duration{5 * ms, 3 * ms, 4 * ms}[max(s-warm+1, 0)]
		now = now.Add(d)
		all = append(all, pool.TracedTask{Begin: now, End: now.Add(d), Regions: [][]time.Duration{{d}, {7*ms - d}}})
		now = now.Add(d)
		ends = append(ends, len(all))
	}
	for _, regions := range [][][]time.Duration{{{ms}}, {{ms}, {ms, ms}}} {
		all = append(all, pool.TracedTask{Begin: now, End: now, Regions: regions})
		ends = append(ends, len(all))
	}
	all = append(all, all[len(all)-1], all[len(all)-1])
	ends = append(ends, len(all))
	got := fastest(all, ends)
	if len(got) != 1 || got[0].before != 3*ms || got[0].regions[0][0] != 3*ms || got[0].regions[1][0] != 3*ms {
		t.Errorf("got %+v", got)
	}
}

// A traced step is cut for as many workers as were asked for, and takes some time.
func TestStep(t *testing.T) {
	r, err := step(64, 4)
	if err != nil || r.work <= 0 || r.total <= r.between || r.total >= r.work+r.between {
		t.Errorf("got %+v (%v)", r, err)
	}
}
