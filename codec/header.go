package codec

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// magic begins every file. Its first byte is no text; a program that changes ends of lines, that
// stops at a Ctrl-Z or that clears the highest bits changes it.
const magic = "\x8bGAE\r\n\x1a\n"

// formatVersion is the version of the format that this package writes, and the newest that it
// reads.
const formatVersion = 1

const headerSize = len(magic) + 2 + 2 + checkSize

func appendHeader(dst []byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(magic), formatVersion)
	b = binary.LittleEndian.AppendUint16(b, arithmetic)
	return append(dst, appendCheck(b)...)
}

// readHeader reads the beginning of a file, and refuses versions that this program cannot read.
func readHeader(r io.Reader) (format, arith int, err error) {
	b := make([]byte, headerSize)
	n, err := io.ReadFull(r, b)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, 0, err
	}
	switch b = b[:n]; {
	case !bytes.HasPrefix(b, []byte(magic)) && asText(b):
		return 0, 0, wrong("want a .gae file, got one that was copied as text: copy it as bytes")
	case !bytes.HasPrefix(b, []byte(magic)) && alike(b):
		return 0, 0, &DamageError{-1, 0, errors.New("want the first bytes of a .gae file, got some of them")}
	case !bytes.HasPrefix(b, []byte(magic)):
		return 0, 0, wrong("want a .gae file, got another kind of file")
	case n < headerSize:
		return 0, 0, &DamageError{-1, 0, errors.Wrap(io.ErrUnexpectedEOF, "want a header, got a part of it")}
	case binary.LittleEndian.Uint32(b[headerSize-checkSize:]) != checksum(b[:headerSize-checkSize]):
		return 0, 0, &DamageError{-1, 0, errors.New("want a header with the right checksum, got another")}
	}
	format = int(binary.LittleEndian.Uint16(b[len(magic):]))
	arith = int(binary.LittleEndian.Uint16(b[len(magic)+2:]))
	if format != formatVersion {
		return format, arith, &VersionError{"format", format, formatVersion}
	}
	if arith != arithmetic {
		return format, arith, &VersionError{"arithmetic", arith, arithmetic}
	}
	return format, arith, selfTest()
}

// textMagic is what programs that take a file for a text make of its first bytes.
var textMagic = []string{
	"\x8bGAE\n\x1a\n",           // CR LF becomes LF
	"\x8bGAE\r\n\x1a\r\n",       // a lone LF becomes CR LF
	"\x8bGAE\r\r\n\x1a\r\n",     // each LF becomes CR LF
	"\x8bGAE\n\n\x1a\n",         // CR becomes LF
	"\x8bGAE\r\r\x1a\r",         // LF becomes CR
	"\x8bGAE\r\r\x1a",           // CR LF becomes CR
	"GAE\r\n\x1a\n",             // what is no text is left out
	"?GAE\r\n\x1a\n",            // or replaced
	"\xef\xbf\xbdGAE\r\n\x1a\n", // or replaced in UTF-8
	"\xc2\x8bGAE\r\n\x1a\n",     // Latin-1 becomes UTF-8
	"\xe2\x80\xb9GAE\r\n\x1a\n", // Windows-1252 becomes UTF-8
}

// asText says if a file that does not begin with the magic was copied as text.
func asText(b []byte) bool {
	if string(b) == "\x8bGAE\r\n" { // it was cut off at Ctrl-Z
		return true
	}
	for _, m := range textMagic {
		if bytes.HasPrefix(b, []byte(m)) {
			return true
		}
	}
	// The highest bit of each byte was cleared.
	return len(b) > 0 && b[0] == magic[0]&0x7f && alike(b) && !bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 })
}

// alike says if at least five bytes of the magic are where they belong.
func alike(b []byte) bool {
	same := 0
	for i := range min(len(b), len(magic)) {
		if b[i] == magic[i] {
			same++
		}
	}
	return same >= 5
}

// head is the content of the head section: what is the same for all images.
type head struct {
	size  images.Size
	chunk int // the largest number of images in a chunk
}

// sampleBits is the number of bits of a pixel's number. The format has room for others.
const sampleBits = 8

func (h head) append(dst []byte) []byte {
	for _, v := range []int{h.size.Channels, h.size.Height, h.size.Width, sampleBits, h.chunk} {
		dst = binary.AppendUvarint(dst, uint64(v))
	}
	return dst
}

func readHead(content []byte) (head, error) {
	c, h := cursor{data: content}, head{}
	h.size.Channels = c.uint("channels", 1, 256)
	h.size.Height = c.uint("a height", 1, limit.numbers)
	h.size.Width = c.uint("a width", 1, limit.numbers)
	c.uint("bits of a number", sampleBits, sampleBits)
	h.chunk = c.uint("images in a chunk", 1, limit.chunk)
	if err := c.end(); err != nil {
		return h, err
	}
	return h, checkImage(h.size)
}

// checkImage refuses images that are too large. Their sizes are below 2^24, so nothing overflows.
func checkImage(s images.Size) error {
	if s.Pixels() > limit.numbers || s.Numbers() > limit.numbers {
		return errors.Errorf("want images of at most %d numbers, got %v", limit.numbers, s)
	}
	return nil
}
