package pixmap

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/pkg/errors"
	"golang.org/x/image/tiff/lzw"
)

// decode reads the pixels: grey, or red, green and blue, with alpha if there is some.
func (s *samples) decode() (*Image, error) {
	kept := s.colours
	if s.extra != notAlpha {
		kept++
	}
	o := &Image{Height: s.height, Width: s.width, Channels: kept}
	if n := s.height * s.width * kept; s.bits == 16 {
		o.Deep = make([]uint16, n)
	} else {
		o.Bytes = make([]byte, n)
	}
	planes, each := 1, s.count // blocks of one place; samples of a pixel of a block
	if s.planar {
		planes, each = kept, 1
	}
	down, across := s.blocks()
	for p := range planes {
		for k := range down * across {
			y, x := k/across*s.blockHeight, k%across*s.blockWidth
			rows := min(s.blockHeight, s.height-y)
			block, err := s.unpack(p*down*across+k, rows, each)
			if err != nil {
				return nil, err
			}
			s.put(o, block, y, x, rows, p, each)
		}
	}
	if s.bits == 16 {
		o.Deep = shownSamples(s, o.Deep, math.MaxUint16, divided16)
	} else {
		o.Bytes = shownSamples(s, o.Bytes, math.MaxUint8, divided)
	}
	if s.photometric == photoCMYK {
		o.Channels = 3
	}
	return o, nil
}

// unpack returns the numbers of a strip or tile, in the order of bytes of the file: rows of each samples a pixel.
func (s *samples) unpack(k, rows, each int) ([]byte, error) {
	from, n := int64(s.offsets[k]), int64(s.counts[k])
	if from+n > int64(len(s.data)) {
		return nil, errors.Errorf("want a strip or tile of %d bytes at byte %d, got a file of %d bytes", n, from, len(s.data))
	}
	raw := s.data[from : from+n]
	if s.reverse {
		raw = bytes.Clone(raw)
		for i, b := range raw {
			raw[i] = bits.Reverse8(b)
		}
	}
	row := s.blockWidth * each * s.bits / 8
	want := rows * row
	var in io.ReadCloser
	var err error
	switch s.compression {
	case 1:
		in = io.NopCloser(bytes.NewReader(raw))
	case 5:
		in = lzw.NewReader(bytes.NewReader(raw), lzw.MSB, 8)
	case 8, 32946:
		if in, err = zlib.NewReader(bytes.NewReader(raw)); err != nil {
			return nil, err
		}
	case 32773:
		in = io.NopCloser(bytes.NewReader(unpackBits(raw, want)))
	default:
		return nil, unsupportedError(fmt.Sprintf("the compression %d", s.compression))
	}
	defer in.Close()
	var b bytes.Buffer // grows with what there is
	if _, err = b.ReadFrom(io.LimitReader(in, int64(want))); err != nil {
		return nil, err
	}
	x := b.Bytes()
	if len(x) < want {
		return nil, errors.Errorf("want %d bytes of a strip or tile, got %d", want, len(x))
	}
	if s.differences {
		for ; len(x) > 0; x = x[row:] {
			s.addUp(x[:row], each)
		}
	}
	return b.Bytes(), nil
}

// addUp turns differences between neighbours into numbers.
func (s *samples) addUp(row []byte, each int) {
	if s.bits == 8 {
		for i := each; i < len(row); i++ {
			row[i] += row[i-each]
		}
		return
	}
	order := orderTIFF(s.data)
	for i := 2 * each; i < len(row); i += 2 {
		order.PutUint16(row[i:], order.Uint16(row[i:])+order.Uint16(row[i-2*each:]))
	}
}

// unpackBits unpacks at most most bytes: a byte n from 0 to 127 stands before n+1 bytes, and one from 129 on
// before a byte that comes 257-n times.
func unpackBits(raw []byte, most int) (x []byte) {
	for len(raw) >= 2 && len(x) < most {
		n := int(raw[0])
		raw = raw[1:]
		switch {
		case n < 128:
			n = min(n+1, len(raw))
			x, raw = append(x, raw[:n]...), raw[n:]
		case n > 128:
			x, raw = append(x, bytes.Repeat(raw[:1], 257-n)...), raw[1:]
		}
	}
	return x
}

// put writes the numbers of a block whose upper left pixel is at y, x: of plane p, or of the first samples of all.
func (s *samples) put(o *Image, block []byte, y, x, rows, p, each int) {
	order := orderTIFF(s.data)
	for r := range rows {
		for q := range min(s.blockWidth, s.width-x) {
			from, to := (r*s.blockWidth+q)*each, ((y+r)*s.width+x+q)*o.Channels+p
			for c := range min(each, o.Channels) {
				if s.bits == 16 {
					o.Deep[to+c] = order.Uint16(block[2*(from+c):])
				} else {
					o.Bytes[to+c] = block[from+c]
				}
			}
		}
	}
}

// shownSamples turns samples into what they show, in place: white that is 0 into white that is most, colours
// that are multiplied by alpha into colours, and inks into red, green and blue, as Pillow does.
func shownSamples[T byte | uint16](s *samples, x []T, most uint32, divided func(v, alpha T) T) []T {
	n := s.colours
	if s.extra != notAlpha {
		n++
	}
	y := x[:0]
	for p := x; len(p) > 0; p = p[n:] {
		if s.photometric == whiteIsZero {
			p[0] = T(most) - p[0]
		}
		if s.extra == multiplied {
			for c := range s.colours {
				p[c] = divided(p[c], p[n-1])
			}
		}
		if s.photometric != photoCMYK {
			continue
		}
		light := most - uint32(p[3])
		for _, ink := range p[:3] {
			y = append(y, T(light-(uint32(ink)*light+most/2)/most))
		}
	}
	if s.photometric == photoCMYK {
		return y
	}
	return x
}
