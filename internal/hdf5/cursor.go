package hdf5

import (
	"encoding/binary"
	"math"

	"github.com/pkg/errors"
)

// undefined is the address of something that the file does not have.
const undefined = math.MaxUint64

// sizes are how many bytes an address and a length take in a file (II.A).
type sizes struct{ address, length int }

// pass reads the structures of one operation. A valid file needs none of them twice, so a pass that has
// read more than the file holds goes in circles.
type pass struct {
	f    *File
	left uint64 // bytes that may still be read
}

// newPass allows some times the bytes of the file: prefixes are read before the whole structure, and strings
// are taken from a heap that was read.
func (f *File) newPass() *pass { return &pass{f, 4*f.size + 4096} }

// charge takes n bytes from those that may be read.
func (p *pass) charge(n uint64) error {
	if n > p.left {
		return malformed("its structures overlap or go in circles: want each byte once")
	}
	p.left -= n
	return nil
}

// read returns a cursor over the n bytes at an address.
func (p *pass) read(what string, address, n uint64) (*cursor, error) {
	b, err := p.bytes(what, address, n)
	if err != nil {
		return nil, err
	}
	return &cursor{what: what, b: b, sizes: p.f.sizes}, nil
}

func (p *pass) bytes(what string, address, n uint64) ([]byte, error) {
	if address > p.f.size || n > p.f.size-address {
		return nil, malformed("want the %s inside of the file, which has %d bytes, got %d bytes at %d", what, p.f.size, n, address)
	}
	if err := p.charge(n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	if got, err := p.f.r.ReadAt(b, p.f.base+int64(address)); got < len(b) {
		return nil, errors.Wrapf(err, "cannot read the %s", what)
	}
	return b, nil
}

// readSigned reads a structure that begins with a signature, and skips the signature.
func (p *pass) readSigned(what, signature string, address, n uint64) (*cursor, error) {
	c, err := p.read(what, address, n)
	if err != nil {
		return nil, err
	}
	return c, c.signature(signature)
}

// readChecked is readSigned for a structure that ends with a checksum, which the cursor does not include.
func (p *pass) readChecked(what, signature string, address, n uint64) (*cursor, error) {
	c, err := p.readSigned(what, signature, address, n)
	if err != nil {
		return nil, err
	}
	return c, c.checksum(p.f.unchecked)
}

// cursor reads a structure from its beginning. After an error all reads return zeros.
type cursor struct {
	what string
	b    []byte
	at   int
	sizes
	err error
}

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// left returns how many bytes are left.
func (c *cursor) left() int { return len(c.b) - c.at }

// take returns the next n bytes, or nil after an error.
func (c *cursor) take(n uint64) []byte {
	if c.err == nil && n > uint64(c.left()) {
		c.fail(malformed("want %d bytes more in the %s, got %d", n, c.what, c.left()))
	}
	if c.err != nil {
		return nil
	}
	b := c.b[c.at : c.at+int(n)]
	c.at += int(n)
	return b
}

func (c *cursor) skip(n int) { c.take(uint64(n)) }

// align skips to a multiple of n bytes from the beginning.
func (c *cursor) align(n int) { c.skip((n - c.at%n) % n) }

// uint reads an unsigned little-endian integer of n bytes, 0 to 8.
func (c *cursor) uint(n int) uint64 {
	var b [8]byte
	copy(b[:], c.take(uint64(n)))
	return binary.LittleEndian.Uint64(b[:])
}

func (c *cursor) u8() int          { return int(c.uint(1)) }
func (c *cursor) u16() int         { return int(c.uint(2)) }
func (c *cursor) u32() uint64      { return c.uint(4) }
func (c *cursor) lengthOf() uint64 { return c.uint(c.length) }

// addressOf reads an address. One of ones only is undefined.
func (c *cursor) addressOf() uint64 {
	a := c.uint(c.address)
	if a == math.MaxUint64>>(64-8*c.address) {
		return undefined
	}
	return a
}

// version reads a version and wants one of those given.
func (c *cursor) version(want ...int) int {
	v := c.u8()
	for _, w := range want {
		if v == w {
			return v
		}
	}
	if c.err == nil {
		c.fail(unsupported("version %d of the %s", v, c.what))
	}
	return v
}

func (c *cursor) signature(want string) error {
	if got := c.take(uint64(len(want))); c.err == nil && string(got) != want {
		c.fail(malformed("want %q at the beginning of the %s, got %q", want, c.what, got))
	}
	return c.err
}

// checksum checks and cuts off the last four bytes.
func (c *cursor) checksum(unchecked bool) error {
	n := len(c.b) - 4
	if n < c.at {
		c.fail(malformed("want a checksum at the end of the %s, got %d bytes", c.what, c.left()))
		return c.err
	}
	want := binary.LittleEndian.Uint32(c.b[n:])
	c.b = c.b[:n]
	if got := lookup3(c.b); got != want && !unchecked {
		c.fail(malformed("the %s is damaged: its checksum is %08x, want %08x", c.what, got, want))
	}
	return c.err
}
