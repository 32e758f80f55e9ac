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
	maxContent   = 1 << 30 // bytes of pixels or labels in one file; MNIST's largest file has 47 million
	maxExpansion = 1032    // most bytes that one byte of DEFLATE unpacks to (zlib's technical notes)
)

// idx is the content of an IDX file of unsigned bytes, the format of MNIST. A file has four bytes
// of magic number: 0, 0, 8 for unsigned bytes, and the number of axes. Then follow the length of
// each axis, as 32 bits big-endian, and the bytes, row-major. Source: yann.lecun.com/exdb/mnist.
type idx struct {
	axes   []int  // (count) of labels, (count, height, width) of images
	data   []byte // row-major
	sum    string // SHA-256 of the unpacked file, in hex
	packed string // SHA-256 of the packed file, in hex; "" if the file is not packed
	size   int64  // of the file on the disk, in bytes
}

// readIDX reads an IDX file with this number of axes. The content decides whether it is packed by
// gzip, not the name. Errors name the file.
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
	return x, errors.WithMessagef(err, "%s is damaged, or it is another file", path)
}

// decodeIDX reads an IDX file of size bytes, packed by gzip or not. Before it allocates what the
// header states, it checks that the file can hold that much.
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
		return nil, errors.Errorf("its header states %s: want %d bytes, got %d", times(lengths), want, size)
	case packed && size < want/maxExpansion:
		return nil, errors.Errorf("its header states %s: want %d bytes, got %d packed bytes, which cannot hold them",
			times(lengths), want, size)
	}
	x := &idx{axes: lengths, data: make([]byte, content), size: size}
	if n, err := io.ReadFull(in, x.data); err != nil {
		return nil, errors.Wrapf(err, "its header states %s: want %d bytes after the header, got %d",
			times(lengths), content, n)
	}
	switch n, err := io.ReadFull(in, make([]byte, 1)); {
	case n > 0:
		return nil, errors.Errorf("its header states %s: want %d bytes after the header, got more bytes",
			times(lengths), content)
	case err != io.EOF: // gzip's checksum follows the data
		return nil, errors.Wrap(err, "after the last byte")
	}
	x.sum = hex.EncodeToString(hash.Sum(nil))
	if packed {
		x.packed = hex.EncodeToString(whole.Sum(nil))
	}
	return x, nil
}

// unpack returns the content of a gzip file. It returns a file of another format as it is.
func unpack(file io.Reader) (content io.Reader, packed bool, err error) {
	in := bufio.NewReader(file)
	magic, _ := in.Peek(2) // the first read returns an error again
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
	// The magic number first: if labels are taken for images, the header is short as well.
	if magic, want := binary.BigEndian.Uint32(head), uint32(0x800+axes); n >= 4 && magic != want {
		return nil, errors.Errorf("want the magic number 0x%08x, got 0x%08x (images have 0x00000803, labels 0x00000801)",
			want, magic)
	}
	if err != nil {
		return nil, errors.Wrapf(err, "want a header of %d bytes, got %d", len(head), n)
	}
	lengths := make([]int, axes)
	for i := range lengths {
		lengths[i] = int(binary.BigEndian.Uint32(head[4+4*i:]))
	}
	return lengths, nil
}

// contentSize returns the product of the axes, from 1 to maxContent.
func contentSize(lengths []int) (int64, error) {
	size := int64(1)
	for _, n := range lengths {
		if n < 1 || int64(n) > maxContent/size {
			return 0, errors.Errorf("its header states %s: want lengths of at least 1, and a product of at most %d",
				times(lengths), maxContent)
		}
		size *= int64(n)
	}
	return size, nil
}

// times writes axes as "60000x28x28".
func times(lengths []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(lengths), "[]"), " ", "x")
}
