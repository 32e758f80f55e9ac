package train_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// settings is everything that the numbers of a run depend on, beside the model.
type settings struct {
	loss    train.Loss
	opt     train.Optimizer
	cfg     train.Config
	ds, val train.Dataset
	epochs  int
	init    uint64 // seed of the initial weights
}

func newSettings() settings {
	r := newRun()
	return settings{train.MSE(), train.NewAdam(0.01), runConfig, r.ds, r.val, runEpochs, 1}
}

func (s settings) trainer(t *testing.T) *train.Trainer {
	m := trainer(t, s.cfg).Model()
	if err := m.Init(s.init); err != nil {
		t.Fatal(err)
	}
	return compile(t, m, s.loss, s.opt, s.cfg)
}

// A run refuses each change of a setting, after a resume and in the same process, by a message with
// the name and both values.
func TestOtherSettingsAreRefused(t *testing.T) {
	began := newSettings()
	began.ds = named{&table{x: uniform(1, 11, 6), name: "digits"}}
	began.val = named{&table{x: uniform(2, 9, 6), name: "test digits"}}
	first := began.trainer(t)
	stopped := train.Hooks{Epoch: func(train.Epoch) error { return train.ErrStop }}
	if _, err := first.Fit(t.Context(), began.ds, began.val, began.epochs, stopped); err != nil {
		t.Fatal(err)
	}
	path := save(t, first)
	hashes := map[uint64]string{} // of initial weights, by their seed
	for seed := range uint64(3) {
		s := began
		s.init = seed
		hashes[seed] = initialWeights(t, s.trainer(t).Model())[:12]
	}
	for _, c := range []struct {
		change func(*settings)
		want   string
	}{
		{func(s *settings) { s.loss = train.MAE() }, "want loss mse as when the run began, got mae"},
		{func(s *settings) { s.loss = train.MSE().Sum() }, "want loss mse as when the run began, got mse:sum"},
		{func(s *settings) { s.opt = train.NewAdam(0.02) }, "learning rate 0.01 as when the run began, got 0.02"},
		{func(s *settings) { a := train.NewAdam(0.01); a.Beta1 = 0.8; s.opt = a },
			"optimizer adam(beta1=0.9, beta2=0.999, epsilon=1e-07) as when the run began, got adam(beta1=0.8, beta2=0.999, epsilon=1e-07)"},
		{func(s *settings) { a := train.NewAdam(0.01); a.Beta2 = 0.99; s.opt = a }, "beta2=0.999, epsilon=1e-07) as when the run began, got adam(beta1=0.9, beta2=0.99,"},
		{func(s *settings) { a := train.NewAdam(0.01); a.Epsilon = 1e-8; s.opt = a }, "epsilon=1e-08)"},
		{func(s *settings) { s.opt = train.NewAdamW(0.01, 0.1) }, "as when the run began, got adamw(beta1=0.9, beta2=0.999, epsilon=1e-07, decay=0.1)"},
		{func(s *settings) { s.cfg.Schedule = train.Step{Every: 2, By: 0.5} }, "cosine:warmup=2 over 3 epochs as when the run began, got step:every=2,by=0.5"},
		{func(s *settings) { s.cfg.Batch = 5 }, "batch 4 as when the run began, got 5"},
		{func(s *settings) { s.cfg.Batch = 0 }, "batch 4 as when the run began, got 256"},
		{func(s *settings) { s.cfg.InOrder = true }, "shuffle true as when the run began, got false"},
		{func(s *settings) { s.cfg.Seed = 8 }, "seed 7 as when the run began, got 8"},
		{func(s *settings) { s.cfg.Schedule = nil }, "schedule cosine:warmup=2 over 3 epochs as when the run began, got constant"},
		{func(s *settings) { s.cfg.Schedule = train.Cosine{} }, "schedule cosine:warmup=2 over 3 epochs as when the run began, got cosine over 3 epochs"},
		{func(s *settings) { s.epochs = 4 }, "schedule cosine:warmup=2 over 3 epochs as when the run began, got cosine:warmup=2 over 4 epochs"},
		{func(s *settings) { s.cfg.Clip = 0 }, "clip 0.2 as when the run began, got 0"},
		{func(s *settings) { s.cfg.Patience = 3 }, "patience 2 as when the run began, got 3"},
		{func(s *settings) { s.init = 2 }, "initial weights " + hashes[1] + "… as when the run began, got " + hashes[2] + "…"},
		{func(s *settings) { s.init, s.cfg.Seed = 2, 8 }, "seed 7 as when the run began, got 8"},
		{func(s *settings) { s.ds = named{&table{x: uniform(1, 11, 6), name: "letters"}} }, "data digits as when the run began, got letters"},
		{func(s *settings) { s.ds = &table{x: uniform(1, 12, 6)} }, "data digits as when the run began, got 12 examples of [6], []"},
		{func(s *settings) { s.val = s.ds }, "validation data test digits as when the run began, got digits"},
		{func(s *settings) { s.val = nil; s.cfg.Patience = 0 }, "patience 2 as when the run began, got 0"},
	} {
		s := began
		c.change(&s)
		tr := s.trainer(t)
		resume(t, tr, path)
		_, err := tr.Fit(t.Context(), s.ds, s.val, s.epochs, train.Hooks{})
		wantError(t, err, "want ", c.want, "resume it with the settings and data it began with")
		if len(tr.History().Epochs) != 1 {
			t.Errorf("%s: trained all the same", c.want)
		}
	}
	_, err := first.Fit(t.Context(), began.val, began.val, began.epochs, train.Hooks{})
	wantError(t, err, "data digits as when the run began, got test digits")
	resumed := began.trainer(t) // without a change it goes on
	resume(t, resumed, path)
	fit(t, resumed, began.ds, began.val, began.epochs)
}

// initialWeights is the hash of a model's weights that a checkpoint holds if the run begins with
// them: for each weight its name, a zero byte and its numbers in little-endian order.
func initialWeights(t *testing.T, m *graph.Model) string {
	t.Helper()
	var all bytes.Buffer
	for _, w := range m.Weights() {
		all.WriteString(w.Name + "\x00")
		if err := binary.Write(&all, binary.LittleEndian, w.Data); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(all.Bytes()))
}

// A resumed run must have validation data if and only if it began with them.
func TestValidationStays(t *testing.T) {
	with := newSettings()
	with.cfg.Patience = 0
	without := with
	without.val = nil
	for _, c := range []struct {
		first, then settings
		want        string
	}{
		{with, without, "validation data 9 examples of [6], [] as when the run began, got none"},
		{without, with, "validation data none as when the run began, got 9 examples of [6], []"},
	} {
		tr := c.first.trainer(t)
		fit(t, tr, c.first.ds, c.first.val, runEpochs)
		again := c.then.trainer(t)
		resume(t, again, save(t, tr))
		_, err := again.Fit(t.Context(), c.then.ds, c.then.val, runEpochs, train.Hooks{})
		wantError(t, err, c.want)
	}
}

func TestOtherModelIsRefused(t *testing.T) {
	tr := trainer(t, runConfig)
	x := graph.Input("x", 6)
	m := graph.New("run", x, graph.Dense("dense_3", x, 6))
	initialise(t, m)
	other := compile(t, m, train.MSE(), train.NewAdam(0.01), runConfig)
	path := save(t, other)
	wantError(t, tr.Resume(path), path, "another model", "options it began with")
}

func TestBadConfig(t *testing.T) {
	m := identity(t, 2, nil)
	bad := func(opt train.Optimizer, cfg train.Config, parts ...string) {
		t.Helper()
		_, err := train.Compile(m, train.MSE(), opt, cfg)
		wantError(t, err, parts...)
	}
	bad(nil, train.Config{}, "want an optimizer, got none", "NewAdam")
	good := train.NewAdam(1e-3)
	bad(good, train.Config{Batch: -1}, "a batch of at least 1", "got -1")
	bad(good, train.Config{Clip: -1}, "a clip above 0", "got -1")
	bad(good, train.Config{Clip: nan}, "a clip above 0", "got NaN")
	bad(good, train.Config{Clip: inf}, "a clip above 0", "got +Inf")
	bad(good, train.Config{Patience: -1}, "a patience of at least 1", "got -1")
	bad(good, train.Config{Schedule: train.Cosine{Warmup: -1}}, "a warm-up of 0 or more steps", "got -1")
	bad(good, train.Config{Schedule: train.Step{By: 0.5}}, "step:every=0,by=0.5", "1 or more epochs")
	bad(good, train.Config{Schedule: train.Step{Every: 1, By: 2}}, "step:every=1,by=2", "at most 1")
	for _, rate := range []float32{0, -1, nan, inf} {
		bad(train.NewAdam(rate), train.Config{}, "learning rate", "above 0")
	}
	for _, change := range []func(*train.Adam){
		func(a *train.Adam) { a.Beta1 = 1 }, func(a *train.Adam) { a.Beta1 = -0.1 },
		func(a *train.Adam) { a.Beta2 = 1 }, func(a *train.Adam) { a.Beta2 = -0.1 },
		func(a *train.Adam) { a.Epsilon = 0 }, func(a *train.Adam) { a.Epsilon = inf }, func(a *train.Adam) { a.Epsilon = nan },
	} {
		a := good
		change(&a)
		bad(a, train.Config{}, a.String(), "betas of at least 0 and less than 1", "epsilon above 0")
	}
}

func TestCompileRefuses(t *testing.T) {
	bad := func(m *graph.Model, loss train.Loss, parts ...string) {
		t.Helper()
		_, err := train.Compile(m, loss, train.NewAdam(1e-3), train.Config{})
		wantError(t, err, parts...)
	}
	x := graph.Input("x", 2)
	bad(graph.New("raw", x, graph.Dense("dense", x, 2)), train.MSE(), `"raw"`, "want values for all weights, got no values yet for")
	x = graph.Input("x", 2)
	bad(graph.New("wrong", x, graph.Dense("dense", x, 0)), train.MSE(), `"wrong"`, "0 units")
	x = graph.Input("x", 2)
	still := graph.New("weightless", x, graph.Tanh("tanh", x))
	initialise(t, still)
	bad(still, train.MSE(), `"weightless"`, "want a model with weights to train")
	bad(identity(t, 2, nil), nil, "want a loss, got none", "MSE")
	bad(identity(t, 2, nil), train.ElementwiseLoss{}, "want a loss, got none", "MSE")
}

func TestFitRefuses(t *testing.T) {
	plain, target := &table{x: uniform(1, 3, 2)}, &table{x: uniform(1, 3, 2), y: uniform(2, 3, 2)}
	wide := &table{x: uniform(1, 3, 3)}
	for _, c := range []struct {
		ds, val train.Dataset
		epochs  int
		cfg     train.Config
		want    string
	}{
		{plain, nil, 0, train.Config{}, "want at least 1 epoch, got 0"},
		{plain, nil, -1, train.Config{}, "want at least 1 epoch, got -1"},
		{wide, nil, 1, train.Config{}, `want inputs of 2 and targets of 2 numbers for model "identity", got shapes [3] and [3]: the training data does not fit`},
		{&table{x: uniform(1, 3, 2), y: uniform(1, 3, 3)}, nil, 1, train.Config{}, "got shapes [2] and [3]: the training data does not fit"},
		{plain, wide, 1, train.Config{}, "got shapes [3] and [3]: the validation data does not fit"},
		{empty{plain}, nil, 1, train.Config{}, "the training data is empty"},
		{plain, empty{plain}, 1, train.Config{}, "the validation data is empty"},
		{plain, target, 1, train.Config{}, "in both training and validation data or in none, got them in the training data: false, in the validation data: true"},
		{target, plain, 1, train.Config{}, "in both training and validation data or in none, got them in the training data: true, in the validation data: false"},
		{plain, nil, 1, train.Config{Patience: 1}, "want validation data for a patience of 1 epochs, got none"},
	} {
		tr := compile(t, identity(t, 2, nil), train.MSE(), train.NewAdam(1e-3), c.cfg)
		before := numbers(tr.Model())
		_, err := tr.Fit(t.Context(), c.ds, c.val, c.epochs, train.Hooks{Begin: func() error { panic("begun") }})
		wantError(t, err, c.want)
		if !slices.Equal(before, numbers(tr.Model())) || len(tr.History().Epochs) != 0 {
			t.Errorf("%s: trained all the same", c.want)
		}
	}
}

// A trainer keeps to data with targets of their own, or without.
func TestTargetsStay(t *testing.T) {
	plain, target := &table{x: uniform(1, 3, 2)}, &table{x: uniform(1, 3, 2), y: uniform(2, 3, 2)}
	tr := compile(t, identity(t, 2, nil), train.MSE(), train.NewAdam(1e-3), train.Config{})
	fit(t, tr, target, nil, 1)
	_, err := tr.Fit(t.Context(), plain, nil, 2, train.Hooks{})
	wantError(t, err, "want training data like those before, with targets of their own: true, got: false")
	fit(t, tr, target, nil, 2)
	evaluate(t, tr.Model(), plain, train.MSE(), 0) // compiles its own graphs
}
