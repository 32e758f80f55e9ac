package graph

import (
	"slices"
	"strings"
	"sync"
)

// A program may show what a model makes of something while it is trained. So Predict reads weights
// under a lock, and training changes them under the same lock. Each model has one for the weights of
// its own layers; a model within other models, and a resized one, keeps it with its weights.

// guard is the lock of a model's own weights.
type guard struct {
	sync.RWMutex
	name string // of the model, without a trailing "_model"
}

// guards returns the locks of all weights of a model, each once, in the order of their names: whoever
// takes several takes them in this order, so that nobody waits in a circle.
func guards(weights []*Weight) []*guard {
	var all []*guard
	for _, w := range weights {
		if w.guard != nil && !slices.Contains(all, w.guard) {
			all = append(all, w.guard)
		}
	}
	slices.SortFunc(all, func(a, b *guard) int { return strings.Compare(a.name, b.name) })
	return all
}

// Change calls change, which may change the values of the model's weights, while no Predict reads
// them: an optimizer and an importer call it. change must not call Predict.
func (m *Model) Change(change func()) {
	for _, g := range m.guards {
		g.Lock()
		defer g.Unlock()
	}
	change()
}

// read calls run while nobody changes weights.
func (m *Model) read(run func() error) error {
	for _, g := range m.guards {
		g.RLock()
		defer g.RUnlock()
	}
	return run()
}
