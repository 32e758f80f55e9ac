// Package safetensors reads and writes named tensors of float32 in the safetensors format, so that
// other tools can open a model. It also reads tensors of half precision (F16), bfloat16 (BF16) and double
// precision (F64), as float32: the first two lose nothing, and the last is rounded to the nearest.
//
// A file has three parts: 8 bytes with the length N of the header, little-endian; the header, N
// bytes of JSON padded with spaces; and the data:
//
//	{"__metadata__": {"key": "text", ...},
//	 "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//
// The offsets count bytes from the end of the header. The values are little-endian and row-major.
// Source: the format section of https://github.com/huggingface/safetensors.
//
// This package is stricter than the reference library: a name that appears twice is an error, and
// so is every dtype of no floats. It does not check values: NaN and infinity are allowed.
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
	maxHeader   = 100_000_000     // bytes; the reference library's limit
	maxNames    = 1 << 17         // tensors, and keys of metadata
	maxAxes     = 64              // of one tensor; numpy's limit
	maxElements = math.MaxInt / 8 // 8 bytes are the most that one takes
	metadataKey = "__metadata__"
	floatType   = "F32"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string    // not empty, UTF-8
	Shape []int     // sizes of the axes, 0 or more; no axes for a single number
	Data  []float32 // as many as the product of Shape
}

// File is the content of a safetensors file.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor // in any order; sorted by name when read
}

// FormatError says that a file is damaged or is not a safetensors file.
type FormatError struct{ Err error }

func (e *FormatError) Error() string { return e.Err.Error() }

// Unwrap returns the fault.
func (e *FormatError) Unwrap() error { return e.Err }

// width returns the bytes of a number of a type that Read takes, or 0.
func width(dtype string) int {
	switch dtype {
	case floatType:
		return 4
	case "F16", "BF16":
		return 2
	case "F64":
		return 8
	}
	return 0
}

// stored returns the bytes of a number of a type of the format, or 0 for an unknown type.
func stored(dtype string) int {
	switch dtype {
	case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2":
		return 1
	case "U16", "I16":
		return 2
	case "U32", "I32":
		return 4
	case "U64", "I64":
		return 8
	}
	return width(dtype)
}

// TypeError says that a file has tensors of a type that is not read. The file may be valid.
type TypeError struct{ Type string }

func (e *TypeError) Error() string {
	return fmt.Sprintf("want dtype F32, F16, BF16 or F64, got %.20q: convert the tensor to float32", e.Type)
}

// ReadFile reads the file at path. An error names the path and the fault. ReadFile allocates no
// more memory than the size of the file justifies.
func ReadFile(path string) (*File, error) { return ReadFileWithout(path, nil) }

// ReadFileWithout reads the file at path as ReadFile does, without the tensors that skip names; see
// ReadWithout.
func ReadFileWithout(path string, skip func(name string) bool) (*File, error) {
	f, err := readFile(path, skip)
	return f, errors.WithMessagef(atomicfile.Fault(err), "cannot read %s", path)
}

func readFile(path string, skip func(name string) bool) (*File, error) {
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
	return ReadWithout(r, info.Size(), skip)
}

// WriteFile writes f to path atomically: after an error the old file is still there. An error names
// the path and the fault.
func WriteFile(path string, f *File) error {
	return atomicfile.Write(path, func(w io.Writer) error { return Write(w, f) })
}

// elements returns the number of values in a tensor of this shape.
func elements(shape []int) (int, error) {
	if len(shape) > maxAxes {
		return 0, errors.Errorf("want a shape of at most %d axes, got %d", maxAxes, len(shape))
	}
	n := 1
	for _, size := range shape {
		if size < 0 {
			return 0, errors.Errorf("want sizes of 0 or more, got shape %v", shape)
		}
		if size > 0 && n > maxElements/size {
			return 0, errors.Errorf("want at most %d values, got shape %v", maxElements, shape)
		}
		n *= size
	}
	return n, nil
}
