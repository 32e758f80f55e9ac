package train_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/train"
)

// The losses of this file and of similarity_test.go use only what the packages export, as those of
// a user do.

// rateDistortion is lambda times the squared error, summed over an image. The rate is what layers
// add.
type rateDistortion struct{ lambda float32 }

func (l rateDistortion) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	return b.Do(op.SquaredError(op.ShapeOf(y), l.lambda/float32(b.Rows)), y, target)
}

func (l rateDistortion) Check() error {
	if !(l.lambda > 0) {
		return errors.Errorf("want a lambda above 0, got %v", l.lambda)
	}
	return nil
}

func (l rateDistortion) Label() string  { return "rate and distortion in bits per image" }
func (l rateDistortion) String() string { return fmt.Sprintf("rate-distortion:lambda=%v", l.lambda) }

// coded is a model whose code costs its squared length: a stand-in for bits.
func coded(t testing.TB) *graph.Model {
	t.Helper()
	x := graph.Input("x", 6)
	code := graph.ActivityL2("bits", graph.Dense("encoder", x, 3), 0.05)
	m := graph.New("codec", x, graph.Dense("decoder", code, 6))
	initialise(t, m)
	return m
}

// The larger lambda is, the more bits are spent, and the better the images are. The loss is the sum
// of both.
func TestRateDistortion(t *testing.T) {
	ds := &table{x: uniform(1, 40, 6)}
	var bits, distortion []float64
	for _, lambda := range []float32{0.1, 1, 10} {
		m, loss := coded(t), rateDistortion{lambda}
		tr := compile(t, m, loss, train.NewAdam(0.02), train.Config{Batch: 8})
		h := fit(t, tr, ds, ds, 30)
		first, last := h.Epochs[0], h.Epochs[len(h.Epochs)-1]
		if !(last.ValLoss < first.ValLoss) {
			t.Errorf("%v went from %v to %v", loss, first.ValLoss, last.ValLoss)
		}
		measured, err := train.Measure(t.Context(), m, ds)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "rate + lambda·distortion", last.ValLoss, last.ValTerms[0]+float64(lambda)*measured.SquaredError(), 1e-5)
		bits, distortion = append(bits, last.ValTerms[0]), append(distortion, measured.SquaredError())
	}
	for i := 1; i < len(bits); i++ {
		if bits[i] <= bits[i-1] || distortion[i] >= distortion[i-1] {
			t.Errorf("with a growing lambda the rates are %v and the distortions %v", bits, distortion)
		}
	}
}

// A run is resumed with a loss of the same settings only.
func TestOwnLossOnResume(t *testing.T) {
	ds := &table{x: uniform(1, 8, 6)}
	run := func(lambda float32) *train.Trainer {
		return compile(t, coded(t), rateDistortion{lambda}, train.NewAdam(0.02), train.Config{})
	}
	tr := run(2)
	fit(t, tr, ds, nil, 1)
	path := save(t, tr)
	again, other := run(2), run(3)
	resume(t, again, path)
	fit(t, again, ds, nil, 2)
	resume(t, other, path)
	_, err := other.Fit(t.Context(), ds, nil, 2, train.Hooks{})
	wantError(t, err, "loss rate-distortion:lambda=2 as when the run began, got rate-distortion:lambda=3")
	_, err = train.Compile(coded(t), rateDistortion{-1}, train.NewAdam(0.02), train.Config{})
	wantError(t, err, "want a lambda above 0, got -1")
	_, err = train.Evaluate(t.Context(), coded(t), ds, rateDistortion{}, 0)
	wantError(t, err, "want a lambda above 0, got 0")
}

// stock is the mean squared error, written with Gorgonia's operations.
type stock struct{ rateDistortion }

func (stock) String() string { return "stock" }
func (stock) Check() error   { return nil }

func (stock) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	return b.Try(G.Mean(b.Try(G.Square(b.Try(G.Sub(y, target))))))
}

// Stock operations run in no groups: shards are computed part by part.
func TestStockLoss(t *testing.T) {
	ds := &table{x: uniform(1, 7, 6)}
	for _, shards := range []int{1, 2} {
		train1 := func(loss train.Loss) (_ []float64, _ train.History, groups int) {
			m := coded(t)
			tr := compile(t, m, loss, sgd{0.1}, train.Config{Batch: 4, Shards: shards})
			h := fit(t, tr, ds, ds, 3)
			return numbers(m), h, tr.InGroups()
		}
		got, h, groups := train1(stock{})
		want, built, most := train1(train.MSE())
		if groups != 0 || most == 0 && shards > 1 {
			t.Errorf("%d shards: %d graphs compute groups, and %d with a loss of our ops", shards, groups, most)
		}
		for i, v := range want {
			near(t, "weight", got[i], v, 1e-6)
		}
		for i, e := range built.Epochs {
			near(t, "loss", h.Epochs[i].Loss, e.Loss, 1e-6)
			near(t, "val_loss", h.Epochs[i].ValLoss, e.ValLoss, 1e-6)
		}
	}
}

// twoParts is a loss with a term of its own in the history.
type twoParts struct{ stock }

func (twoParts) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	s := op.ShapeOf(y)
	b.AddLoss("absolute", b.Do(op.AbsoluteError(s, 1/float32(s.Size())), y, target))
	return b.Do(op.SquaredError(s, 1/float32(s.Size())), y, target)
}

func TestLossWithATerm(t *testing.T) {
	ds, m := &table{x: uniform(1, 7, 6)}, identityWithBias(t)
	e, err := train.Evaluate(t.Context(), m, ds, twoParts{}, 3)
	if err != nil || len(e.Terms) != 1 || e.Terms[0].Name != "absolute" {
		t.Fatalf("the evaluation is %+v (%v)", e, err)
	}
	near(t, "term", e.Terms[0].Value, 0.5, 1e-6)
	near(t, "loss", e.Loss, 0.25+0.5, 1e-6)
}

// identityWithBias is y = x + 1/2, of six numbers.
func identityWithBias(t testing.TB) *graph.Model {
	m := identity(t, 6, nil)
	for _, w := range m.Weights() {
		if len(w.Shape) == 1 {
			for i := range w.Data {
				w.Data[i] = 0.5
			}
		}
	}
	return m
}

// vector and nothing are losses that are no scalars.
type vector struct{ stock }

func (vector) Write(b *graph.Builder, y, _ *G.Node) *G.Node { return y }

type nothing struct{ stock }

func (nothing) Write(*graph.Builder, *G.Node, *G.Node) *G.Node { return nil }

func TestLossMustBeAScalar(t *testing.T) {
	for loss, want := range map[train.Loss]string{
		vector{}:  "want a scalar from the loss stock, got shape (1, 6): let Write return the mean over the batch",
		nothing{}: "want a scalar from the loss stock, got nothing",
	} {
		_, err := train.Compile(coded(t), loss, train.NewAdam(0.1), train.Config{})
		wantError(t, err, `model "codec"`, want)
	}
}

// A loss of a program is read by its name once it is registered, and by no other.
func TestRegisterLoss(t *testing.T) {
	read := func(settings string) (train.Loss, error) {
		var l rateDistortion
		if _, err := fmt.Sscanf(settings, "lambda=%g", &l.lambda); err != nil {
			return nil, errors.Errorf("want lambda=F, got %q", settings)
		}
		return l, l.Check()
	}
	if err := train.RegisterLoss("rate-distortion", "rate-distortion:lambda=F", read); err != nil {
		t.Fatal(err)
	}
	want := rateDistortion{24.5}
	if got, err := train.ParseLoss(want.String()); err != nil || got != train.Loss(want) {
		t.Errorf("%q was read as %v (%v)", want, got, err)
	}
	_, err := train.ParseLoss("rate-distortion:mu=3")
	wantError(t, err, `loss "rate-distortion:mu=3": want lambda=F, got "mu=3"`)
	_, err = train.ParseLoss("hinge")
	wantError(t, err, "bce[:sum], rate-distortion:lambda=F, got")
	for _, name := range []string{"", "mse", "rate-distortion", "a:b"} {
		if err := train.RegisterLoss(name, name, read); err == nil {
			t.Errorf("a loss was registered as %q", name)
		}
	}
	if err := train.RegisterLoss("nothing", "nothing", nil); err == nil {
		t.Error("a loss that nothing reads was registered")
	}
}

// misused asks the builder for what only a layer has.
type misused struct {
	rateDistortion
	ask func(b *graph.Builder, y *G.Node)
}

func (l misused) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	l.ask(b, y)
	return l.rateDistortion.Write(b, y, target)
}

// A loss is no layer: what it cannot ask of a builder is an error, and no panic. It may add terms.
func TestLossAndBuilder(t *testing.T) {
	for want, ask := range map[string]func(b *graph.Builder, y *G.Node){
		"Builder.Noise":             func(b *graph.Builder, _ *G.Node) { b.Noise() },
		"Builder.Weight":            func(b *graph.Builder, _ *G.Node) { b.Weight("kernel") },
		"Builder.In":                func(b *graph.Builder, _ *G.Node) { b.In(0) },
		`a scalar as loss term "x"`: func(b *graph.Builder, y *G.Node) { b.AddLoss("x", y) },
	} {
		_, err := train.Compile(coded(t), misused{rateDistortion{1}, ask}, train.NewAdam(1e-3), train.Config{})
		wantError(t, err, want)
	}
	named := misused{rateDistortion{1}, func(b *graph.Builder, y *G.Node) {
		b.AddLoss(b.Name(), b.Do(op.SquaredNorm(op.ShapeOf(y), 0.1), y))
	}}
	tr, err := train.Compile(coded(t), named, train.NewAdam(1e-3), train.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if terms := tr.History().Terms; !slices.Contains(terms, "loss") {
		t.Errorf("the terms are %q, want one of the loss", terms)
	}
}
