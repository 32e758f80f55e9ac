// Package npy reads and writes arrays in NumPy's format, so that codes and images go to Python and back. It takes the
// types that those come in: float32, float64 and bytes. (The library for this, github.com/sbinet/npyio, neither writes
// float32 arrays of more than one axis nor survives a damaged header.)
//
// A file is the magic "\x93NUMPY", two bytes of version, the length of the header as a little-endian uint16, or uint32
// since version 2, the header, which is a Python literal ending in a newline, and the data in row-major order. Source:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
package npy

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

const (
	magic     = "\x93NUMPY"
	align     = 64      // the data begins at a multiple of this
	maxHeader = 1 << 16 // bytes; those of plain arrays have about 120
)

// Array is an array of numbers, in row-major order.
type Array struct {
	Shape []int
	Data  []float32
}

// Write writes an array as float32.
func Write(w io.Writer, a Array) error {
	sizes := make([]string, len(a.Shape))
	for i, n := range a.Shape {
		sizes[i] = strconv.Itoa(n)
	}
	shape := strings.Join(sizes, ", ")
	if len(sizes) == 1 {
		shape += "," // a Python tuple of one
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape)
	const before = len(magic) + 2 + 2
	header += strings.Repeat(" ", (align-(before+len(header)+1)%align)%align) + "\n"

	out := bufio.NewWriter(w)
	out.WriteString(magic + "\x01\x00")
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	out.WriteString(header)
	var word [4]byte
	for _, v := range a.Data {
		binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
		out.Write(word[:]) // a bufio.Writer keeps its first error for Flush
	}
	return errors.Wrap(out.Flush(), "writing an array")
}

// Read reads an array from a file of size bytes. Doubles are rounded to float32; bytes are divided by 255.
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
		return Array{}, errors.Errorf("its numbers are of type %q, want float32 (<f4), float64 (<f8) or bytes (|u1)", kind)
	}
	n, left := int64(1), (size-read)/width // bound the product before it can overflow
	for _, s := range shape {
		if s > 0 && n > left/int64(s) {
			n = left + 1
			break
		}
		n *= int64(s)
	}
	if n*width != size-read {
		return Array{}, errors.Errorf("its header announces shape %v of %s, but %d bytes of data follow", shape, kind, size-read)
	}
	data, err := readData(in, kind, int(n))
	return Array{shape, data}, err
}

func readHeader(in io.Reader) (header string, read int64, err error) {
	var prelude [len(magic) + 2]byte
	if _, err := io.ReadFull(in, prelude[:]); err != nil || string(prelude[:len(magic)]) != magic {
		return "", 0, errors.New("it is no NumPy array: its first bytes are not those of one")
	}
	length := make([]byte, 4)
	switch prelude[len(magic)] {
	case 1:
		length = length[:2]
	case 2, 3:
	default:
		return "", 0, errors.Errorf("its NumPy format has version %d, want 1, 2 or 3", prelude[len(magic)])
	}
	if _, err := io.ReadFull(in, length); err != nil {
		return "", 0, errors.New("it ends within its header")
	}
	n := binary.LittleEndian.Uint32(append(length, 0, 0)[:4])
	if n > maxHeader {
		return "", 0, errors.Errorf("its header is said to have %d bytes, want at most %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return "", 0, errors.New("it ends within its header")
	}
	return string(text), int64(len(prelude)) + int64(len(length)) + int64(n), nil
}

var literal = regexp.MustCompile(`^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \}[ \n]*$`)

func parseHeader(header string) (kind string, shape []int, err error) {
	m := literal.FindStringSubmatch(header)
	if m == nil {
		return "", nil, errors.Errorf("its header is %.200q, want type, order and shape of an array", header)
	}
	if m[2] == "True" {
		return "", nil, errors.New("it is stored column by column, want rows: save numpy.ascontiguousarray of it")
	}
	for _, field := range strings.Split(m[3], ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.Atoi(field)
		if err != nil {
			return "", nil, errors.Errorf("its shape is (%s), want whole numbers", m[3])
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
	return data, errors.Wrap(err, "reading its data")
}
