package train_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

// planned is a table that keeps what Fit says will be asked for, and what is asked for.
type planned struct {
	*table
	plan  []int32
	wrong string // the first example that did not come in the order of the plan
	order func(key uint64, epoch int) []int32
}

func (p *planned) Ahead(_ int, indices []int32) { p.plan = slices.Clone(indices) }

func (p *planned) Example(epoch, i int, x, y []float32) error {
	if len(p.plan) == 0 || p.plan[0] != int32(i) {
		p.wrong += fmt.Sprintf("example %d was asked for, planned were %v; ", i, p.plan)
		return nil
	}
	p.plan = p.plan[1:]
	return p.table.Example(epoch, i, x, y)
}

func (p *planned) Order(key uint64, epoch int) []int32 { return p.order(key, epoch) }

// Training, validation and prediction say ahead which examples they will ask for, also after a
// resume in the middle of an epoch.
func TestAhead(t *testing.T) {
	none := func(uint64, int) []int32 { return nil }
	ds := &planned{table: &table{x: uniform(1, 7, 6)}, order: none}
	val := &planned{table: &table{x: uniform(2, 3, 6)}, order: none}
	ae := tiny(t, nil)
	tr := compile(t, ae.Model, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 2, Seed: 3})
	if _, err := tr.Fit(t.Context(), ds, val, 2, train.Hooks{}); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Measure(t.Context(), ae.Model, val); err != nil {
		t.Fatal(err)
	}
	if ds.wrong != "" || val.wrong != "" || len(ds.plan) > 0 || len(val.plan) > 0 {
		t.Errorf("%s%s", ds.wrong, val.wrong)
	}
}

// A data set may decide the order of its examples. An order that lacks an example is refused.
func TestOrdered(t *testing.T) {
	var keys []uint64
	ds := &planned{table: &table{x: uniform(1, 4, 6)}, order: func(key uint64, epoch int) []int32 {
		keys = append(keys, key)
		return [][]int32{{3, 1, 0, 2}, {0, 1, 2, 3}}[epoch]
	}}
	var asked []int
	ds.onExample = func(i int) { asked = append(asked, i) }
	tr := compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 3, Seed: 3})
	if _, err := tr.Fit(t.Context(), ds, nil, 2, train.Hooks{}); err != nil {
		t.Fatal(err)
	}
	if want := []int{3, 1, 0, 2, 0, 1, 2, 3}; !slices.Equal(asked, want) || ds.wrong != "" {
		t.Errorf("examples %v were asked for, want %v; %s", asked, want, ds.wrong)
	}
	if want := random.Key(3, "shuffle"); !slices.Equal(keys, []uint64{want, want}) {
		t.Errorf("the keys are %v, want %d", keys, want)
	}
	for _, order := range [][]int32{{0, 1, 2}, {0, 1, 2, 2}, {0, 1, 2, 4}} {
		ds.order = func(uint64, int) []int32 { return order }
		tr := compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 3})
		_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{})
		wantError(t, err, "the order of the data set")
	}
}
