package mnist

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/grow"
)

const (
	maxContent   = 1 << 40 // bytes of pixels or labels in one file; more do not fit in memory
	maxExpansion = 1032    // most bytes that one byte of DEFLATE unpacks to (zlib's technical notes)
)

// idx is the content of an IDX file, the format of MNIST. A file has four bytes of magic number: 0, 0,
// the type of the numbers, and the number of axes. Then follow the length of each axis, as 32 bits
// big-endian, and the numbers, big-endian and row-major. Source: yann.lecun.com/exdb/mnist.
type idx struct {
	kind   kind
	axes   []int  // (count) of labels, (count, height, width) of images
	data   []byte // the numbers as in the file
	sum    string // SHA-256 of the unpacked file, in hex
	packed string // SHA-256 of the packed file, in hex; "" if the file is not packed
	size   int64  // of the file on the disk, in bytes
}

// wanted is what an IDX file should hold.
type wanted struct {
	axes  []int // the numbers of axes that it may have, the usual one first
	kinds []kind
}

// images accepts (count, height, width) and (count, height, width, channels).
func wantImages() wanted {
	return wanted{[]int{3, 4}, []kind{ubyte, sbyte, short, long, float, double}}
}

// labels accepts (count), and (count, columns), as QMNIST has them: the first column is the class.
func wantLabels() wanted { return wanted{[]int{1, 2}, []kind{ubyte, sbyte, short, long}} }

// readIDX reads an IDX file. The content decides whether it is packed by gzip, not the name. Errors
// name the file.
func readIDX(path string, want wanted) (*idx, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, errors.WithStack(err)
	}
	x, err := decodeIDX(f, info.Size(), want)
	return x, errors.WithMessagef(err, "%s is damaged, or it is another file", path)
}

// decodeIDX reads an IDX file of size bytes, packed by gzip or not. Before it allocates what the
// header states, it checks that the file can hold that much. As a packed file may still lie, it allocates
// as the data come.
func decodeIDX(file io.Reader, size int64, accept wanted) (*idx, error) {
	whole := sha256.New()
	in, packed, err := unpack(file, whole)
	if err != nil {
		return nil, err
	}
	head := &bytes.Buffer{}
	kind, lengths, err := readHeader(io.TeeReader(in, head), accept)
	if err != nil {
		return nil, err
	}
	content, err := contentSize(lengths, kind)
	if err != nil {
		return nil, err
	}
	switch want := content + int64(4+4*len(lengths)); {
	case !packed && size != want:
		return nil, errors.Errorf("its header states %s: want %d bytes, got %d", times(lengths), want, size)
	case packed && size < want/maxExpansion:
		return nil, errors.Errorf("its header states %s: want %d bytes, got %d packed bytes, which cannot hold them",
			times(lengths), want, size)
	}
	x := &idx{kind: kind, axes: lengths, size: size}
	sum := newFollower(head.Bytes())
	x.data, err = grow.ReadEach(in, int(content), sum.add)
	x.sum = sum.end()
	n := len(x.data)
	if err != nil {
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
	if packed {
		x.packed = hex.EncodeToString(whole.Sum(nil))
	}
	return x, nil
}

// unpack returns the content of a gzip file, whose bytes it also writes to packing. It returns a file of another
// format as it is.
func unpack(file io.Reader, packing io.Writer) (content io.Reader, packed bool, err error) {
	const room = 1 << 16
	in := bufio.NewReaderSize(file, room)
	magic, _ := in.Peek(2) // the first read returns an error again
	if string(magic) != "\x1f\x8b" {
		return in, false, nil
	}
	zip, err := gzip.NewReader(bufio.NewReaderSize(io.TeeReader(in, packing), room))
	return zip, true, errors.Wrap(err, "gzip")
}

// readHeader checks the magic number. It returns the type of the numbers and the length of each axis.
func readHeader(in io.Reader, want wanted) (kind, []int, error) {
	var magic [4]byte
	if n, err := io.ReadFull(in, magic[:]); err != nil {
		return 0, nil, errors.Wrapf(err, "want a header of %d bytes, got %d", 4+4*want.axes[0], n)
	}
	kind, axes := kind(magic[2]), int(magic[3])
	if magic[0] != 0 || magic[1] != 0 || !slices.Contains(want.kinds, kind) || !slices.Contains(want.axes, axes) {
		return 0, nil, errors.Errorf("want the magic number 0x%08x, got 0x%08x (images have 0x00000803, labels 0x00000801)",
			0x800+want.axes[0], binary.BigEndian.Uint32(magic[:]))
	}
	head := make([]byte, 4*axes)
	if n, err := io.ReadFull(in, head); err != nil {
		return 0, nil, errors.Wrapf(err, "want a header of %d bytes, got %d", 4+len(head), 4+n)
	}
	lengths := make([]int, axes)
	for i := range lengths {
		lengths[i] = int(binary.BigEndian.Uint32(head[4*i:]))
	}
	return kind, lengths, nil
}

// contentSize returns the bytes of all numbers, from 1 to maxContent.
func contentSize(lengths []int, k kind) (int64, error) {
	size := int64(k.size())
	for _, n := range lengths {
		if n < 1 || int64(n) > maxContent/size {
			return 0, errors.Errorf("its header states %s: want lengths of at least 1, and at most %d bytes together",
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
