package mnist

import (
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// WriteImages writes grey images, (n, height, width), as an IDX file, atomically. If the path ends in
// .gz, the file is packed by gzip.
func WriteImages(path string, height, width int, pixels []byte) error {
	n := height * width
	if n < 1 || len(pixels)%n != 0 {
		return errors.Errorf("cannot write %s: want images of %dx%d bytes, got %d bytes", path, height, width, len(pixels))
	}
	return writeIDX(path, []int{len(pixels) / n, height, width}, pixels)
}

// WriteLabels writes labels as an IDX file, as WriteImages writes images.
func WriteLabels(path string, labels []byte) error { return writeIDX(path, []int{len(labels)}, labels) }

// writeIDX writes unsigned bytes with the lengths of their axes; see idx.
func writeIDX(path string, axes []int, data []byte) error {
	head := binary.BigEndian.AppendUint32(nil, 0x800+uint32(len(axes)))
	for _, n := range axes {
		if n > math.MaxUint32 {
			return errors.Errorf("cannot write %s: want axes of at most %d, got %d", path, uint32(math.MaxUint32), n)
		}
		head = binary.BigEndian.AppendUint32(head, uint32(n))
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		zip := io.WriteCloser(plain{w})
		if strings.HasSuffix(strings.ToLower(path), ".gz") {
			zip = gzip.NewWriter(w)
		}
		for _, b := range [][]byte{head, data} {
			if _, err := zip.Write(b); err != nil {
				return err
			}
		}
		return zip.Close()
	})
}

// plain is a writer that packs nothing.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
