package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/pkg/errors"
)

// An event file is a TFRecord file, as TensorFlow's tensorflow/core/lib/io/record_writer.h describes
// it. A record is, with all numbers little-endian:
//
//	8 bytes  length of the data
//	4 bytes  masked CRC-32C of these 8 bytes
//	         the data
//	4 bytes  masked CRC-32C of the data

const (
	headSize = 12
	tailSize = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked returns the checksum of a record's part. It is masked, because the CRC of bytes that hold
// their own CRC is always the same.
func masked(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// appendRecord appends a record to the bytes of a file.
func appendRecord(file, data []byte) []byte {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	file = append(file, head...)
	file = binary.LittleEndian.AppendUint32(file, masked(head))
	file = append(file, data...)
	return binary.LittleEndian.AppendUint32(file, masked(data))
}

// errBroken is the error of a file that ends within a record, or that has a wrong checksum.
var errBroken = errors.New("want whole records with the right checksums, got others")

// readRecord reads the next record of a file with this many bytes left, and returns its data. At the
// end the error is io.EOF. It allocates no more than is left.
func readRecord(r io.Reader, left int64) ([]byte, error) {
	if left == 0 {
		return nil, io.EOF
	}
	head := make([]byte, headSize)
	if left < headSize+tailSize {
		return nil, errBroken
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, unlessShort(err)
	}
	length := binary.LittleEndian.Uint64(head)
	if binary.LittleEndian.Uint32(head[8:]) != masked(head[:8]) || length > uint64(left-headSize-tailSize) {
		return nil, errBroken
	}
	data := make([]byte, length+tailSize)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, unlessShort(err)
	}
	data, tail := data[:length], data[length:]
	if binary.LittleEndian.Uint32(tail) != masked(data) {
		return nil, errBroken
	}
	return data, nil
}

// unlessShort returns errBroken for a file that has become shorter while it is read.
func unlessShort(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errBroken
	}
	return errors.WithStack(err)
}
