package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// outcome is what a training came to.
type outcome struct {
	Row     string  `json:"row"`
	Recipe  string  `json:"recipe"` // with another it is another training
	Seed    int     `json:"seed"`
	Epochs  int     `json:"epochs"`
	Loss    float64 `json:"loss"`    // on the test set, after the last epoch
	Seconds float64 `json:"seconds"` // of all epochs, validation included

	Processors int `json:"processors"` // that it had
}

// results are all outcomes so far.
type results struct {
	Outcomes []outcome `json:"outcomes"`
}

// find returns the outcome of a row, trained as it is now, from a seed; nil if there is none.
func (d *results) find(r row, seed int) *outcome {
	i := slices.IndexFunc(d.Outcomes, func(o outcome) bool { return o.Row == r.name && o.Recipe == r.recipe() && o.Seed == seed })
	if i < 0 {
		return nil
	}
	return &d.Outcomes[i]
}

func readResults(path string) (*results, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &results{}, nil
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	d := &results{}
	return d, errors.Wrapf(json.Unmarshal(text, d), "cannot read %s", path)
}

func (d *results) write(path string) error {
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		return errors.WithStack(err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

// median of at least one number; of an even number of them, the mean of the two in the middle.
func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// meanAndError returns the mean of at least two numbers and its standard error.
func meanAndError(x []float64) (mean, stderr float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}
