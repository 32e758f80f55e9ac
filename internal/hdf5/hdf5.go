// Package hdf5 reads the part of the HDF5 format that Keras's files are made of: model.weights.h5 in a
// .keras archive, .weights.h5, and whole models (.h5). It is written from the public specification, "HDF5
// File Format Specification Version 3.0" of the HDF Group, whose section numbers stand beside the code.
//
// What is read:
//   - superblocks 0, 1, 2 and 3 (II.A), also after a user block; addresses and lengths of 2, 4 or 8 bytes;
//   - object headers 1 and 2 with continuations (IV.A); shared messages where they point to a committed datatype;
//   - groups: symbol tables (B-trees 1, local heaps and nodes; III.A, III.B, III.D), links in the header, and
//     dense links (fractal heap and B-tree 2; III.A.2, III.G), in the order of creation where the file tracks it;
//   - attributes 1, 2 and 3, in the header and dense;
//   - datatypes: integers of 8 to 64 bits, floats of 16 (binary16 and bfloat16), 32 and 64 bits, both byte orders,
//     enumerations of integers (h5py's bool), strings of fixed and of variable length (global heap, III.E), and
//     opaque values of 2 bytes if the dataset's attribute dtype is bfloat16, which is how Keras writes that type;
//   - dataspaces: null, scalar and simple;
//   - layouts: compact, contiguous, and chunked with each of the indices: B-tree 1, single chunk, implicit, fixed
//     array, extensible array and B-tree 2 (VII); fill values;
//   - filters: deflate (gzip), shuffle and Fletcher-32.
//
// Everything else is an [UnsupportedError] that says what it is, once it is asked for: a dataset of
// compounds does not keep others from being read. Soft and external links are listed and not followed.
//
// Files may be hostile. The structures of a valid file do not overlap, so an operation that reads more
// bytes than the file has goes in circles and is stopped. Sizes are checked before memory is taken.
// All checksums are checked.
package hdf5

import (
	"fmt"

	"github.com/pkg/errors"
)

// ErrNotExist says that a group has no member, or an object no attribute, of a name. Errors wrap it.
var ErrNotExist = errors.New("it does not exist")

// FormatError says that a file is damaged or is not an HDF5 file.
type FormatError struct{ Fault string }

func (e *FormatError) Error() string { return e.Fault }

// UnsupportedError says that a file uses a part of the format that this package does not read. The
// file may be valid.
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string {
	return "HDF5: want the part of the format that Keras writes, got " + e.What +
		": load the model in Keras and save it again, or copy the values with h5py to a new file"
}

func malformed(format string, args ...any) error { return &FormatError{fmt.Sprintf(format, args...)} }

func unsupported(format string, args ...any) error {
	return &UnsupportedError{fmt.Sprintf(format, args...)}
}

// product returns the product of sizes, or false if it is larger than limit.
func product(sizes []uint64, limit uint64) (uint64, bool) {
	n := uint64(1)
	for _, s := range sizes {
		if s == 0 {
			return 0, true
		}
	}
	for _, s := range sizes {
		if n > limit/s {
			return 0, false
		}
		n *= s
	}
	return n, n <= limit
}
