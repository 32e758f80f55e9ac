package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/gofrs/flock"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// outcome is the result of a training.
type outcome struct {
	Row     string  `json:"row"`
	Recipe  string  `json:"recipe"` // of the row; another recipe means another training
	Seed    int     `json:"seed"`
	Epochs  int     `json:"epochs"`
	Loss    float64 `json:"loss"`    // on the test set, after the last epoch
	Seconds float64 `json:"seconds"` // of all epochs, validation included

	// Arithmetic is the version of the bits, internal/f32.Version, with which it was computed; 0 is 1.
	Arithmetic int `json:"arithmetic,omitempty"`

	Processors int `json:"processors"` // that the training could use

	Codings []coded `json:"codings,omitempty"` // of a row with codings
}

// outcomes are all results so far.
type outcomes struct {
	Outcomes []outcome `json:"outcomes"`
}

// stale reports whether the row has other bits today than when the outcome was computed: version 2
// of the arithmetic changed GELU, and nothing else.
func (o *outcome) stale(r row) bool {
	return o.Arithmetic < 2 && r.uses(autoencoder.GELU)
}

// complete reports whether the outcome has the results of all codings of the row.
func (o *outcome) complete(r row) bool {
	return !slices.ContainsFunc(r.codings, func(c coding) bool {
		return !slices.ContainsFunc(o.Codings, func(d coded) bool { return d.Coding == c.key() })
	})
}

// find returns the outcome of a row with its present settings and a seed, or nil if there is none.
func (d *outcomes) find(r row, seed int) *outcome {
	i := slices.IndexFunc(d.Outcomes, func(o outcome) bool { return o.Row == r.name && o.Recipe == r.recipe() && o.Seed == seed })
	if i < 0 {
		return nil
	}
	return &d.Outcomes[i]
}

func readOutcomes(path string) (*outcomes, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &outcomes{}, nil
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	d := &outcomes{}
	return d, errors.Wrapf(json.Unmarshal(text, d), "cannot read %s", path)
}

func (d *outcomes) write(path string) error {
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		return errors.WithStack(err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

// update adds an outcome to the kept ones, unless it is nil, and writes the table. It holds a lock
// meanwhile, so that no outcome of another process is lost.
func update(lockPath, kept, table string, o *outcome) error {
	lock := flock.New(lockPath)
	if err := lock.Lock(); err != nil {
		return errors.WithStack(err)
	}
	defer lock.Unlock()
	done, err := readOutcomes(kept)
	if err != nil {
		return err
	}
	if o != nil {
		done.Outcomes = slices.DeleteFunc(done.Outcomes, func(old outcome) bool {
			return old.Row == o.Row && old.Recipe == o.Recipe && old.Seed == o.Seed
		})
		done.Outcomes = append(done.Outcomes, *o)
		if err := done.write(kept); err != nil {
			return err
		}
	}
	return writeTable(table, rows(), done)
}

// median returns the median of one or more numbers. For an even number of them it is the mean of
// the two in the middle.
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
