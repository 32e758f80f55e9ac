package codec

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/pkg/errors"
)

// InputError is an error in one of the inputs of Merge.
type InputError struct {
	Input int // its number, from 0
	Err   error
}

func (e *InputError) Error() string { return fmt.Sprintf("input %d: %v", e.Input, e.Err) }
func (e *InputError) Unwrap() error { return e.Err }

// Merge writes a file with the images of several files, one file after another, so that a large job
// can be cut into pieces. The codes are copied as they are: the images are those of the inputs, bit
// for bit. Names and labels are kept, and images are numbered anew. Names are not compared, so two
// images may have the same one.
//
// All inputs must have the same model, or name the same one: Fit makes it once for all pieces. They
// must also have the same size of images, the same number of images in a chunk, and the same classes.
// Of the metadata, what all inputs have is kept. Sections that this program does not know are left
// out. Merge refuses an input that is damaged. Errors in an input are an *InputError. The decoder of
// files that name it is not needed.
//
// Merge reads the beginnings of all inputs first. Then it needs memory for one chunk.
func Merge(ctx context.Context, w io.Writer, inputs ...io.Reader) (Info, error) {
	if w == nil {
		return Info{}, errors.New("want a writer for the file, got nil")
	}
	if len(inputs) == 0 {
		return Info{}, errors.New("want files to merge, got none")
	}
	var first *Reader
	var readers []*Reader
	var meta map[string]string
	for i, in := range inputs {
		var known *Model
		if first != nil {
			known = &first.model
		}
		r, err := newReader(in, ReadOptions{Inspect: true}, known)
		if err == nil && len(r.waiting) > 0 {
			err = r.waiting[0]
		}
		if err == nil && i > 0 {
			err = first.alike(r)
		}
		if err != nil {
			return Info{}, &InputError{i, err}
		}
		if i == 0 {
			first, meta = r, r.meta
		} else {
			meta = common(meta, r.meta)
			r.model = Model{} // only one of them is kept in memory
		}
		r.scan.buf = bytes.Buffer{} // it has the size of the model
		readers = append(readers, r)
	}
	o := Options{Chunk: first.head.chunk, Classes: first.classes, Meta: meta, NameModel: first.info.ModelNamed}
	z := newWriter(w, &first.model, o, first.info.Fingerprint)
	if err := z.writeHead(); err != nil {
		return z.Info(), err
	}
	for i, r := range readers {
		if err := z.take(ctx, r, i); err != nil {
			return z.Info(), err
		}
	}
	err := z.Close(ctx)
	return z.Info(), err
}

// take writes all chunks of input i.
func (w *Writer) take(ctx context.Context, r *Reader, i int) error {
	for {
		c, err := r.Next(ctx)
		switch {
		case err == io.EOF:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return &InputError{i, err}
		}
		if w.put(c.Len, c.Names, c.Labels, c.payload); w.err != nil {
			return w.err
		}
	}
}

// alike returns an error that says what another file has that differs.
func (r *Reader) alike(other *Reader) error {
	a, b := &r.model, &other.model
	switch {
	case r.head.size != other.head.size:
		return differs("images of %v", "of %v", r.head.size, other.head.size)
	case r.head.chunk != other.head.chunk:
		return differs("chunks of %d images", "of %d", r.head.chunk, other.head.chunk)
	case r.info.ModelNamed != other.info.ModelNamed:
		return errors.New("want files that all hold their model, or that all name it, got both")
	case r.info.External != other.info.External:
		return errors.New("want files that all hold their decoder, or that all leave it outside, got both: compress all pieces in the same way, each after the first one with the model of the first file")
	case r.info.Fingerprint != other.info.Fingerprint:
		return differs("the model %.16q", "%.16q", r.info.Fingerprint, other.info.Fingerprint)
	case r.info.ModelNamed:
	case !bytes.Equal(a.network, b.network):
		return errors.New("want the decoder of the first file, got another: compress all pieces with one model")
	case !slices.Equal(a.Quantizer.Step, b.Quantizer.Step) || !slices.Equal(a.Quantizer.Offset, b.Quantizer.Offset):
		return errors.New("want the quantiser of the first file, got another, which was fitted to other images: compress all pieces with one model")
	case !bytes.Equal(a.appendPrior(), b.appendPrior()):
		return errors.New("want the prior of the first file, got another, which was fitted to other images: compress all pieces with one model")
	}
	if !slices.Equal(r.classes, other.classes) {
		return differs("the classes %.200q", "%.200q", r.classes, other.classes)
	}
	return nil
}

func differs(want, got string, a, b any) error {
	return errors.Errorf("want "+want+" as in the first file, got "+got, a, b)
}

// common returns the entries that two files' metadata share.
func common(a, b map[string]string) map[string]string {
	c := map[string]string{}
	for key, value := range a {
		if other, ok := b[key]; ok && other == value {
			c[key] = value
		}
	}
	return c
}
