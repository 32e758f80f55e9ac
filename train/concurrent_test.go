package train_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// stepper is an optimizer that sets all weights to the number of the step, slowly.
type stepper struct{}

func (stepper) Rate() float32   { return 1 }
func (stepper) Check() error    { return nil }
func (stepper) String() string  { return "stepper" }
func (stepper) Slots() []string { return nil }

func (stepper) Update(step uint64, _ float32, w *graph.Weight, _ []float32, _ [][]float32) {
	for i := range w.Data {
		if i%16 == 0 {
			runtime.Gosched()
		}
		w.Data[i] = float32(step)
	}
}

// Predict of a model and of a model within, while Fit trains it, computes with the weights between
// two steps, never with some of one step and some of the next. With -race the test finds unguarded
// memory.
func TestPredictDuringFit(t *testing.T) {
	const width = 16
	x := graph.Input("x", width)
	encoder := graph.New("encoder_model", x, graph.Dense("dense", x, width))
	y := graph.Input("y", width)
	decoder := graph.New("decoder_model", y, graph.Dense("dense", y, width))
	z := graph.Input("z", width)
	m := graph.New("AE", z, decoder.Apply(encoder.Apply(graph.BatchNorm("norm", z))))
	swapped := graph.Input("swapped", width)
	other := graph.New("other", swapped, encoder.Apply(decoder.Apply(swapped))) // takes the locks in another order, were it not for their names
	initialise(t, m)
	tr := compile(t, m, train.MSE(), stepper{}, train.Config{Batch: 4})
	ds := &table{x: uniform(1, 40, width)}
	for _, w := range m.Weights() {
		clear(w.Data)
	}

	ones := slices.Repeat([]float32{1}, width)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for _, c := range []struct {
		model *graph.Model
		y     func(s float32) float32 // of ones, if all weights are s
	}{
		{encoder, func(s float32) float32 { return (width + 1) * s }},
		{other, func(s float32) float32 { return (width*(width+1)*s + 1) * s }},
		{m, nil},
	} {
		readers.Go(func() {
			for last := float32(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				y, err := c.model.Predict(t.Context(), ones)
				if err != nil {
					t.Error(err)
					return
				}
				if c.y == nil {
					continue
				}
				for last < 1000 && c.y(last) < y[0] {
					last++
				}
				if i := slices.IndexFunc(y, func(v float32) bool { return v != c.y(last) }); i >= 0 {
					t.Errorf("model %q with weights between two steps gives %v at place %d, want %v", c.model.Name(), y[i], i, c.y(last))
					return
				}
			}
		})
	}
	fit(t, tr, ds, ds, 20)
	close(stop)
	readers.Wait()
}
