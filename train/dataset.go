package train

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// Dataset gives examples. A data set may also be Bytes, which is faster, and a Fingerprinter.
type Dataset interface {
	// Len is the number of examples.
	Len() int

	// Shape is the shape of an input and of its target. y is nil if the target is the input itself.
	// Only the number of elements must be that of the model's input and output; the shapes may
	// differ.
	Shape() (x, y []int)

	// Example writes example i, counted from 0, into x, and its target into y unless y is nil. An
	// image is written in the order height, width, channels. If something in an example is random,
	// it must follow from epoch and i. Numbers that are not finite end a training with an error; so do
	// targets outside [0, 1] if the loss is BinaryCrossEntropy.
	Example(epoch, i int, x, y []float32) error
}

// Bytes is a data set that can give its inputs as bytes, which training divides by 255. It has no
// targets of its own.
type Bytes interface {
	// Bytes returns the function that gives example i as it is in an epoch. The function returns
	// either bytes that nobody changes, or scratch, which has an example's size, with the example
	// written into it. If something in an example is random, it must follow from epoch and i.
	//
	// self is the data set that is asked for. Bytes returns nil if self is not its receiver: then
	// self embeds the receiver and may have an Example of its own, and train calls that.
	Bytes(self any) func(epoch, i int, scratch []byte) []byte
}

// Fingerprinter is a data set that can tell itself from others. A run is only resumed with data of
// the same fingerprint.
type Fingerprinter interface {
	// Fingerprint returns a text that changes with the examples. self is the data set that is asked
	// for. Fingerprint returns "" if self is not its receiver.
	Fingerprint(self any) string
}

// Ahead is a data set that prepares examples before they are asked for: it decodes files, for
// example, while the model computes.
type Ahead interface {
	// Ahead says that Example will be asked for the examples with these indices, in this order. It
	// returns at once. It replaces what an earlier call said. It must not change what Example gives.
	Ahead(epoch int, indices []int32)
}

// Ordered is a data set that decides in which order an epoch trains on its examples, for example
// because neighbours come from one file. A data set that embeds another and has an Order of its own
// returns nil for the order of the trainer.
type Ordered interface {
	// Order returns a permutation of the indices of all examples, or nil. It must follow from key and
	// epoch alone.
	Order(key uint64, epoch int) []int32
}

// ahead tells a data set which examples will be asked for.
func ahead(ds Dataset, epoch int, indices []int32) {
	if a, ok := ds.(Ahead); ok {
		a.Ahead(epoch, indices)
	}
}

// fits refuses data that do not fit a model. It reports whether they have targets of their own.
func fits(what string, ds Dataset, m *graph.Model) (hasTarget bool, err error) {
	x, y := ds.Shape()
	if ds.Len() < 1 {
		return false, errors.Errorf("want at least 1 example, got none: %s is empty", what)
	}
	if y == nil {
		y = x
	} else {
		hasTarget = true
	}
	if in, out := m.In().Size(), m.Out().Size(); graph.Shape(x).Size() != in || graph.Shape(y).Size() != out {
		return false, errors.Errorf("want inputs of %d and targets of %d numbers for model %q, got shapes %v and %v: %s does not fit",
			in, out, m.Name(), x, y, what)
	}
	return hasTarget, nil
}

// Fingerprint tells a data set from others, as well as the data set itself can. A model file keeps
// those of its training and validation data among the settings, see ReadSettings.
func Fingerprint(ds Dataset) string {
	if f, ok := ds.(Fingerprinter); ok {
		if text := f.Fingerprint(ds); text != "" {
			return text
		}
	}
	x, y := ds.Shape()
	return fmt.Sprintf("%d examples of %v, %v", ds.Len(), x, y)
}

// reader reads examples of a data set.
type reader struct {
	Dataset
	bytes func(epoch, i int, scratch []byte) []byte // if it is not nil, it is called instead of Example
}

func read(ds Dataset) reader {
	r := reader{Dataset: ds}
	if b, ok := ds.(Bytes); ok {
		if _, y := ds.Shape(); y == nil {
			r.bytes = b.Bytes(ds)
		}
	}
	return r
}

// batch is the memory of a batch.
type batch struct {
	rows    int
	x, y    []float32 // inputs and targets of all rows; y is nil if the targets are the inputs
	scratch []byte    // an example of a data set of bytes
	images  [][]byte  // the examples of one that has them in memory
	unit    bool      // targets outside [0, 1] are an error
}

// fill writes the examples with these indices into the batch.
func (b *batch) fill(examples reader, epoch int, indices []int32) error {
	if examples.bytes != nil {
		return b.fillBytes(examples, epoch, indices)
	}
	in, out := len(b.x)/b.rows, len(b.y)/b.rows
	for r, i := range indices {
		var y []float32
		if b.y != nil {
			y = b.y[r*out:][:out]
		}
		x := b.x[r*in:][:in]
		err := examples.Example(epoch, int(i), x, y)
		if err == nil {
			err = b.check(x, y)
		}
		if err != nil {
			return errors.WithMessagef(err, "example %d", i)
		}
	}
	return nil
}

// check refuses an example with numbers that cannot be trained on. Without targets of their own, y is
// nil.
func (b *batch) check(x, y []float32) error {
	if y == nil && b.unit && inUnit(x) {
		return nil
	}
	if err := checkFinite(x); err != nil {
		return err
	}
	if y == nil {
		y = x
	} else if err := checkFinite(y); err != nil {
		return errors.WithMessage(err, "target")
	}
	if b.unit {
		return checkUnit(y)
	}
	return nil
}

// fillBytes is fill for a data set of bytes. Examples that the data set has in memory are fetched by
// several goroutines at once; those that it writes into scratch are taken one after another.
func (b *batch) fillBytes(examples reader, epoch int, indices []int32) error {
	in := len(b.x) / b.rows
	if b.scratch == nil {
		b.scratch, b.images = make([]byte, in), make([][]byte, 0, b.rows)
	}
	defer func() { clear(b.images[:cap(b.images)]) }() // else the batch would keep the data set
	b.images = b.images[:0]
	first := 0
	fetch := func(end int) {
		elementwise.FromByteRows(b.x[first*in:end*in], b.images)
		b.images, first = b.images[:0], end
	}
	for r, i := range indices {
		x := examples.bytes(epoch, int(i), b.scratch)
		if len(x) != in {
			return errors.Errorf("example %d: want %d bytes, got %d", i, in, len(x))
		}
		b.images = append(b.images, x)
		if &x[0] == &b.scratch[0] {
			fetch(r + 1)
		}
	}
	fetch(len(indices))
	return nil
}
