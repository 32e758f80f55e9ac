package safetensors

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Read reads a file of size bytes from r. The tensors come sorted by name,
// and Metadata is never nil. What is allocated grows with size, never with a
// number in the file that size does not allow.
func Read(r io.Reader, size int64) (*File, error) {
	f, err := read(r, size)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.Errorf("want %d bytes, got fewer", size)
	}
	return f, err
}

func read(r io.Reader, size int64) (*File, error) {
	b := bufio.NewReaderSize(io.LimitReader(r, size), 1<<18)
	header, err := readHeader(b, size)
	if err != nil {
		return nil, err
	}
	metadata, entries, err := parseHeader(header)
	if err != nil {
		return nil, errors.WithMessage(err, "header")
	}
	if err := checkLayout(entries, size-8-int64(len(header))); err != nil {
		return nil, err
	}
	tensors := make([]Tensor, len(entries))
	for i, e := range entries {
		tensors[i] = Tensor{Name: e.name, Shape: e.shape, Data: make([]float32, e.elements)}
		if err := readData(b, tensors[i].Data); err != nil {
			return nil, errors.WithMessagef(err, "tensor %.60q", e.name)
		}
	}
	slices.SortFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	return &File{Metadata: metadata, Tensors: tensors}, nil
}

// readHeader returns the JSON with its padding.
func readHeader(r io.Reader, size int64) ([]byte, error) {
	if size < 8 {
		return nil, errors.Errorf("want 8 bytes of header length, got a file of %d bytes", size)
	}
	var length [8]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, errors.Errorf("want a header of at most %d bytes, got the length %d: this is not a safetensors file", maxHeader, n)
	}
	if int64(n) > size-8 {
		return nil, errors.Errorf("want a header of %d bytes, got %d: the file is truncated or not a safetensors file", n, size-8)
	}
	header := make([]byte, n)
	_, err := io.ReadFull(r, header)
	return header, err
}

// checkLayout sorts the entries as their data lies in the file, and checks
// that they cover size bytes exactly, each byte once.
func checkLayout(entries []entry, size int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	covered := 0
	for _, e := range entries {
		switch {
		case e.end < e.begin || e.end-e.begin != 4*e.elements:
			return errors.Errorf("tensor %.60q: shape %v wants %d bytes, got data_offsets [%d, %d]",
				e.name, e.shape, 4*e.elements, e.begin, e.end)
		case int64(e.end) > size:
			return errors.Errorf("tensor %.60q: want data up to byte %d, got %d bytes of data: the file is truncated",
				e.name, e.end, size)
		case e.begin < covered:
			return errors.Errorf("tensor %.60q: data_offsets [%d, %d] overlap another tensor's, which end at %d",
				e.name, e.begin, e.end, covered)
		case e.begin > covered:
			return errors.Errorf("tensor %.60q: data_offsets [%d, %d] leave a hole: no tensor has the bytes from %d",
				e.name, e.begin, e.end, covered)
		}
		covered = e.end
	}
	if int64(covered) != size {
		return errors.Errorf("want %d bytes of data, got %d: the file is too long", covered, size)
	}
	return nil
}

// readData fills data with little-endian values, a buffer at a time.
func readData(r *bufio.Reader, data []float32) error {
	for len(data) > 0 {
		n := min(len(data), r.Size()/4)
		b, err := r.Peek(4 * n)
		if err != nil {
			return err
		}
		for i := range data[:n] {
			data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		data = data[n:]
		if _, err := r.Discard(4 * n); err != nil {
			return err
		}
	}
	return nil
}
