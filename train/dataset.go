package train

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/f32"
)

// Dataset gives examples. A data set may also be Bytes, which is faster, and a Fingerprinter.
type Dataset interface {
	// Len is the number of examples.
	Len() int

	// Shape is the shape of an input and of its target, which is nil where the target is the input itself. They need
	// not be the model's shapes, but of their sizes.
	Shape() (x, y []int)

	// Example writes example i into x, and its target into y unless that is nil. What is random in it must follow
	// from epoch and i.
	Example(epoch, i int, x, y []float32) error
}

// Bytes is a data set that can give its inputs as bytes, which training divides by 255. It has no targets of its own.
type Bytes interface {
	// Bytes returns the function that gives example i as it is in an epoch: either bytes that stay as they are, or
	// scratch, which has an example's size, with the example written into it. What is random in it must follow from
	// epoch and i.
	//
	// self is the data set that is asked for. Bytes returns nil if self is not its receiver: then self embeds it and
	// may have another Example, which is called instead.
	Bytes(self any) func(epoch, i int, scratch []byte) []byte
}

// Fingerprinter is a data set that can tell itself from others. A run is only resumed with data of the same fingerprint.
type Fingerprinter interface {
	// Fingerprint returns a text that changes with the examples. self is the data set that is asked for; Fingerprint
	// returns "" if self is not its receiver.
	Fingerprint(self any) string
}

// checkData refuses data that does not fit the model, or the data before it: graphs are built for data with targets of
// its own, or without.
func (t *Trainer) checkData(what string, ds Dataset) error {
	hasTarget, err := fits(what, ds, t.model)
	if err != nil {
		return err
	}
	if len(t.programs) > 0 && hasTarget != t.hasTarget {
		return errors.Errorf("%s has targets of its own: %v, the data before it: %v, want them alike", what, hasTarget, t.hasTarget)
	}
	t.hasTarget = hasTarget
	return nil
}

// fits refuses data that does not fit a model, and says whether it has targets of its own.
func fits(what string, ds Dataset, m *graph.Model) (hasTarget bool, err error) {
	x, y := ds.Shape()
	if ds.Len() < 1 {
		return false, errors.Errorf("%s is empty", what)
	}
	if y == nil {
		y = x
	} else {
		hasTarget = true
	}
	if in, out := m.In(), m.Out(); graph.Shape(x).Size() != in.Size() || graph.Shape(y).Size() != out.Size() {
		return false, errors.Errorf("%s has inputs of shape %v and targets of shape %v, model %q wants %d and %d numbers",
			what, x, y, m.Name(), in.Size(), out.Size())
	}
	return hasTarget, nil
}

// fingerprint tells a data set from others, as well as the data set itself can.
func fingerprint(ds Dataset) string {
	if f, ok := ds.(Fingerprinter); ok {
		if text := f.Fingerprint(ds); text != "" {
			return text
		}
	}
	x, y := ds.Shape()
	return fmt.Sprintf("%d examples of %v, %v", ds.Len(), x, y)
}

// fill gathers the examples with these indices into the bound input and target.
func (p *program) fill(ds Dataset, epoch int, indices []int32) error {
	in := len(p.x) / p.rows
	if read := bytesOf(ds); read != nil && p.y == nil {
		if p.scratch == nil {
			p.scratch = make([]byte, in)
		}
		for r, i := range indices {
			x := read(epoch, int(i), p.scratch)
			if len(x) != in {
				return errors.Errorf("example %d has %d bytes, want %d", i, len(x), in)
			}
			f32.FromBytes(p.x[r*in:][:in], x)
		}
		return nil
	}
	out := len(p.y) / p.rows
	for r, i := range indices {
		var y []float32
		if p.y != nil {
			y = p.y[r*out:][:out]
		}
		if err := ds.Example(epoch, int(i), p.x[r*in:][:in], y); err != nil {
			return errors.WithMessagef(err, "example %d", i)
		}
	}
	return nil
}

// bytesOf is the function that gives a data set's examples as bytes, or nil if it has none.
func bytesOf(ds Dataset) func(epoch, i int, scratch []byte) []byte {
	if b, ok := ds.(Bytes); ok {
		return b.Bytes(ds)
	}
	return nil
}
