// Package npy reads and writes arrays in NumPy's formats, to exchange codes and images with Python:
// one array (.npy), and several with names (.npz). It reads booleans, integers and floats of every size
// up to 64 bits in either order of bytes and of axes, and writes float32.
//
// The libraries that read these files have faults on arrays that NumPy writes or reads. Version 0.14.0
// of codeberg.org/sbinet/npyio refuses headers of version 3, with double quotes, without spaces, with
// long integers (7L), and panics on keys in another order and on a header without its last comma. The
// version of 2021-05-19 of github.com/kshedden/gonpy refuses version 3 and double quotes, and panics on
// long integers. Neither reorders the numbers of arrays in Fortran's order, converts between types, or
// notices bytes after the data.
//
// A file has the magic "\x93NUMPY", two bytes of version, the length of the header, the header, and
// the data. The length is a little-endian uint16 in version 1 and a uint32 in later versions. The header
// is a literal of Python that ends in a newline. Source:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
package npy

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

const (
	magic     = "\x93NUMPY"
	align     = 64      // the data begin at a multiple of this many bytes
	maxHeader = 1 << 16 // bytes; the header of a plain array has about 120
	maxAxes   = 64      // of an array; NumPy's limit
)

// Array is an array of numbers.
type Array struct {
	Shape []int     // length of each axis; a scalar has none
	Data  []float32 // row-major, the numbers as they are, rounded to float32
	Type  Type      // of the numbers in the file that was read
	Bytes []byte    // in place of Data, for an array of uint8 that was read by ReadBytes
}

// Write writes an array as float32, whatever its Type. Shape and data must fit together.
func Write(w io.Writer, a Array) error {
	if n := numbers(a.Shape); n != len(a.Data) {
		return errors.Errorf("want %d numbers for an array of shape %s, got %d", n, shapeText(a.Shape), len(a.Data))
	}
	out := NewWriter(w, a.Shape)
	if err := out.Write(a.Data); err != nil {
		return err
	}
	return out.Close()
}

// Writer writes an array of float32 piece by piece, so that it need not lie in memory.
type Writer struct {
	out  *bufio.Writer // it keeps its first error
	left int           // numbers to come
}

// NewWriter returns a writer of an array of a shape.
func NewWriter(w io.Writer, shape []int) *Writer {
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shapeText(shape))
	const before = len(magic) + 2 + 2
	header += strings.Repeat(" ", (align-(before+len(header)+1)%align)%align) + "\n"
	out := bufio.NewWriter(w)
	out.WriteString(magic + "\x01\x00")
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	out.WriteString(header)
	return &Writer{out, numbers(shape)}
}

// Write adds the next numbers, row-major. It refuses more than the shape has.
func (w *Writer) Write(data []float32) error {
	if w.left -= len(data); w.left < 0 {
		return errors.Errorf("want as many numbers as the shape of the array has, got %d more", -w.left)
	}
	var word [4]byte
	for _, v := range data {
		binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
		if _, err := w.out.Write(word[:]); err != nil {
			return errors.Wrap(err, "cannot write the array")
		}
	}
	return nil
}

// Close writes what is buffered. It refuses fewer numbers than the shape has.
func (w *Writer) Close() error {
	if w.left > 0 {
		return errors.Errorf("want as many numbers as the shape of the array has, got %d fewer", w.left)
	}
	return errors.Wrap(w.out.Flush(), "cannot write the array")
}

// shapeText returns a shape as Python writes it.
func shapeText(shape []int) string {
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.Itoa(n)
	}
	text := strings.Join(sizes, ", ")
	if len(sizes) == 1 {
		text += "," // a tuple of one
	}
	return "(" + text + ")"
}

// numbers returns how many numbers an array of a shape has.
func numbers(shape []int) int {
	n := 1
	for _, side := range shape {
		n *= side
	}
	return n
}
