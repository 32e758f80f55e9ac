package mnist

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"
)

const (
	maxContent   = 1 << 30 // bytes of pixels or labels one file may hold; MNIST's largest holds 47 million
	maxExpansion = 1032    // DEFLATE never makes more of a byte (zlib's technical notes)
)

// idx is the content of an IDX file of unsigned bytes, the format of MNIST (described at yann.lecun.com/exdb/mnist): a
// magic number 0, 0, 8 for bytes, number of axes; the length of each axis, as 32 bits big-endian; the bytes, last axis
// fastest.
type idx struct {
	axes   []int  // (count) of labels, (count, height, width) of images
	data   []byte // as many as the product of axes
	sum    string // SHA-256 of the unpacked file, in hex
	packed string // SHA-256 of the file itself where it is packed, in hex
	size   int64  // of the file on the disk, in bytes
}

// readIDX reads an IDX file with this number of axes, packed by gzip or not, whatever its name says. Errors name it.
func readIDX(path string, axes int) (*idx, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, errors.WithStack(err)
	}
	x, err := decodeIDX(f, info.Size(), axes)
	return x, errors.WithMessagef(err, "%s is damaged or not the file wanted", path)
}

// decodeIDX reads an IDX file of size bytes, packed by gzip or not. It allocates what the header claims only after it
// has seen that so much can be in the file, and then exactly that.
func decodeIDX(file io.Reader, size int64, axes int) (*idx, error) {
	whole := sha256.New()
	in, packed, err := unpack(io.TeeReader(file, whole))
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	if packed {
		in = io.TeeReader(in, hash)
	} else {
		hash = whole
	}

	lengths, err := readHeader(in, axes)
	if err != nil {
		return nil, err
	}
	content, err := contentSize(lengths)
	if err != nil {
		return nil, err
	}
	switch want := content + int64(4+4*axes); {
	case !packed && size != want:
		return nil, errors.Errorf("its header wants %s, so %d bytes, but it has %d", times(lengths), want, size)
	case packed && size < want/maxExpansion:
		return nil, errors.Errorf("its header wants %s, so %d bytes, which %d packed bytes cannot hold",
			times(lengths), want, size)
	}
	x := &idx{axes: lengths, data: make([]byte, content), size: size}
	if n, err := io.ReadFull(in, x.data); err != nil {
		return nil, errors.Wrapf(err, "%s wanted, so %d bytes after the header, but only %d came",
			times(lengths), content, n)
	}
	switch n, err := io.ReadFull(in, make([]byte, 1)); {
	case n > 0:
		return nil, errors.Errorf("more bytes than the %s that its header wants", times(lengths))
	case err != io.EOF: // gzip's checksum comes last
		return nil, errors.Wrap(err, "after the last byte")
	}
	x.sum = hex.EncodeToString(hash.Sum(nil))
	if packed {
		x.packed = hex.EncodeToString(whole.Sum(nil))
	}
	return x, nil
}

// unpack returns what is in a gzip file, or the file itself where it is none.
func unpack(file io.Reader) (content io.Reader, packed bool, err error) {
	in := bufio.NewReader(file)
	magic, _ := in.Peek(2) // an error comes again with the first read
	if string(magic) != "\x1f\x8b" {
		return in, false, nil
	}
	zip, err := gzip.NewReader(in)
	return zip, true, errors.Wrap(err, "gzip")
}

// readHeader checks the magic number and returns the length of each axis.
func readHeader(in io.Reader, axes int) ([]int, error) {
	head := make([]byte, 4+4*axes)
	n, err := io.ReadFull(in, head)
	// The magic number first: where labels are taken for images, the header is short as well.
	if magic, want := binary.BigEndian.Uint32(head), uint32(0x800+axes); n >= 4 && magic != want {
		return nil, errors.Errorf("magic number 0x%08x wanted, came 0x%08x (images have 0x00000803, labels 0x00000801)",
			want, magic)
	}
	if err != nil {
		return nil, errors.Wrapf(err, "a header of %d bytes wanted, but only %d came", len(head), n)
	}
	lengths := make([]int, axes)
	for i := range lengths {
		lengths[i] = int(binary.BigEndian.Uint32(head[4+4*i:]))
	}
	return lengths, nil
}

// contentSize is the product of the axes, 1 to maxContent.
func contentSize(lengths []int) (int64, error) {
	size := int64(1)
	for _, n := range lengths {
		if n < 1 || int64(n) > maxContent/size {
			return 0, errors.Errorf("its header wants %s: every length must be at least 1, and their product at most %d",
				times(lengths), maxContent)
		}
		size *= int64(n)
	}
	return size, nil
}

// times writes lengths as "60000x28x28".
func times(lengths []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(lengths), "[]"), " ", "x")
}
