package train_test

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// A run with everything: 3 epochs of 11 examples in batches of 4, shuffled, with dropout, a
// penalty, clipping, a cosine schedule, validation and early stopping (which does not happen).
const (
	runEpochs    = 3
	stepsAnEpoch = 3
	runSteps     = runEpochs * stepsAnEpoch
)

var runConfig = train.Config{Batch: 4, Seed: 7, Schedule: train.Cosine{Warmup: 2}, Clip: 0.2, Patience: 2}

// run is the data of a run with a context that stops it.
type run struct {
	ds, val *table
	ctx     context.Context
	stop    context.CancelFunc
}

func newRun() *run {
	r := &run{ds: &table{x: uniform(1, 11, 6)}, val: &table{x: uniform(2, 9, 6)}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// trainer builds a trainer for the run from scratch.
func trainer(t testing.TB, cfg train.Config) *train.Trainer {
	t.Helper()
	return trainerWith(t, cfg, train.NewAdam(0.01))
}

func trainerWith(t testing.TB, cfg train.Config, opt train.Optimizer) *train.Trainer {
	t.Helper()
	x := graph.Input("x", 6)
	y := graph.Dropout("dropout", graph.LeakyReLU("leakyrelu", graph.Dense("dense_1", x, 5), 0.3), 0.3)
	y = graph.Dense("dense_3", graph.ActivityL2("compact", graph.Dense("dense_2", y, 2), 0.01), 6)
	m := graph.New("run", x, y)
	initialise(t, m)
	return compile(t, m, train.MSE(), opt, cfg)
}

// fit trains until the run is done or interrupted. It reports whether it is done.
func (r *run) fit(t testing.TB, tr *train.Trainer, hooks train.Hooks) (done bool) {
	t.Helper()
	defer r.stop()
	_, err := tr.Fit(r.ctx, r.ds, r.val, runEpochs, hooks)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return err == nil
}

// state is everything that a checkpoint holds, without the seconds. Floats are bits, so that NaNs
// can be compared.
type state struct {
	Weights, Extra map[string][]uint32
	Meta           map[string]string
	Position       map[string]any
	History        string
}

func readRun(t testing.TB, path string) state {
	t.Helper()
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := state{Weights: map[string][]uint32{}, Extra: map[string][]uint32{}, Meta: f.Meta}
	for _, w := range f.Model.Weights() {
		s.Weights[w.Name] = floatBits(w.Data)
	}
	for _, e := range f.Extra {
		s.Extra[e.Name] = floatBits(e.Data)
	}
	if err := json.Unmarshal([]byte(f.Meta["training.position"]), &s.Position); err != nil {
		t.Fatal(err)
	}
	delete(s.Position, "seconds")
	h, err := train.ReadHistory(f.Meta)
	if err != nil {
		t.Fatal(err)
	}
	for i := range h.Epochs {
		h.Epochs[i].Seconds = 0
	}
	var b strings.Builder
	if err := h.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	s.History = b.String()
	delete(f.Meta, "training.position")
	delete(f.Meta, "training.history")
	return s
}

func floatBits(x []float32) []uint32 {
	b := make([]uint32, len(x))
	for i, v := range x {
		b[i] = math.Float32bits(v)
	}
	return b
}

// whole is the state after a run without interruption.
func whole(t testing.TB) state {
	t.Helper()
	tr := trainer(t, runConfig)
	if !newRun().fit(t, tr, train.Hooks{}) {
		t.Fatal("the run did not end")
	}
	s := readRun(t, save(t, tr))
	if len(s.Weights) != 6 || len(s.Extra) != 12 || strings.Count(s.History, "\n") != 1+runEpochs || s.Position["step"] != float64(runSteps) {
		t.Fatalf("the run ended in %+v", s)
	}
	return s
}

func (s state) want(t testing.TB, what string, tr *train.Trainer) {
	t.Helper()
	if d := cmp.Diff(s, readRun(t, save(t, tr))); d != "" {
		t.Errorf("%s: the run ended otherwise than one that was not interrupted (-whole +resumed):\n%s", what, d)
	}
}

func TestResumeAfterEachStep(t *testing.T) {
	want := whole(t)
	for k := 1; k < runSteps; k++ {
		r, tr, steps := newRun(), trainer(t, runConfig), 0
		if r.fit(t, tr, train.Hooks{Step: func(train.Progress) {
			if steps++; steps == k {
				r.stop()
			}
		}}) {
			t.Fatalf("the run went on after step %d", k)
		}
		if steps != k {
			t.Errorf("stopped in step %d, ended after step %d", k, steps)
		}
		again := trainer(t, runConfig)
		resume(t, again, save(t, tr))
		newRun().fit(t, again, train.Hooks{})
		want.want(t, "resumed", again)
		newRun().fit(t, tr, train.Hooks{}) // the same trainer goes on as well
		want.want(t, "went on", tr)
	}
}

// A checkpoint holds the state of every optimizer, and a resumed run goes on with its schedule.
func TestResumeOptimizers(t *testing.T) {
	cfg := runConfig
	cfg.Schedule = train.Step{Every: 1, By: 0.5}
	for _, opt := range []train.Optimizer{train.NewAdamW(0.01, 0.5), train.SGD{LearningRate: 0.1, Momentum: 0.9},
		train.SGD{LearningRate: 0.1, Momentum: 0.9, Nesterov: true}} {
		uninterrupted, steps := trainerWith(t, cfg, opt), 0
		newRun().fit(t, uninterrupted, train.Hooks{})
		r, tr := newRun(), trainerWith(t, cfg, opt)
		r.fit(t, tr, train.Hooks{Step: func(train.Progress) {
			if steps++; steps == stepsAnEpoch+1 {
				r.stop()
			}
		}})
		again := trainerWith(t, cfg, opt)
		resume(t, again, save(t, tr))
		newRun().fit(t, again, train.Hooks{})
		readRun(t, save(t, uninterrupted)).want(t, opt.String(), again)
		for i, e := range again.History().Epochs {
			if want := opt.Rate() / float32(int(1)<<i); e.Rate != want {
				t.Errorf("%v: the rate of epoch %d is %v, want %v", opt, i+1, e.Rate, want)
			}
		}
	}
	other := trainer(t, cfg)
	tr := trainerWith(t, cfg, train.SGD{LearningRate: 0.1})
	newRun().fit(t, tr, train.Hooks{})
	wantError(t, other.Resume(save(t, tr)), "optimizer sgd(momentum=0) as when the run began, got adam(")
}

// The validation of 9 examples is cancelled in its first, second and last batch.
func TestResumeInValidation(t *testing.T) {
	want := whole(t)
	for _, example := range []int{0, 4, 8} {
		for epoch := 1; epoch <= runEpochs; epoch++ {
			r, tr, seen := newRun(), trainer(t, runConfig), 0
			r.val.onExample = func(i int) {
				if i == example {
					if seen++; seen == epoch {
						r.stop()
					}
				}
			}
			finished := r.fit(t, tr, train.Hooks{})
			if last := example == 8; !last && finished || len(tr.History().Epochs) > epoch {
				t.Errorf("cancelled at example %d of validation %d: history %v", example, epoch, tr.History())
			}
			again := trainer(t, runConfig)
			resume(t, again, save(t, tr))
			newRun().fit(t, again, train.Hooks{})
			want.want(t, "resumed", again)
		}
	}
}

// Each step has a process that is stopped right after it. The first process is stopped before its
// first step.
func TestResumeAgainAndAgain(t *testing.T) {
	want := whole(t)
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	for starts := 0; ; starts++ {
		r, tr := newRun(), trainer(t, runConfig)
		if starts > 0 {
			resume(t, tr, path)
		} else {
			r.stop()
		}
		done := r.fit(t, tr, train.Hooks{Step: func(train.Progress) { r.stop() }})
		if err := tr.Save(path, nil); err != nil {
			t.Fatal(err)
		}
		if done {
			want.want(t, "resumed", tr)
			// The process after the last step of an epoch validates the epoch.
			if processes := 1 + runSteps + 1; starts+1 != processes {
				t.Errorf("%d processes, want %d", starts+1, processes)
			}
			return
		}
		if starts > 2*runSteps {
			t.Fatal("the run does not come to an end")
		}
	}
}

// A hook saves and stops the run after each epoch. The last resume finds nothing left to train.
func TestResumeBetweenEpochs(t *testing.T) {
	want := whole(t)
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	for epoch := range runEpochs + 1 {
		tr := trainer(t, runConfig)
		if epoch > 0 {
			resume(t, tr, path)
		}
		if done := tr.Done(runEpochs); done != (epoch == runEpochs) {
			t.Errorf("after %d epochs Done is %v", epoch, done)
		}
		newRun().fit(t, tr, train.Hooks{Epoch: func(train.Epoch) error {
			if err := tr.Save(path, nil); err != nil {
				t.Fatal(err)
			}
			return train.ErrStop
		}})
		if epoch == runEpochs {
			want.want(t, "resumed", tr)
		}
	}
}

// With a constant schedule a run can be extended. It ends like one that had all epochs from the
// start.
func TestEpochsGrow(t *testing.T) {
	cfg := runConfig
	cfg.Schedule, cfg.Patience = nil, 0
	r := newRun()
	long := trainer(t, cfg)
	fit(t, long, r.ds, r.val, 4)
	want := readRun(t, save(t, long))

	short := trainer(t, cfg)
	fit(t, short, r.ds, r.val, 2)
	grown := trainer(t, cfg)
	resume(t, grown, save(t, short))
	fit(t, grown, r.ds, r.val, 4)
	want.want(t, "grown", grown)
	_, err := grown.Fit(t.Context(), r.ds, r.val, 3, train.Hooks{})
	wantError(t, err, "4 epochs already", "3")
}
