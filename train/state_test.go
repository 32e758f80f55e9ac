package train

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

type examples int

func (n examples) Len() int                             { return int(n) }
func (examples) Shape() (x, y []int)                    { return []int{1}, nil }
func (examples) Example(_, i int, x, _ []float32) error { x[0] = float32(i); return nil }

// Reading any metadata and training on from there ends in an error or after the right number of
// epochs.
func FuzzState(f *testing.F) {
	const head = "epoch,seconds,loss,val_loss,lr\n"
	f.Add(`{"epoch":0,"batch":0,"step":0,"sum":{"rows":0,"values":null},"seconds":0}`, `null`, head)
	f.Add(`{"epoch":1,"batch":1,"step":4,"sum":{"rows":2,"values":[0.5]},"seconds":1.5}`, `{"loss":"mse"}`, head+"1,1,0.5,,0.001\n")
	f.Add(`{"epoch":2,"batch":0,"step":6,"sum":{},"seconds":0}`, `null`, head+"1,1,0.5,,0.001\n2,1,,1,1\n")
	f.Add(`{"epoch":0,"batch":3,"step":3,"sum":{"rows":5,"values":[1e308]}}`, `{}`, head)
	f.Add(`null`, `[]`, head+"1,1,1,1\n")
	x := graph.Input("x", 1)
	m := graph.New("model", x, graph.Dense("dense", x, 1))
	if err := m.Init(1); err != nil {
		f.Fatal(err)
	}
	tr, err := Compile(m, MSE(), NewAdam(1e-3), Config{Batch: 2, InOrder: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, position, settings, history string) {
		pos, began, h, err := readState(map[string]string{positionKey: position, settingsKey: settings, historyKey: history})
		if err != nil || len(h.Terms) > 0 || len(h.Epochs) > 5 {
			return
		}
		tr.pos, tr.settings, tr.history = pos, began, h
		h, err = tr.Fit(t.Context(), examples(5), nil, 6, Hooks{})
		if err == nil && (len(h.Epochs) != 6 || tr.pos.Step != 18) {
			t.Errorf("the run ended at %+v with %d epochs", tr.pos, len(h.Epochs))
		}
	})
}
