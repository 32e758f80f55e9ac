package train_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

func roundTrip(t testing.TB, h train.History) (train.History, string) {
	t.Helper()
	var b bytes.Buffer
	if err := h.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := train.ReadCSV(&b)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return got, text
}

// sameHistory compares all bits, except that all NaNs are the same.
func sameHistory(a, b train.History) string {
	bitwise := cmp.Comparer(func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y })
	bitwise32 := cmp.Comparer(func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y })
	return cmp.Diff(a, b, bitwise, bitwise32, cmpopts.EquateEmpty())
}

func TestHistoryRoundTrip(t *testing.T) {
	none := math.NaN()
	s := random.New(1, "history")
	var many train.History
	many.Terms = []string{"kl", "rate"}
	for range 200 {
		number := func() float64 {
			v := math.Float64frombits(s.Uint64())
			if v != v {
				return 1.0 / 3
			}
			return v
		}
		rate := math.Float32frombits(uint32(s.Uint64()))
		if rate != rate {
			rate = 5e-4
		}
		many.Epochs = append(many.Epochs, train.Epoch{Seconds: number(), Loss: number(), ValLoss: number(), Rate: rate,
			Terms: []float64{number(), number()}, ValTerms: []float64{number(), number()}})
	}
	for name, h := range map[string]train.History{
		"nothing":       {},
		"terms alone":   {Terms: []string{"kl"}},
		"no validation": {Epochs: []train.Epoch{{1, 0.1, none, 5e-4, nil, nil}, {1, 1.0 / 3, none, 5e-4, nil, nil}}},
		"no validation of terms": {Terms: []string{"kl"}, Epochs: []train.Epoch{
			{1, 0.1, none, 5e-4, []float64{0.25}, nil}}},
		"ends of the range": {Terms: []string{"a"}, Epochs: []train.Epoch{
			{0, math.SmallestNonzeroFloat64, math.MaxFloat64, math.SmallestNonzeroFloat32, []float64{math.Copysign(0, -1)}, []float64{math.Inf(1)}}}},
		"names to quote": {Terms: []string{`a,"b"`, "", " spaced ", "loss", "two\nlines"}, Epochs: []train.Epoch{
			{1, 2, 3, 4, []float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}}}},
		"many": many,
	} {
		got, text := roundTrip(t, h)
		if d := sameHistory(h, got); d != "" {
			t.Errorf("%s: the history changed (-written +read):\n%s\n%s", name, d, text)
		}
	}
}

// The text of the table does not change.
func TestHistoryTable(t *testing.T) {
	h := train.History{Terms: []string{"kl"}, Epochs: []train.Epoch{
		{1.5, 0.1, 0.30000000000000004, 5e-4, []float64{0.25}, []float64{0.125}},
		{2, 0.0625, math.NaN(), 1e-9, []float64{3}, nil}}}
	_, text := roundTrip(t, h)
	const want = "epoch,seconds,loss,val_loss,lr,kl,val_kl\n1,1.5,0.1,0.30000000000000004,0.0005,0.25,0.125\n2,2,0.0625,,1e-09,3,\n"
	if text != want {
		t.Errorf("the table is\n%s\nwant\n%s", text, want)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestHistoryOntoFullDisk(t *testing.T) {
	wantError(t, train.History{}.WriteCSV(fullDisk{}), "writing the history", "disk full")
}

func TestReadBadHistory(t *testing.T) {
	const head = "epoch,seconds,loss,val_loss,lr\n"
	for _, c := range []struct{ text, want string }{
		{"", "it is empty"},
		{"epoch,seconds,loss\n", `want the columns ["epoch" "seconds" "loss" "val_loss" "lr"], got ["epoch" "seconds" "loss"]`},
		{"epoch,seconds,loss,val_loss,lr,kl\n", "want the columns"},
		{"epoch,seconds,loss,val_loss,lr,kl,val_rate\n", `want the columns ["epoch" "seconds" "loss" "val_loss" "lr" "kl" "val_kl"], got ["epoch" "seconds" "loss" "val_loss" "lr" "kl" "val_rate"]`},
		{head + "1,2,3\n", "wrong number of fields"},
		{head + "2,1,1,1,1\n", `want epoch 1, got "2"`},
		{head + "1,1,1,1,1\n1,1,1,1,1\n", `want epoch 2, got "1"`},
		{head + "1,1,one,1,1\n", `epoch 1: want a number, got "one"`},
		{head + "1,1,1,NaN,1\n", `epoch 1: want a number, got "NaN"`},
		{head + "1,1,1e999,1,1\n", `epoch 1: want a number, got "1e999"`},
		{head + "1,1,1,1,1e39\n", `epoch 1: want a number, got "1e39"`},
		{head + "1,1,\"1,1,1\n", "history"},
	} {
		h, err := train.ReadCSV(strings.NewReader(c.text))
		if err == nil {
			t.Errorf("%q was read as %v", c.text, h)
			continue
		}
		wantError(t, err, "history: ", c.want)
	}
}

// Every history that can be read can be written, and is the same when it is read again.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"epoch,seconds,loss,val_loss,lr\n", "epoch,seconds,loss,val_loss,lr\n1,1.5,0.1,,0.0005\n",
		"epoch,seconds,loss,val_loss,lr,kl,val_kl\n1,1.5,0.1,0.2,0.0005,0.25,0.125\n2,1,,,1,,\n",
		"epoch,seconds,loss,val_loss,lr,\"a\r\n\",\"val_a\r\n\"\n1,Inf,-inf,0x1p-2,0,1,\n", "\"", "epoch\n1\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := train.ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		again, out := roundTrip(t, h)
		if d := sameHistory(h, again); d != "" {
			t.Errorf("the history changed (-read +again):\n%s\n%s", d, out)
		}
	})
}
