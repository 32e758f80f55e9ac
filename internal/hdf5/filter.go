package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"

	"github.com/pkg/errors"
)

// Filters (IV.A.2.l).
const (
	deflateFilter  = 1
	shuffleFilter  = 2
	fletcherFilter = 3
)

// filterNames name the filters that are not read and that h5py writes or knows.
var filterNames = map[int]string{4: "szip", 5: "n-bit", 6: "scale-offset", 32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle", 32015: "Zstandard"}

// filter is what was done to a chunk when it was written.
type filter struct {
	id      int
	element int // shuffle: bytes of a value
}

// filters reads the pipeline of a dataset.
func (d *Dataset) filters(p *pass) ([]filter, error) {
	m, ok := d.header.find(msgFilters)
	if !ok {
		return nil, nil
	}
	c, err := p.body("filters", m)
	if err != nil {
		return nil, err
	}
	version, n := c.version(1, 2), c.u8()
	if version == 1 {
		c.skip(6)
	}
	var all []filter
	for range n {
		f := filter{id: c.u16(), element: int(d.typ.size)}
		nameLength := 0
		if version == 1 || f.id >= 256 {
			nameLength = c.u16()
		}
		c.skip(2) // flags: whether the filter may fail
		values := c.u16()
		c.skip(nameLength)
		if version == 1 {
			c.skip(-nameLength & 7)
		}
		for i := range values {
			if v := c.u32(); f.id == shuffleFilter && i == 0 {
				f.element = int(min(v, 1<<30))
			}
		}
		if version == 1 && values%2 == 1 {
			c.skip(4)
		}
		if c.err != nil {
			return nil, c.err
		}
		if f.id < deflateFilter || f.id > fletcherFilter {
			name := filterNames[f.id]
			return nil, unsupported("chunks with filter %d %s, not gzip, shuffle or Fletcher-32", f.id, name)
		}
		all = append(all, f)
	}
	return all, c.err
}

// unfilter undoes the filters of a chunk, those left out that the mask has a bit of, and wants size bytes.
func unfilter(filters []filter, mask uint64, b []byte, size uint64) ([]byte, error) {
	most := size + 4*uint64(len(filters)) // bytes between filters: each may have added a checksum
	for i, f := range slices.Backward(filters) {
		if i < 32 && mask>>i&1 != 0 {
			continue
		}
		var err error
		switch f.id {
		case deflateFilter:
			b, err = inflate(b, most)
		case shuffleFilter:
			b = unshuffle(b, f.element)
		case fletcherFilter:
			b, err = fletcher(b)
		}
		if err != nil {
			return nil, err
		}
	}
	if uint64(len(b)) != size {
		return nil, malformed("want a chunk of %d bytes, got %d", size, len(b))
	}
	return b, nil
}

// inflate takes no more memory than the compressed bytes can justify, of which none stands for more
// than 1032.
func inflate(b []byte, most uint64) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, malformed("a chunk is damaged: %v", err)
	}
	var out bytes.Buffer
	out.Grow(int(min(most, 1032*uint64(len(b))) + bytes.MinRead))
	if _, err := io.Copy(&out, io.LimitReader(r, int64(most)+1)); err != nil {
		return nil, malformed("a chunk is damaged: %v", err)
	}
	if uint64(out.Len()) > most {
		return nil, malformed("want a chunk of at most %d bytes, got one that inflates to more", most)
	}
	return out.Bytes(), errors.Wrap(r.Close(), "cannot inflate a chunk")
}

// unshuffle puts the bytes of each value together. Bytes at the end that are no whole value stay there.
func unshuffle(b []byte, element int) []byte {
	if element <= 1 || element > len(b) {
		return b
	}
	out := make([]byte, len(b))
	n := len(b) / element
	for j := range element {
		plane := b[j*n : (j+1)*n]
		for i, v := range plane {
			out[i*element+j] = v
		}
	}
	copy(out[n*element:], b[n*element:])
	return out
}

// fletcher checks and cuts off the checksum at the end.
func fletcher(b []byte) ([]byte, error) {
	n := len(b) - 4
	if n < 0 {
		return nil, malformed("want a chunk with a checksum, got %d bytes", len(b))
	}
	want := binary.LittleEndian.Uint32(b[n:])
	if got := fletcher32(b[:n]); got != want {
		return nil, malformed("a chunk is damaged: its checksum is %08x, want %08x", got, want)
	}
	return b[:n], nil
}
