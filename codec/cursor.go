package codec

import (
	"encoding/binary"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// cursor reads the content of a section from its beginning to its end. After its first error
// everything is 0.
type cursor struct {
	data []byte
	err  error
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err, c.data = errors.Errorf(format, args...), nil
	}
}

// uint reads an unsigned varint from lowest to highest.
func (c *cursor) uint(what string, lowest, highest int) int {
	v, n := binary.Uvarint(c.data)
	if c.err != nil || n <= 0 || v > math.MaxInt || int(v) < lowest || int(v) > highest {
		c.fail("want %s from %d to %d, got another number or the end", what, lowest, highest)
		return 0
	}
	c.data = c.data[n:]
	return int(v)
}

// int reads a signed varint from lowest to highest.
func (c *cursor) int(what string, lowest, highest int) int {
	v, n := binary.Varint(c.data)
	if c.err != nil || n <= 0 || v < int64(lowest) || v > int64(highest) {
		c.fail("want %s from %d to %d, got another number or the end", what, lowest, highest)
		return 0
	}
	c.data = c.data[n:]
	return int(v)
}

// take reads n bytes, which are a part of the section's content.
func (c *cursor) take(what string, n int) []byte {
	if c.err != nil || n > len(c.data) {
		c.fail("want %d bytes of %s, got %d", n, what, len(c.data))
		return nil
	}
	b := c.data[:n:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) table() *rans.Table {
	if c.err != nil {
		return nil
	}
	t, rest, err := rans.ReadTable(c.data)
	if err != nil {
		c.err, c.data = err, nil
		return nil
	}
	c.data = rest
	return t
}

// end returns the first error, or an error if there is more to read.
func (c *cursor) end() error {
	if len(c.data) > 0 {
		c.fail("want the end of the section, got %d more bytes", len(c.data))
	}
	return c.err
}
