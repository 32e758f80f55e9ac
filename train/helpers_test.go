package train_test

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

// table is a data set in memory. Without y the targets are the inputs.
type table struct {
	x, y      [][]float32
	name      string // the fingerprint of named
	onExample func(i int)
}

func (d *table) Len() int { return len(d.x) }

func (d *table) Shape() (x, y []int) {
	if d.y != nil {
		y = []int{len(d.y[0])}
	}
	return []int{len(d.x[0])}, y
}

func (d *table) Example(_, i int, x, y []float32) error {
	if d.onExample != nil {
		d.onExample(i)
	}
	copy(x, d.x[i])
	if y != nil {
		copy(y, d.y[i])
	}
	return nil
}

// named is a table with a fingerprint.
type named struct{ *table }

func (d named) Fingerprint(any) string { return d.name }

// empty is a data set without examples.
type empty struct{ *table }

func (empty) Len() int { return 0 }

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

// uniform is n rows of numbers in [0, 1).
func uniform(seed uint64, n, width int) [][]float32 {
	s := random.New(seed, "test")
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = make([]float32, width)
		for k := range rows[i] {
			rows[i][k] = s.Float32()
		}
	}
	return rows
}

// tiny is the tutorial's autoencoder at 6-5-2-5-6, with initial weights. change, if any, changes
// its other settings.
func tiny(t testing.TB, change func(*autoencoder.Tutorial)) *autoencoder.Autoencoder {
	t.Helper()
	c := autoencoder.NewTutorial()
	c.Hidden = []int{5}
	if change != nil {
		change(c)
	}
	ae, err := c.Build(graph.Shape{6})
	if err != nil {
		t.Fatal(err)
	}
	initialise(t, ae.Model)
	return ae
}

func initialise(t testing.TB, m *graph.Model) {
	t.Helper()
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
}

// identity is a model of one dense layer, y = x, followed by an activation unless that is nil.
func identity(t testing.TB, width int, activation func(name string, x *graph.Node) *graph.Node) *graph.Model {
	t.Helper()
	x := graph.Input("x", width)
	y := graph.Dense("dense", x, width)
	if activation != nil {
		y = activation("activation", y)
	}
	m := graph.New("identity", x, y)
	initialise(t, m)
	for _, w := range m.Weights() {
		clear(w.Data)
		if len(w.Shape) == 2 {
			for i := range width {
				w.Data[i*width+i] = 1
			}
		}
	}
	return m
}

func compile(t testing.TB, m *graph.Model, loss train.Loss, opt train.Optimizer, cfg train.Config) *train.Trainer {
	t.Helper()
	tr, err := train.Compile(m, loss, opt, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func fit(t testing.TB, tr *train.Trainer, ds, val train.Dataset, epochs int) train.History {
	t.Helper()
	h, err := tr.Fit(context.Background(), ds, val, epochs, train.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func evaluate(t testing.TB, m *graph.Model, ds train.Dataset, loss train.Loss, batch int) (value float64, terms []float64) {
	t.Helper()
	e, err := train.Evaluate(context.Background(), m, ds, loss, batch)
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range e.Terms {
		terms = append(terms, term.Value)
	}
	return e.Loss, terms
}

// save saves a run into a temporary folder and returns the path of the file.
func save(t testing.TB, tr *train.Trainer) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	if err := tr.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

func resume(t testing.TB, tr *train.Trainer, path string) {
	t.Helper()
	if err := tr.Resume(path); err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless err is one line that contains all parts.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	text := err.Error()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("the error is %q, want one with %q", text, p)
		}
	}
	if strings.Contains(text, "\n") {
		t.Errorf("the error has several lines: %q", text)
	}
}

// near fails unless got is want within a tolerance, relative to want or to 1, whichever is larger.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if d := math.Abs(got - want); !(d <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %.9g, want %.9g within %g", what, got, want, tolerance)
	}
}
