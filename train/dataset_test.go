package train_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// pixels is a data set of bytes. Its Example must not be called.
type pixels struct {
	rows   [][]byte
	width  int // what Shape says
	target bool
}

func (d pixels) Len() int { return len(d.rows) }

func (d pixels) Shape() (x, y []int) {
	if d.target {
		y = []int{1, d.width}
	}
	return []int{1, d.width}, y // not the model's shape, but its size
}

func (d pixels) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, _ []byte) []byte { return d.rows[i] }
}

func (d pixels) Example(_, i int, x, y []float32) error {
	if !d.target {
		return errors.New("Example was called")
	}
	for k, b := range d.rows[i] {
		x[k] = float32(b) / 255
		y[k] = 1
	}
	return nil
}

// Training on bytes gives the same bits as training on the numbers divided by 255.
func TestBytes(t *testing.T) {
	rows := [][]byte{{0, 1, 2}, {255, 254, 128}, {3, 77, 200}, {9, 9, 9}}
	numbered := &table{}
	for _, row := range rows {
		x := make([]float32, len(row))
		for i, b := range row {
			x[i] = float32(b) / 255
		}
		numbered.x = append(numbered.x, x)
	}
	var bits [2][]float64
	for i, ds := range []train.Dataset{pixels{rows: rows, width: 3}, numbered} {
		m := identity(t, 3, nil)
		fit(t, compile(t, m, train.MSE().Sum(), sgd{0.1}, train.Config{Batch: 3}), ds, ds, 3)
		bits[i] = numbers(m)
	}
	if !slices.Equal(bits[0], bits[1]) {
		t.Errorf("bytes give the weights %v, numbers %v", bits[0], bits[1])
	}
}

// A data set of bytes with targets of its own is read by Example.
func TestBytesWithTargets(t *testing.T) {
	ds := pixels{rows: [][]byte{{0, 51, 255}}, width: 3, target: true}
	loss, _ := evaluate(t, identity(t, 3, nil), ds, train.MSE(), 0)
	near(t, "loss", loss, (1+0.8*0.8+0)/3, 1e-7)
}

// negative embeds a set of images and shows their negatives.
type negative struct{ *images.Set }

func (d negative) Example(epoch, i int, x, y []float32) error {
	err := d.Set.Example(epoch, i, x, y)
	for k, v := range x {
		x[k] = 1 - v
	}
	return err
}

// inverted embeds a set of augmented images and shows their negatives.
type inverted struct{ *images.Augmented }

func (d inverted) Example(epoch, i int, x, y []float32) error {
	err := d.Augmented.Example(epoch, i, x, y)
	for k, v := range x {
		x[k] = 1 - v
	}
	return err
}

// A data set that embeds another is read by its own Example, although it has the methods Bytes and
// Fingerprint of the embedded one.
func TestEmbeddedDataset(t *testing.T) {
	set := &images.Set{Channels: 1, Height: 1, Width: 3, Pixels: []byte{0, 51, 255, 102, 255, 0}}
	augmented, err := images.Augment(set, images.Augmentation{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, ds := range []train.Dataset{negative{set}, inverted{augmented}} {
		want := []float32{1, 0.8, 0, 0.6, 0, 1}
		err := train.Predict(t.Context(), identity(t, 3, nil), ds, func(_ int, y, target []float32) error {
			for i, v := range want {
				near(t, "output", float64(y[i]), float64(v), 1e-7)
				near(t, "target", float64(target[i]), float64(v), 1e-7)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tr := compile(t, identity(t, 3, nil), train.MSE(), train.NewAdam(1e-3), train.Config{})
	fit(t, tr, set, nil, 1)
	_, err = tr.Fit(t.Context(), negative{set}, nil, 2, train.Hooks{})
	wantError(t, err, "want data ", "as when the run began, got 2 examples of [1 1 3], []")
}

func TestBytesOfWrongSize(t *testing.T) {
	for _, rows := range [][][]byte{{{1, 2, 3}, {1, 2}}, {{1, 2, 3}, {1, 2, 3, 4}}, {{1, 2, 3}, nil}} {
		ds := pixels{rows: rows, width: 3}
		m := identity(t, 3, nil)
		want := fmt.Sprintf("example 1: want 3 bytes, got %d", len(rows[1]))
		tr := compile(t, m, train.MSE(), sgd{1}, train.Config{InOrder: true})
		_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{})
		wantError(t, err, "epoch 1, step 1: "+want)
		_, err = train.Evaluate(t.Context(), m, ds, train.MSE(), 0)
		wantError(t, err, want)
		_, err = train.Measure(t.Context(), m, ds)
		wantError(t, err, want)
	}
}

// failing returns an error for one example.
type failing struct {
	*table
	at int
}

func (d failing) Example(epoch, i int, x, y []float32) error {
	if i == d.at {
		return errors.Errorf("unreadable in epoch %d", epoch)
	}
	return d.table.Example(epoch, i, x, y)
}

func TestExampleFails(t *testing.T) {
	ds := &table{x: uniform(1, 7, 3)}
	tr := compile(t, identity(t, 3, nil), train.MSE(), sgd{0.1}, train.Config{Batch: 2, InOrder: true})
	_, err := tr.Fit(t.Context(), failing{ds, 4}, nil, 2, train.Hooks{})
	wantError(t, err, "epoch 1, step 3: example 4: unreadable in epoch 0")
	tr = compile(t, identity(t, 3, nil), train.MSE(), sgd{0.1}, train.Config{Batch: 2, InOrder: true})
	_, err = tr.Fit(t.Context(), ds, failing{ds, 6}, 2, train.Hooks{})
	wantError(t, err, "validation after epoch 1: example 6: unreadable")
}

// An epoch sees each example once, with any batch size. They are in order, or shuffled in a new
// order each epoch that follows from the seed. The epoch that the data set is given counts from 0.
func TestOrder(t *testing.T) {
	const n, epochs = 10, 3
	seen := func(cfg train.Config) [][]int {
		orders := make([][]int, epochs)
		ds := watched{&table{x: uniform(1, n, 2)}, orders}
		fit(t, compile(t, identity(t, 2, nil), train.MSE(), sgd{0}, cfg), ds, nil, epochs)
		return orders
	}
	inOrder := make([]int, n)
	for i := range inOrder {
		inOrder[i] = i
	}
	for _, order := range seen(train.Config{Batch: 3, InOrder: true, Seed: 1}) {
		if !slices.Equal(order, inOrder) {
			t.Errorf("in order is %v", order)
		}
	}
	shuffled := seen(train.Config{Batch: 3, Seed: 1})
	for epoch, order := range shuffled {
		if slices.Equal(order, inOrder) || epoch > 0 && slices.Equal(order, shuffled[epoch-1]) {
			t.Errorf("epoch %d is not shuffled: %v", epoch+1, order)
		}
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, inOrder) {
			t.Errorf("epoch %d saw %v", epoch+1, order)
		}
	}
	for _, c := range []struct {
		cfg  train.Config
		same bool
	}{{train.Config{Batch: 4, Seed: 1}, true}, {train.Config{Batch: 3, Seed: 2}, false}} {
		for epoch, order := range seen(c.cfg) {
			if slices.Equal(order, shuffled[epoch]) != c.same {
				t.Errorf("%+v: epoch %d saw %v, with batch 3 and seed 1 it was %v", c.cfg, epoch+1, order, shuffled[epoch])
			}
		}
	}
}

// watched records the examples that it is asked for.
type watched struct {
	*table
	orders [][]int
}

func (d watched) Example(epoch, i int, x, y []float32) error {
	d.orders[epoch] = append(d.orders[epoch], i)
	return d.table.Example(epoch, i, x, y)
}

// The errors of two examples are known. Repeated many times, they make several batches and a
// partial one.
func TestMetrics(t *testing.T) {
	x, y := [][]float32{{0, 1, 0.5, 0.25}, {1, 1, 1, 1}}, [][]float32{{0, 0.5, 0.5, 0.25}, {1, 1, 1, 0.75}}
	for _, times := range []int{1, 150, 256} {
		m, err := train.Measure(t.Context(), identity(t, 4, nil), &table{x: slices.Repeat(x, times), y: slices.Repeat(y, times)})
		if err != nil {
			t.Fatal(err)
		}
		const mse = (0.25 + 0.0625) / 8
		if m.Examples != 2*times || m.Features != 4 {
			t.Errorf("%d examples of %d features, want %d of 4", m.Examples, m.Features, 2*times)
		}
		near(t, "MSE", m.MSE, mse, 1e-9)
		near(t, "RMSE", m.RMSE(), math.Sqrt(mse), 1e-9)
		near(t, "squared error", m.SquaredError(), 4*mse, 1e-9)
		near(t, "PSNR", m.PSNR(), 14.0824, 1e-6)
	}
	m, err := train.Measure(t.Context(), identity(t, 4, nil), &table{x: x})
	if err != nil || m.MSE != 0 || !math.IsInf(m.PSNR(), 1) {
		t.Errorf("a perfect reconstruction has %+v, PSNR %v (%v)", m, m.PSNR(), err)
	}
}

func TestMeasureRefuses(t *testing.T) {
	m, two := identity(t, 4, nil), &table{x: uniform(1, 3, 2)}
	for _, c := range []struct {
		ds   train.Dataset
		want string
	}{
		{two, `want inputs of 4 and targets of 4 numbers for model "identity", got shapes [2] and [2]: the data does not fit`},
		{empty{&table{x: uniform(1, 1, 4)}}, "want at least 1 example, got none: the data is empty"},
		{&table{x: uniform(1, 3, 4), y: uniform(1, 3, 2)}, `want inputs of 4 and targets of 4 numbers for model "identity", got shapes [4] and [2]`},
		{&table{x: [][]float32{{nan, 0, 0, 0}}}, "example 0: want finite numbers, got NaN at place 0 of 4"},
		{&table{x: [][]float32{{1e30, 0, 0, 0}}, y: [][]float32{{0, 0, 0, 0}}}, "want a finite mean squared error, got +Inf"},
	} {
		_, err := train.Measure(t.Context(), m, c.ds)
		wantError(t, err, c.want)
	}
}

// Predict gives each batch to its function with its position and targets, and ends when the
// function returns an error.
func TestPredict(t *testing.T) {
	ds := &table{x: uniform(1, 600, 3), y: uniform(2, 600, 2)}
	next := 0
	err := train.Predict(t.Context(), identity(t, 3, nil), ds, func(first int, y, target []float32) error {
		if first != next {
			t.Fatalf("a batch begins at %d, want %d", first, next)
		}
		next += len(y) / 3
		want, wantTarget := slices.Concat(ds.x[first:next]...), slices.Concat(ds.y[first:next]...)
		if !slices.Equal(y, want) || !slices.Equal(target, wantTarget) {
			t.Errorf("examples %d to %d have other outputs or targets", first, next)
		}
		return nil
	})
	if err != nil || next != 600 {
		t.Errorf("%d examples of 600 (%v)", next, err)
	}
	broken, calls := errors.New("disk full"), 0
	err = train.Predict(t.Context(), identity(t, 3, nil), ds, func(int, []float32, []float32) error { calls++; return broken })
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("after an error there were %d calls and %v", calls, err)
	}
}

// A model whose output and input differ in size is trained on data with targets of their own.
func TestTargetsOfAnotherSize(t *testing.T) {
	x := graph.Input("x", 3)
	m := graph.New("classifier", x, graph.Dense("dense", x, 2))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	tr := compile(t, m, train.MSE(), sgd{0.1}, train.Config{})
	h := fit(t, tr, &table{x: uniform(1, 8, 3), y: uniform(2, 8, 2)}, nil, 2)
	if first, second := h.Epochs[0].Loss, h.Epochs[1].Loss; !(second < first) {
		t.Errorf("the loss is %v, then %v", first, second)
	}
	_, err := tr.Fit(t.Context(), &table{x: uniform(1, 8, 3)}, nil, 3, train.Hooks{})
	wantError(t, err, "want inputs of 3 and targets of 2 numbers for model \"classifier\", got shapes [3] and [3]: the training data does not fit")
}
