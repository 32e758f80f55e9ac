package npy

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/grow"
	"github.com/gorgonae/gorgonae/internal/sniff"
)

// Read reads an array from a file of size bytes. The numbers are rounded to float32, and not scaled:
// Pixels does that. Arrays in Fortran's order become row-major. It refuses types that are no plain
// numbers, and a file whose data do not have the size that its header states. It allocates memory only
// for data that the file can hold.
func Read(r io.Reader, size int64) (Array, error) { return read(r, size, false) }

// ReadBytes reads an array as Read does, but keeps numbers of type uint8 as bytes, which need a quarter of
// the memory. Arrays of other types have Data.
func ReadBytes(r io.Reader, size int64) (Array, error) { return read(r, size, true) }

func read(r io.Reader, size int64, bytes bool) (Array, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if first, _ := in.Peek(sniff.Len); !strings.HasPrefix(string(first), magic) {
		return Array{}, another(first, "a NumPy array (.npy)")
	}
	h, err := readHeader(in)
	if err != nil {
		return Array{}, err
	}
	n, err := h.numbers(size - h.read)
	if err != nil {
		return Array{}, err
	}
	return h.array(in, n, true, bytes)
}

// another says that a file is not what was wanted, and what it is.
func another(first []byte, want string) error {
	switch name := sniff.Name(first); {
	case len(first) == 0:
		return errors.Errorf("want %s, got an empty file", want)
	case name != "":
		return errors.Errorf("want %s, got %s", want, name)
	}
	return errors.Errorf("want %s, got another format: its first bytes are not those of one", want)
}

// header is what a file says about its array.
type header struct {
	Type
	fortran bool // the first axis varies fastest
	shape   []int
	read    int64 // bytes before the data
}

// readHeader reads the header of an array of plain numbers.
func readHeader(in io.Reader) (header, error) {
	h, descr, err := readAnyHeader(in)
	if err == nil {
		h.Type, err = parseType(descr)
		err = errors.WithMessage(err, "header")
	}
	return h, err
}

// readAnyHeader reads the header of an array of any type, which it returns as the header states it.
func readAnyHeader(in io.Reader) (h header, descr any, err error) {
	var prelude [len(magic) + 2]byte
	if _, err := io.ReadFull(in, prelude[:]); err != nil {
		return header{}, nil, errors.New("want a whole header, got a file that ends in it")
	}
	length := make([]byte, 4)
	switch version := prelude[len(magic)]; version {
	case 1:
		length = length[:2]
	case 2, 3:
	default:
		return header{}, nil, errors.Errorf("want NumPy's format in version 1, 2 or 3, got version %d", version)
	}
	if _, err := io.ReadFull(in, length); err != nil {
		return header{}, nil, errors.New("want a whole header, got a file that ends in it")
	}
	n := binary.LittleEndian.Uint32(append(length, 0, 0)[:4])
	if n > maxHeader {
		return header{}, nil, errors.Errorf("want a header of at most %d bytes, got %d", maxHeader, n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return header{}, nil, errors.New("want a whole header, got a file that ends in it")
	}
	h, descr, err = parseHeader(string(text))
	h.read = int64(len(prelude)) + int64(len(length)) + int64(n)
	return h, descr, errors.WithMessage(err, "header")
}

func parseHeader(text string) (h header, descr any, err error) {
	all, err := (&literal{text: text}).dict()
	if err != nil {
		return h, nil, err
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if _, ok := all[key]; !ok {
			return h, nil, errors.Errorf("want the keys descr, fortran_order and shape, got none %q", key)
		}
	}
	if len(all) > 3 {
		return h, nil, errors.Errorf("want the keys descr, fortran_order and shape, got %d keys", len(all))
	}
	var ok bool
	if h.fortran, ok = all["fortran_order"].(bool); !ok {
		return h, nil, errors.Errorf("want True or False as fortran_order, got %.40s", fmt.Sprint(all["fortran_order"]))
	}
	sizes, ok := all["shape"].(tuple)
	if !ok || len(sizes) > maxAxes {
		return h, nil, errors.Errorf("want a tuple of at most %d numbers as shape, got %.100s", maxAxes, fmt.Sprint(all["shape"]))
	}
	for _, v := range sizes {
		n, ok := v.(int)
		if !ok {
			return h, nil, errors.Errorf("want whole numbers in the shape, got %.40s", fmt.Sprint(v))
		}
		h.shape = append(h.shape, n)
	}
	return h, all["descr"], nil
}

// numbers returns how many numbers the array has. It refuses a shape that does not make so many bytes.
func (h header) numbers(bytes int64) (int, error) {
	n, room := int64(1), bytes/int64(h.size) // n stays below room+2, so that it cannot overflow
	if slices.Contains(h.shape, 0) {
		n = 0
	}
	for _, s := range h.shape {
		if s > 0 && n > room/int64(s) {
			n = room + 1
			break
		}
		n *= int64(s)
	}
	if n*int64(h.size) != bytes {
		return 0, errors.Errorf("want the data of an array of shape %s and type %v, as its header states, got %d bytes of data",
			shapeText(h.shape), h.Type, bytes)
	}
	return int(n), nil
}

// array reads n numbers. It makes room for all at once if it is proven that they are there, else as they come.
func (h header) array(in io.Reader, n int, proven, bytes bool) (a Array, err error) {
	a = Array{Shape: h.shape, Type: h.Type}
	if bytes && h.kind == 'u' && h.size == 1 {
		a.Bytes, err = readAll(in, n, proven)
	} else {
		a.Data, err = h.readNumbers(in, n, proven)
	}
	if err != nil {
		return Array{}, err
	}
	if h.fortran {
		a.Bytes, a.Data = rowMajor(h.shape, a.Bytes), rowMajor(h.shape, a.Data)
	}
	return a, nil
}

func readAll(in io.Reader, n int, proven bool) (x []byte, err error) {
	if proven {
		x = make([]byte, n)
		_, err = io.ReadFull(in, x)
	} else {
		x, err = grow.Read(in, n)
	}
	return x, errors.Wrap(err, "cannot read its data")
}

func (h header) readNumbers(in io.Reader, n int, proven bool) (x []float32, err error) {
	if proven {
		x = make([]float32, 0, n)
	}
	const most = 1 << 13 // numbers of a piece
	b := make([]byte, min(n, most)*h.size)
	for len(x) < n {
		x = grow.More(x, n)
		piece := b[:min(cap(x)-len(x), n-len(x), most)*h.size]
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, errors.Wrap(err, "cannot read its data")
		}
		if x, err = h.decode(x, piece); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// rowMajor returns data, whose first axis varies fastest, with the last axis varying fastest.
func rowMajor[T byte | float32](shape []int, data []T) []T {
	if len(data) == 0 || len(shape) < 2 {
		return data
	}
	steps := make([]int, len(shape)) // between neighbours of an axis, in data
	step := 1
	for i, s := range shape {
		steps[i] = step
		step *= s
	}
	out, at, from := make([]T, len(data)), make([]int, len(shape)), 0
	for i := range out {
		out[i] = data[from]
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if at[axis]++; at[axis] < shape[axis] {
				from += steps[axis]
				break
			}
			from -= (shape[axis] - 1) * steps[axis]
			at[axis] = 0
		}
	}
	return out
}
