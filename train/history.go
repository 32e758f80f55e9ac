package train

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
)

// History is what was measured in each epoch of a run.
type History struct {
	Terms  []string // names of what layers add to the loss
	Epochs []Epoch
}

// Epoch is what was measured in one epoch. All losses are means over the examples.
type Epoch struct {
	Seconds  float64
	Loss     float64   // in training, with all terms
	ValLoss  float64   // on the validation data after the epoch; NaN without validation
	Rate     float32   // the learning rate of the last step
	Terms    []float64 // of Loss, in the order of History.Terms
	ValTerms []float64 // of ValLoss; empty without validation
}

func (h History) columns() []string {
	columns := []string{"epoch", "seconds", "loss", "val_loss", "lr"}
	for _, t := range h.Terms {
		columns = append(columns, t, "val_"+t)
	}
	return columns
}

// WriteCSV writes the history as a table: epoch, seconds, loss, val_loss, lr, and two columns for
// each term. Numbers have all their digits, so that ReadCSV returns the same bits. A missing number
// is empty.
func (h History) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write(h.columns())
	for i, e := range h.Epochs {
		row := []string{strconv.Itoa(i + 1), printFloat(e.Seconds, 64), printFloat(e.Loss, 64), printFloat(e.ValLoss, 64),
			printFloat(float64(e.Rate), 32)}
		for k := range h.Terms {
			val := math.NaN()
			if len(e.ValTerms) > 0 {
				val = e.ValTerms[k]
			}
			row = append(row, printFloat(e.Terms[k], 64), printFloat(val, 64))
		}
		out.Write(row)
	}
	out.Flush()
	return errors.Wrap(out.Error(), "writing the history")
}

func printFloat(v float64, bits int) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, bits)
}

// ReadCSV reads what WriteCSV wrote.
func ReadCSV(r io.Reader) (History, error) {
	var h History
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return h, errors.Wrap(err, "history")
	}
	if len(rows) == 0 {
		return h, errors.New("history: want a table with a head, got nothing: it is empty")
	}
	for i := 5; i < len(rows[0]); i += 2 {
		h.Terms = append(h.Terms, rows[0][i])
	}
	if !slices.Equal(rows[0], h.columns()) {
		return h, errors.Errorf("history: want the columns %q, got %q", h.columns(), rows[0])
	}
	for i, row := range rows[1:] {
		e, err := readEpoch(row)
		if err != nil {
			return h, errors.Wrapf(err, "history: epoch %d", i+1)
		}
		if row[0] != strconv.Itoa(i+1) {
			return h, errors.Errorf("history: want epoch %d, got %.20q", i+1, row[0])
		}
		h.Epochs = append(h.Epochs, e)
	}
	return h, nil
}

func readEpoch(row []string) (Epoch, error) {
	var failed error
	number := func(s string, bits int) float64 {
		if s == "" {
			return math.NaN()
		}
		v, err := strconv.ParseFloat(s, bits)
		if err != nil || math.IsNaN(v) {
			failed = errors.Errorf("want a number, got %.40q", s)
		}
		return v
	}
	e := Epoch{Seconds: number(row[1], 64), Loss: number(row[2], 64), ValLoss: number(row[3], 64), Rate: float32(number(row[4], 32))}
	for i := 5; i < len(row); i += 2 {
		e.Terms = append(e.Terms, number(row[i], 64))
		if row[3] != "" {
			e.ValTerms = append(e.ValTerms, number(row[i+1], 64))
		}
	}
	return e, failed
}
