package images

import (
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// ToBytes turns values, 0 for black and 1 for white, into bytes. It clamps them to [0, 1],
// multiplies by 255 and rounds, halves up. NaN becomes black. It undoes Set.Example exactly.
func ToBytes(x []float32) []byte {
	pixels := make([]byte, len(x))
	for i, v := range x {
		switch {
		case v >= 1:
			pixels[i] = 255
		case v > 0: // false for NaN
			pixels[i] = byte(float64(float64(v)*255) + 0.5)
		}
	}
	return pixels
}

// Values returns the values of bytes in [0, 1], as Set.Example gives them. ToBytes undoes it.
func Values(pixels []byte) []float32 {
	x := make([]float32, len(pixels))
	for i, b := range pixels {
		x[i] = float32(b) / 255
	}
	return x
}

// FromValues returns a set of the images whose values are x, (n, height, width, channels): what a
// model decodes, for example. Values become bytes as in ToBytes.
func FromValues(size Size, x []float32) *Set {
	return &Set{Channels: size.Channels, Height: size.Height, Width: size.Width, Pixels: ToBytes(x)}
}

// WritePNG writes an image of 1 or 3 channels, (height, width, channels), as a PNG file.
func WritePNG(w io.Writer, size Size, pixels []byte) error {
	m, err := Picture(size, pixels)
	if err != nil {
		return err
	}
	return png.Encode(w, m)
}

// WriteFiles writes images, (len(paths), height, width, channels), as PNG files, each atomically. It
// makes the folders that are missing. If ctx ends, it stops between two files. It returns how many
// files it has written, which are whole also if there is an error.
func WriteFiles(ctx context.Context, paths []string, size Size, pixels []byte) (int, error) {
	if n := size.Numbers(); len(pixels) != len(paths)*n {
		return 0, errors.Errorf("want %d bytes for %d images of %v, got %d", len(paths)*n, len(paths), size, len(pixels))
	}
	if err := drawable(size); err != nil && len(paths) > 0 {
		return 0, errors.WithMessagef(err, "cannot write %s", paths[0])
	}
	made := map[string]bool{}
	for _, path := range paths {
		dir := filepath.Dir(path)
		if made[dir] {
			continue
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return 0, errors.Wrapf(err, "cannot make the folder %s", dir)
		}
		made[dir] = true
	}
	var buffers encoderBuffers
	var written atomic.Int64
	err := eachBy(writers, len(paths), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := buffers.writeFile(paths[i], size, pixels[i*size.Numbers():][:size.Numbers()]); err != nil {
			return err
		}
		written.Add(1)
		return nil
	})
	return int(written.Load()), err
}

// encoderBuffers reuses the buffers of encoders of PNG: a new one takes longer than a small image.
type encoderBuffers struct{ sync.Pool }

func (p *encoderBuffers) Get() *png.EncoderBuffer {
	b, _ := p.Pool.Get().(*png.EncoderBuffer)
	return b
}

func (p *encoderBuffers) Put(b *png.EncoderBuffer) { p.Pool.Put(b) }

func (p *encoderBuffers) writeFile(path string, size Size, pixels []byte) error {
	e := png.Encoder{BufferPool: p}
	return atomicfile.Write(path, func(w io.Writer) error { return e.Encode(w, picture(pixels, size)) })
}

// WriteFolder writes the images of a source, of 1 or 3 channels, into a folder as PNG files
// 00000.png, 00001.png, and so on: ReadFolder reads them back in the same order. It does not write
// labels. It makes the folder if it is missing, replaces files of these names, each atomically, and
// leaves others alone. It calls the source from several goroutines. If ctx ends, it stops between two images.
func WriteFolder(ctx context.Context, dir string, from Source) error {
	size := from.Size()
	if err := drawable(size); err != nil {
		return errors.WithMessagef(err, "cannot write %s", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.Wrapf(err, "cannot make the folder %s", dir)
	}
	var buffers encoderBuffers
	digits := max(5, len(strconv.Itoa(from.Len()-1)))
	return eachBy(writers, from.Len(), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		x := make([]float32, size.Numbers())
		if err := from.Example(0, i, x, nil); err != nil {
			return err
		}
		return buffers.writeFile(filepath.Join(dir, fmt.Sprintf("%0*d.png", digits, i)), size, ToBytes(x))
	})
}
