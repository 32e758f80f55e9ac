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

// readArray reads rows of a shape from a NumPy array, in which they may also be flat.
func readArray(path string, row graph.Shape) ([]float32, error) {
	x, err := readRows(path, row)
	return x, errors.WithMessagef(err, "cannot read %s", path)
}

func readRows(path string, row graph.Shape) ([]float32, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, atomicfile.Fault(err)
	}
	if !info.Mode().IsRegular() { // asked before opening, which waits where it is a pipe
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, atomicfile.Fault(err)
	}
	defer f.Close()
	a, err := npy.Read(f, info.Size())
	if err != nil {
		return nil, err
	}
	if len(a.Shape) == 0 || !slices.Equal(a.Shape[1:], row) && !slices.Equal(a.Shape[1:], []int{row.Size()}) {
		return nil, errors.Errorf("its shape is %v, the model wants rows of %v", graph.Shape(a.Shape), row)
	}
	if !f32.AllFinite(a.Data) {
		return nil, errors.New("it holds NaN or infinity")
	}
	return a.Data, nil
}
