package codec

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/pkg/errors"
)

// Types of sections. A reader refuses a file with an unknown section whose type is an upper-case
// letter, and skips one whose type is a lower-case letter.
const (
	headType     = 'H' // size of the images and of chunks
	metaType     = 'm' // metadata
	classesType  = 'c' // names of the classes
	networkType  = 'D' // decoder network
	externalType = 'X' // fingerprint of a decoder network outside of the file
	modelType    = 'M' // fingerprint of a model outside of the file
	quantType    = 'Q' // quantiser
	priorType    = 'P' // prior
	namesType    = 'n' // names of the images of the next chunk
	labelsType   = 'l' // their labels
	chunkType    = 'C' // codes of images
	indexType    = 'i' // positions of chunks
	endType      = 'E' // position of the index
)

const (
	checkSize  = 4                 // bytes of a CRC
	maxHeader  = 1 + 5 + checkSize // bytes of a section's header: type, length, CRC
	footerSize = 1 + 1 + checkSize + 8 + checkSize
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// appendCheck appends the checksum of b.
func appendCheck(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, checksum(b)) }

// appendSection appends a section: its header with a checksum of its own, so that a damaged length
// is noticed; its content; the checksum of the content.
func appendSection(dst []byte, kind byte, content []byte) []byte {
	start := len(dst)
	dst = binary.AppendUvarint(append(dst, kind), uint64(len(content)))
	dst = binary.LittleEndian.AppendUint32(dst, checksum(dst[start:]))
	dst = append(dst, content...)
	return binary.LittleEndian.AppendUint32(dst, checksum(content))
}

// section is a section of a file.
type section struct {
	kind    byte
	content []byte
	offset  int64 // of its header in the file
	size    int64 // of header, content and checksum
}

// scanner reads sections one after another. It needs memory for the longest one.
type scanner struct {
	r      *bufio.Reader
	offset int64
	lost   bool // the header of a section was damaged: the next one must be searched for
	buf    bytes.Buffer
}

func newScanner(r io.Reader, offset int64) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 1<<16), offset: offset}
}

// parseHeader reads a section's header at the beginning of b, and returns its length, or 0 if there
// is none.
func parseHeader(b []byte) (kind byte, length, size int) {
	if len(b) < 2+checkSize || !(b[0] >= 'A' && b[0] <= 'Z' || b[0] >= 'a' && b[0] <= 'z') {
		return 0, 0, 0
	}
	v, n := binary.Uvarint(b[1:min(len(b), maxHeader-checkSize)])
	if n <= 0 || v > uint64(limit.section) || len(b) < 1+n+checkSize {
		return 0, 0, 0
	}
	if binary.LittleEndian.Uint32(b[1+n:]) != checksum(b[:1+n]) {
		return 0, 0, 0
	}
	return b[0], int(v), 1 + n + checkSize
}

// next returns the next section, whose content is valid until the next call. The error is io.EOF at
// the end of the file, a *DamageError, or an error of the reader. With a *DamageError for damaged
// content it returns the section too. After a *DamageError it can be called again.
func (s *scanner) next() (*section, error) {
	if s.lost {
		if err := s.search(); err != nil {
			return nil, err
		}
	}
	head, err := s.r.Peek(maxHeader)
	if len(head) == 0 || err != nil && err != io.EOF {
		return nil, err
	}
	kind, length, size := parseHeader(head)
	if size == 0 && len(head) < maxHeader {
		s.skip(len(head))
		return nil, s.damage(s.offset, errors.Wrapf(io.ErrUnexpectedEOF, "want the header of a section, got %d bytes", len(head)))
	}
	if size == 0 {
		s.lost = true
		return nil, s.damage(s.offset, errors.New("want the header of a section, got other bytes"))
	}
	sec := &section{kind: kind, offset: s.offset, size: int64(size + length + checkSize)}
	s.skip(size)
	if err := s.read(length + checkSize); err != nil {
		return nil, s.damage(sec.offset, err)
	}
	b := s.buf.Bytes()
	sec.content = b[:length]
	if binary.LittleEndian.Uint32(b[length:]) != checksum(sec.content) {
		return sec, s.damage(sec.offset, errors.Errorf("want section %q with the right checksum, got another", kind))
	}
	return sec, nil
}

// damage makes a DamageError of an error that is not one of the reader.
func (s *scanner) damage(offset int64, err error) error {
	var failed *readError
	if errors.As(err, &failed) {
		return failed.err
	}
	return &DamageError{Chunk: -1, Offset: offset, Err: err}
}

// readError is an error of the reader.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

// read reads n bytes into buf. The buffer grows with what the file has, not with what it promises.
func (s *scanner) read(n int) error {
	s.buf.Reset()
	got, err := io.CopyN(&s.buf, s.r, int64(n))
	s.offset += got
	if err == io.EOF {
		return errors.Wrapf(io.ErrUnexpectedEOF, "want %d more bytes of a section, got %d", n, got)
	}
	if err != nil {
		return &readError{err}
	}
	return nil
}

func (s *scanner) skip(n int) {
	n, _ = s.r.Discard(n) // they were peeked at
	s.offset += int64(n)
}

// search goes to the next header behind a damaged one. Its checksum tells it from other bytes.
func (s *scanner) search() error {
	for {
		s.skip(1)
		head, err := s.r.Peek(maxHeader)
		if len(head) == 0 || err != nil && err != io.EOF {
			return err
		}
		if _, _, size := parseHeader(head); size > 0 {
			s.lost = false
			return nil
		}
	}
}
