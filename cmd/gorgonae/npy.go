package main

import (
	"io"
	"os"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// writeArray writes numbers of a shape as a NumPy array.
func writeArray(path string, x []float32, shape []int) error {
	return atomicfile.Write(path, func(w io.Writer) error { return npy.Write(w, npy.Array{Shape: shape, Data: x}) })
}

// readArray reads a NumPy array of finite numbers.
func readArray(path string) (npy.Array, error) {
	a, err := readFinite(path)
	return a, errors.WithMessagef(err, "cannot read %s", path)
}

func readFinite(path string) (a npy.Array, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return a, atomicfile.Fault(err)
	}
	if !info.Mode().IsRegular() { // asked before opening, which waits where it is a pipe
		return a, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return a, atomicfile.Fault(err)
	}
	defer f.Close()
	if a, err = npy.Read(f, info.Size()); err != nil {
		return a, err
	}
	if !f32.AllFinite(a.Data) {
		return a, errors.New("it holds NaN or infinity")
	}
	return a, nil
}

// checkRows refuses an array of other than rows of a shape, which may also be flat.
func checkRows(path string, a npy.Array, row graph.Shape) error {
	if len(a.Shape) == 0 || !slices.Equal(a.Shape[1:], row) && !slices.Equal(a.Shape[1:], []int{row.Size()}) {
		return errors.Errorf("cannot read %s: its shape is %v, the model wants rows of %v", path, graph.Shape(a.Shape), row)
	}
	return nil
}
