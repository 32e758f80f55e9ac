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

	"github.com/gorgonae/gorgonae/internal/half"
	"github.com/gorgonae/gorgonae/internal/sniff"
)

// Read reads a file of size bytes from r. A negative size means that the size is unknown: the file
// ends where r ends. The tensors are sorted by name. Metadata is never nil.
//
// Read allocates memory only for bytes that it has read or that size announces. A number in the
// file alone never makes it allocate memory. It returns an error of r unchanged. Every other error
// is a *FormatError or a *TypeError.
func Read(r io.Reader, size int64) (*File, error) { return ReadWithout(r, size, nil) }

// ReadWithout reads a file as Read does, but leaves out the tensors that skip names. These may be of every
// type of the format, such as the whole numbers that PyTorch keeps beside weights. skip may be nil.
func ReadWithout(r io.Reader, size int64, skip func(name string) bool) (*File, error) {
	in := &input{r: r}
	f, err := read(in, size, skip)
	switch {
	case err == nil:
		return f, nil
	case in.err != nil:
		return nil, in.err
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("want more bytes than the file has: it is truncated or not a safetensors file")
		if size >= 0 {
			err = errors.Errorf("want %d bytes, got fewer", size)
		}
	}
	var unsupported *TypeError
	if errors.As(err, &unsupported) {
		return nil, err
	}
	return nil, &FormatError{err}
}

// input keeps the first error of a reader that is not io.EOF.
type input struct {
	r   io.Reader
	err error
}

func (in *input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	if err != nil && err != io.EOF && in.err == nil {
		in.err = err
	}
	return n, err
}

func read(r io.Reader, size int64, skip func(name string) bool) (*File, error) {
	if size >= 0 {
		r = io.LimitReader(r, size)
	}
	b := bufio.NewReaderSize(r, 8*chunk)
	first, _ := b.Peek(sniff.Len)
	header, err := readHeader(b, size)
	if len(first) <= 8 || first[8] != '{' {
		if name := sniff.Name(first); name != "" { // it says more than what is wrong with the header
			return nil, errors.Errorf("want a safetensors file, which holds a model, got %s", name)
		}
	}
	if err != nil {
		return nil, err
	}
	metadata, entries, err := parseHeader(header)
	if err != nil {
		return nil, errors.WithMessage(err, "header")
	}
	rest := size - 8 - int64(len(header))
	if size < 0 {
		rest = -1
	}
	if err := checkLayout(entries, rest); err != nil {
		return nil, err
	}
	var tensors []Tensor
	for _, e := range entries {
		if skip != nil && skip(e.name) {
			if err := discard(b, e.end-e.begin); err != nil {
				return nil, errors.WithMessagef(err, "tensor %.60q", e.name)
			}
			continue
		}
		if width(e.dtype) == 0 {
			return nil, errors.WithMessagef(&TypeError{e.dtype}, "header: tensor %.60q", e.name)
		}
		room := e.elements
		if size < 0 {
			room = min(room, chunk)
		}
		data, err := readData(b, make([]float32, 0, room), e)
		if err != nil {
			return nil, errors.WithMessagef(err, "tensor %.60q", e.name)
		}
		tensors = append(tensors, Tensor{Name: e.name, Shape: e.shape, Data: data})
	}
	if size < 0 {
		if _, err := b.ReadByte(); err != io.EOF {
			return nil, errors.New("want the end of the file after the data, got more: the file is too long")
		}
	}
	slices.SortFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	return &File{Metadata: metadata, Tensors: tensors}, nil
}

// readHeader returns the JSON of the header with its padding.
func readHeader(r io.Reader, size int64) ([]byte, error) {
	if 0 <= size && size < 8 {
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
	if size < 0 {
		header, err := io.ReadAll(io.LimitReader(r, int64(n)))
		if err == nil && len(header) < int(n) {
			err = io.ErrUnexpectedEOF
		}
		return header, err
	}
	if int64(n) > size-8 {
		return nil, errors.Errorf("want a header of %d bytes, got %d: the file is truncated or not a safetensors file", n, size-8)
	}
	header := make([]byte, n)
	_, err := io.ReadFull(r, header)
	return header, err
}

// checkLayout sorts the entries by the position of their data in the file. It checks that they
// cover size bytes exactly, each byte once. A negative size means that the size is unknown.
func checkLayout(entries []entry, size int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	covered := 0
	for _, e := range entries {
		switch {
		case e.end < e.begin || e.end-e.begin != stored(e.dtype)*e.elements:
			return errors.Errorf("tensor %.60q: want %d bytes for shape %v, got data_offsets [%d, %d]",
				e.name, stored(e.dtype)*e.elements, e.shape, e.begin, e.end)
		case size >= 0 && int64(e.end) > size:
			return errors.Errorf("tensor %.60q: want data up to byte %d, got %d bytes of data: the file is truncated",
				e.name, e.end, size)
		case e.begin < covered:
			return errors.Errorf("tensor %.60q: want data_offsets from %d, got [%d, %d]: the data overlap those of another tensor",
				e.name, covered, e.begin, e.end)
		case e.begin > covered:
			return errors.Errorf("tensor %.60q: want data_offsets from %d, got [%d, %d]: the bytes between belong to no tensor",
				e.name, covered, e.begin, e.end)
		}
		covered = e.end
	}
	if size >= 0 && int64(covered) != size {
		return errors.Errorf("want %d bytes of data, got %d: the file is too long", covered, size)
	}
	return nil
}

// discard passes over bytes of a tensor that is left out.
func discard(r *bufio.Reader, bytes int) error {
	for bytes > 0 {
		n, err := r.Discard(min(bytes, 8*chunk))
		if err != nil {
			return err
		}
		bytes -= n
	}
	return nil
}

// chunk is the number of values that readData reads at a time. If the size of the file is unknown,
// memory is first allocated for so many values.
const chunk = 1 << 15

// readData appends the values of a tensor to data.
func readData(r *bufio.Reader, data []float32, e entry) ([]float32, error) {
	size := width(e.dtype)
	for len(data) < e.elements {
		n := min(e.elements-len(data), chunk)
		b, err := r.Peek(size * n)
		if err != nil {
			return nil, err
		}
		data = slices.Grow(data, n)
		next := data[len(data):][:n]
		switch e.dtype {
		case floatType:
			for i := range next {
				next[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
			}
		case "F16":
			for i := range next {
				next[i] = half.Float32(binary.LittleEndian.Uint16(b[2*i:]))
			}
		case "BF16":
			for i := range next {
				next[i] = half.FromBfloat16(binary.LittleEndian.Uint16(b[2*i:]))
			}
		case "F64":
			for i := range next {
				next[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])))
			}
		}
		data = data[:len(data)+n]
		if _, err := r.Discard(size * n); err != nil {
			return nil, err
		}
	}
	return data, nil
}
