package train_test

import (
	"bytes"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gorgonae/gorgonae/train"
)

// A model y = w x + b of one number has the gradients 2 (y - x) x and 2 (y - x) for one example.
func TestProgressNorm(t *testing.T) {
	ds := &table{x: [][]float32{{0.5}, {2}}}
	for _, clip := range []float32{0, 0.25} {
		tr := compile(t, identity(t, 1, nil), train.MSE(), script{values: []float32{3, 0}}, train.Config{Batch: 1, InOrder: true, Clip: clip})
		var got []train.Progress
		_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{Norms: true, Step: func(p train.Progress) { got = append(got, p) }})
		if err != nil {
			t.Fatal(err)
		}
		second := 2 * 7 * math.Sqrt(5) // w and b are 3, so y is 9
		for i, want := range []train.Progress{
			{Done: 1, BatchLoss: 0, Norm: 0, MeanNorm: 0, Loss: 0},
			{Done: 2, BatchLoss: 49, Norm: second, MeanNorm: second / 2, Loss: 24.5},
		} {
			p := got[i]
			near(t, "norm", p.Norm, want.Norm, 1e-6)
			near(t, "mean norm", p.MeanNorm, want.MeanNorm, 1e-6)
			near(t, "loss of the batch", p.BatchLoss, want.BatchLoss, 1e-6)
			near(t, "loss", p.Loss, want.Loss, 1e-6)
			if p.Done != want.Done || p.Rate != tr.History().Epochs[0].Rate || !(p.PerSecond > 0) {
				t.Errorf("step %d: %+v", i+1, p)
			}
		}
	}
}

// Nobody pays for norms who does not ask for them, and a checkpoint does not hold them.
func TestNoNorms(t *testing.T) {
	r, tr := newRun(), trainer(t, train.Config{Batch: 4})
	r.fit(t, tr, train.Hooks{Step: func(p train.Progress) {
		if !math.IsNaN(p.Norm) || !math.IsNaN(p.MeanNorm) {
			t.Errorf("a norm that nobody asked for: %+v", p)
		}
		if p.Done == 4 {
			r.stop()
		}
	}})
	file, err := os.ReadFile(save(t, tr))
	if err != nil || bytes.Contains(file, []byte("gradient_norms")) {
		t.Errorf("the checkpoint holds norms, or %v", err)
	}
}

// Norms change no bit of a training, and their means do not change if the training is stopped after
// any step and resumed.
func TestNormsResumed(t *testing.T) {
	for _, clip := range []float32{0, 0.2} {
		cfg := runConfig
		cfg.Clip = clip
		plain := trainer(t, cfg)
		newRun().fit(t, plain, train.Hooks{})
		want := readRun(t, save(t, plain))

		var whole []float64
		tr := trainer(t, cfg)
		newRun().fit(t, tr, train.Hooks{Norms: true, Step: func(p train.Progress) { whole = append(whole, p.MeanNorm) }})
		if d := cmp.Diff(want, readRun(t, save(t, tr))); d != "" {
			t.Errorf("norms change the training: %s", d)
		}
		var got []float64
		for path, done := "", false; !done; {
			r, tr := newRun(), trainer(t, cfg)
			if path != "" {
				resume(t, tr, path)
			}
			if p := tr.Position(); len(got) > 0 && p.Step > 0 && (p.Done != uint64(len(got)) || p.MeanNorm != got[len(got)-1]) {
				t.Errorf("after %d steps the position is %+v", len(got), p)
			}
			done = r.fit(t, tr, train.Hooks{Norms: true, Step: func(p train.Progress) {
				got = append(got, p.MeanNorm)
				r.stop()
			}})
			path = save(t, tr)
		}
		if d := cmp.Diff(whole, got); d != "" || len(got) != runSteps {
			t.Errorf("clip %v: the mean norms of the resumed run differ: %s", clip, d)
		}
	}
}

// A norm that is not finite neither ends a training, whose checkpoint could not hold it, nor spoils
// the mean. The gradient of w is 2 (y - x) x, which is 4.5e38, while the loss is half of that.
func TestNormNotFinite(t *testing.T) {
	ds := &table{x: [][]float32{{1.5e19}, {1}}}
	tr := compile(t, identity(t, 1, nil), train.MSE(), script{values: []float32{0, 0}}, train.Config{Batch: 1, InOrder: true})
	for _, w := range tr.Model().Weights() {
		clear(w.Data)
	}
	var got []train.Progress
	_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{Norms: true, Step: func(p train.Progress) {
		got = append(got, p)
		save(t, tr)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsInf(got[0].Norm, 1) || !math.IsNaN(got[0].MeanNorm) {
		t.Errorf("the first step has the norm %v and the mean %v, want +Inf and NaN", got[0].Norm, got[0].MeanNorm)
	}
	near(t, "mean of the finite norms", got[1].MeanNorm, math.Sqrt(8), 1e-6)
}
