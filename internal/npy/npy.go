// Package npy reads and writes arrays in NumPy's format, to exchange codes and images with Python.
// It reads float32, float64 and bytes, and writes float32, with any number of axes. It does not use
// the library github.com/sbinet/npyio, because that library does not write float32 arrays of more
// than one axis and crashes on a damaged header.
//
// A file has the magic "\x93NUMPY", two bytes of version, the length of the header, the header, and
// the data in row-major order. The length is a little-endian uint16 in version 1 and a uint32 in
// later versions. The header is a Python literal that ends in a newline. Source:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
package npy

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

const (
	magic     = "\x93NUMPY"
	align     = 64      // the data begin at a multiple of this many bytes
	maxHeader = 1 << 16 // bytes; the header of a plain array has about 120
)

// Array is an array of numbers.
type Array struct {
	Shape []int     // length of each axis; a scalar has none
	Data  []float32 // row-major
}

// Write writes an array as float32. Shape and data must fit together.
func Write(w io.Writer, a Array) error {
	if n := numbers(a.Shape); n != len(a.Data) {
		return errors.Errorf("want %d numbers for an array of shape %s, got %d", n, tuple(a.Shape), len(a.Data))
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
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", tuple(shape))
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

// tuple returns a shape as Python writes it.
func tuple(shape []int) string {
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

// Read reads an array from a file of size bytes. It rounds float64 to float32, and divides bytes by
// 255. It refuses other types, column-major arrays, and a file whose data do not have the size that
// its header states. It allocates memory only for data that the file can hold.
func Read(r io.Reader, size int64) (Array, error) {
	in := bufio.NewReader(r)
	header, read, err := readHeader(in)
	if err != nil {
		return Array{}, err
	}
	kind, shape, err := parseHeader(header)
	if err != nil {
		return Array{}, err
	}
	width := map[string]int64{"<f4": 4, "<f8": 8, "|u1": 1}[kind]
	if width == 0 {
		return Array{}, errors.Errorf("want float32 (<f4), float64 (<f8) or bytes (|u1), got numbers of type %q", kind)
	}
	n, left := int64(1), (size-read)/width // n stays below left+2, so that it cannot overflow
	if slices.Contains(shape, 0) {
		n = 0
	}
	for _, s := range shape {
		if s > 0 && n > left/int64(s) {
			n = left + 1
			break
		}
		n *= int64(s)
	}
	if n*width != size-read {
		return Array{}, errors.Errorf("want the data of an array of shape %v and type %s, as its header states, got %d bytes of data",
			shape, kind, size-read)
	}
	data, err := readData(in, kind, int(n))
	return Array{shape, data}, err
}

func readHeader(in io.Reader) (header string, read int64, err error) {
	var prelude [len(magic) + 2]byte
	if _, err := io.ReadFull(in, prelude[:]); err != nil || string(prelude[:len(magic)]) != magic {
		return "", 0, errors.New("want a NumPy array, got another format")
	}
	length := make([]byte, 4)
	switch prelude[len(magic)] {
	case 1:
		length = length[:2]
	case 2, 3:
	default:
		return "", 0, errors.Errorf("want NumPy's format in version 1, 2 or 3, got version %d", prelude[len(magic)])
	}
	if _, err := io.ReadFull(in, length); err != nil {
		return "", 0, errors.New("want a whole header, got a file that ends in it")
	}
	n := binary.LittleEndian.Uint32(append(length, 0, 0)[:4])
	if n > maxHeader {
		return "", 0, errors.Errorf("want a header of at most %d bytes, got %d", maxHeader, n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return "", 0, errors.New("want a whole header, got a file that ends in it")
	}
	return string(text), int64(len(prelude)) + int64(len(length)) + int64(n), nil
}

var literal = regexp.MustCompile(`^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \}[ \n]*$`)

func parseHeader(header string) (kind string, shape []int, err error) {
	m := literal.FindStringSubmatch(header)
	if m == nil {
		return "", nil, errors.Errorf("want a header with type, order and shape of an array, got %.200q", header)
	}
	if m[2] == "True" {
		return "", nil, errors.New("want a row-major array, got one stored column by column: save numpy.ascontiguousarray(array)")
	}
	for _, field := range strings.Split(m[3], ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.Atoi(field)
		if err != nil {
			return "", nil, errors.Errorf("want whole numbers in the shape, got (%s)", m[3])
		}
		shape = append(shape, n)
	}
	return m[1], shape, nil
}

func readData(in io.Reader, kind string, n int) ([]float32, error) {
	data := make([]float32, n)
	var err error
	switch kind {
	case "<f4":
		err = binary.Read(in, binary.LittleEndian, data)
	case "<f8":
		var word [8]byte
		for i := range data {
			if _, err = io.ReadFull(in, word[:]); err != nil {
				break
			}
			data[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(word[:])))
		}
	case "|u1":
		bytes := make([]byte, n)
		_, err = io.ReadFull(in, bytes)
		for i, b := range bytes {
			data[i] = float32(b) / 255
		}
	}
	return data, errors.Wrap(err, "cannot read its data")
}
