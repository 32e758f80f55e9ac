package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// Write writes f to w. It sorts tensors and metadata by name, so that equal content gives equal
// bytes.
//
// Write refuses what Read would refuse: names that are empty, repeated or not UTF-8, and data that
// do not fit their shape.
func Write(w io.Writer, f *File) error {
	tensors := slices.Clone(f.Tensors)
	slices.SortStableFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	if err := check(f.Metadata, tensors); err != nil {
		return err
	}
	header := formatHeader(f.Metadata, tensors)
	if len(header) > maxHeader {
		return errors.Errorf("want a header of at most %d bytes, got %d: shorten the metadata", maxHeader, len(header))
	}
	buf := make([]byte, 0, 1<<16)
	if _, err := w.Write(binary.LittleEndian.AppendUint64(buf, uint64(len(header)))); err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	return writeData(w, tensors, buf)
}

// check returns an error for tensors or metadata that Read would refuse. The tensors are sorted by
// name.
func check(metadata map[string]string, tensors []Tensor) error {
	if len(tensors) >= maxNames || len(metadata) > maxNames {
		return errors.Errorf("want fewer than %d tensors and keys of metadata, got %d and %d",
			maxNames, len(tensors), len(metadata))
	}
	for key, value := range metadata {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return errors.Errorf("metadata %.60q: want UTF-8, got other bytes: encode them as text", key)
		}
	}
	for i, t := range tensors {
		if t.Name == "" || t.Name == metadataKey || !utf8.ValidString(t.Name) {
			return errors.Errorf("want a tensor's name in UTF-8 other than %s, got %.60q", metadataKey, t.Name)
		}
		if i > 0 && t.Name == tensors[i-1].Name {
			return errors.Errorf("want each name once, got %.60q twice", t.Name)
		}
		n, err := elements(t.Shape)
		if err != nil {
			return errors.WithMessagef(err, "tensor %.60q", t.Name)
		}
		if n != len(t.Data) {
			return errors.Errorf("tensor %.60q: want %d values for shape %v, got %d", t.Name, n, t.Shape, len(t.Data))
		}
	}
	return nil
}

// formatHeader returns the JSON of the header, padded so that the data begin at a multiple of 8
// bytes.
func formatHeader(metadata map[string]string, tensors []Tensor) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	put := func(v any, after byte) {
		if enc.Encode(v) != nil {
			panic("safetensors: a value of the header that JSON cannot hold")
		}
		b.Bytes()[b.Len()-1] = after // replaces the encoder's line feed
	}
	b.WriteByte('{')
	if len(metadata) > 0 {
		put(metadataKey, ':')
		put(metadata, ',')
	}
	type info struct {
		Dtype   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	begin := 0
	for _, t := range tensors {
		end := begin + 4*len(t.Data)
		shape := append([]int{}, t.Shape...) // nil would become null
		put(t.Name, ':')
		put(info{floatType, shape, [2]int{begin, end}}, ',')
		begin = end
	}
	if b.Len() > 1 {
		b.Truncate(b.Len() - 1) // the last comma
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	return b.Bytes()
}

// writeData writes all values through buf. The capacity of buf is a multiple of 4 bytes.
func writeData(w io.Writer, tensors []Tensor, buf []byte) error {
	for _, t := range tensors {
		for _, v := range t.Data {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			if len(buf) == cap(buf) {
				if _, err := w.Write(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
		}
	}
	_, err := w.Write(buf)
	return err
}
