// Package safetensors reads and writes named float32 tensors in the
// safetensors format, so that every tool of that world can open a model.
//
// A file is the length N of the header as 8 bytes, little-endian, N bytes of
// JSON padded with spaces, and the data:
//
//	{"__metadata__": {"key": "text", ...},
//	 "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//
// The offsets are bytes from the end of the header; the values are
// little-endian and row-major. Source: the format section of
// https://github.com/huggingface/safetensors.
//
// Reading is stricter than the reference library's: a name that appears
// twice is an error, and so is every dtype but F32. Values are not looked at:
// NaN and infinities pass.
package safetensors

import (
	"fmt"
	"io"
	"math"
	"os"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

const (
	maxHeader   = 100_000_000 // bytes; the reference library's limit
	maxNames    = 1 << 17     // tensors, and keys of metadata
	maxAxes     = 64          // of one tensor; numpy's limit
	maxElements = math.MaxInt / 4
	metadataKey = "__metadata__"
	floatType   = "F32"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string    // not empty, UTF-8
	Shape []int     // sizes of the axes, from 0; none for a single number
	Data  []float32 // as many as the product of Shape
}

// File is the content of a safetensors file.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor // in any order; sorted by name when read
}

// FormatError says that a file is damaged, or not a safetensors file at all.
type FormatError struct{ Err error }

func (e *FormatError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *FormatError) Unwrap() error { return e.Err }

// TypeError says that a file may be good, but has tensors of another type than float32.
type TypeError struct{ Type string }

func (e *TypeError) Error() string {
	return fmt.Sprintf("want dtype %s, got %.20q: convert the tensor to float32", floatType, e.Type)
}

// ReadFile reads the file at path. Errors name path and what is wrong with
// the file; nothing is allocated beyond what the file's size allows.
func ReadFile(path string) (*File, error) {
	f, err := readFile(path)
	return f, errors.WithMessagef(atomicfile.Fault(err), "cannot read %s", path)
}

func readFile(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Errorf("want a regular file, got mode %v", info.Mode())
	}
	return Read(r, info.Size())
}

// WriteFile writes f to path, atomically: on any error the old file stays.
// Errors name path and what is wrong.
func WriteFile(path string, f *File) error {
	return atomicfile.Write(path, func(w io.Writer) error { return Write(w, f) })
}

// elements is the number of values in a tensor of this shape.
func elements(shape []int) (int, error) {
	if len(shape) > maxAxes {
		return 0, errors.Errorf("the shape has %d axes, want at most %d", len(shape), maxAxes)
	}
	n := 1
	for _, size := range shape {
		if size < 0 {
			return 0, errors.Errorf("shape %v has a negative size", shape)
		}
		if size > 0 && n > maxElements/size {
			return 0, errors.Errorf("shape %v is too large for any memory", shape)
		}
		n *= size
	}
	return n, nil
}
