package op

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// reader is an adapter with one input of n numbers.
func reader(n int) *adapter { return &adapter{call: &call{Op: Op{Name: "Op"}}, in: []Shape{{n}}} }

// Our operations read any view of a tensor in row-major order.
func TestAdapterReadsViews(t *testing.T) {
	full := func(options ...tensor.ConsOpt) *tensor.Dense {
		backing := []float32{0, 1, 2, 3, 4, 5}
		return tensor.New(append(options, tensor.WithShape(2, 3), tensor.WithBacking(backing))...)
	}
	transposed, columns, doubles := full(), full(), tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{1, 2}))
	if err := transposed.T(); err != nil {
		t.Fatal(err)
	}
	view, err := columns.Slice(nil, tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		value G.Value
		want  []float32 // nil for an error
	}{
		"whole":        {full(), []float32{0, 1, 2, 3, 4, 5}},
		"transposed":   {transposed, []float32{0, 3, 1, 4, 2, 5}},
		"columns":      {view, []float32{1, 2, 4, 5}},
		"scalar":       {G.NewF32(7), []float32{7}},
		"column-major": {full(tensor.AsFortran(nil)), nil},
		"double":       {doubles, nil},
		"double, one":  {G.NewF64(7), nil},
	} {
		got, err := reader(max(len(c.want), 1)).slice(0, c.value)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: read as %v (%v), want %v", name, got, err, c.want)
		}
	}
	if _, err := reader(5).slice(0, full()); err == nil {
		t.Error("6 numbers were read for 5")
	}
}
