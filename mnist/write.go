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
	return StreamImages(path, len(pixels)/n, height, width, whole(pixels))
}

// StreamImages writes n images as WriteImages does, without holding them in memory: write sends their
// bytes in pieces of any length. It refuses more or fewer bytes.
func StreamImages(path string, n, height, width int, write func(w io.Writer) error) error {
	return writeIDX(path, []int{n, height, width}, write)
}

// WriteLabels writes labels as an IDX file, as WriteImages writes images.
func WriteLabels(path string, labels []byte) error {
	return writeIDX(path, []int{len(labels)}, whole(labels))
}

// whole returns a function that writes all data at once.
func whole(data []byte) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// writeIDX writes unsigned bytes with the lengths of their axes; see idx.
func writeIDX(path string, axes []int, write func(w io.Writer) error) error {
	head := binary.BigEndian.AppendUint32(nil, 0x800+uint32(len(axes)))
	size := int64(1)
	for _, n := range axes {
		if n > math.MaxUint32 {
			return errors.Errorf("cannot write %s: want axes of at most %d, got %d", path, uint32(math.MaxUint32), n)
		}
		head = binary.BigEndian.AppendUint32(head, uint32(n))
		size *= int64(n)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		zip := io.WriteCloser(plain{w})
		if strings.HasSuffix(strings.ToLower(path), ".gz") {
			zip = gzip.NewWriter(w)
		}
		if _, err := zip.Write(head); err != nil {
			return err
		}
		counted := &counter{w: zip}
		if err := write(counted); err != nil {
			return err
		}
		if counted.n != size {
			return errors.Errorf("want %d bytes for axes of %v, got %d", size, axes, counted.n)
		}
		return zip.Close()
	})
}

// counter counts the bytes that are written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// plain is a writer that packs nothing.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
