package report

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// The codecs of the standard library, image/jpeg and image/png, as rivals of a model. A file of each
// image costs some 600 bytes of headers with image/jpeg, so small images are put together into a
// mosaic. What takes fewer bits is reported.

// album is images for codecs of pictures.
type album struct {
	size   images.Size
	pixels []byte // (n, height, width, channels)
}

// newAlbum reads some images of a source, evenly spread, or all if there are no more.
func newAlbum(ctx context.Context, from images.Source, most int) (*album, error) {
	a := &album{size: from.Size()}
	x := make([]float32, a.size.Numbers())
	n := min(from.Len(), most)
	for i := range n {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := from.Example(0, i*from.Len()/n, x, nil); err != nil {
			return nil, err
		}
		a.pixels = append(a.pixels, images.ToBytes(x)...)
	}
	return a, nil
}

func (a *album) len() int { return len(a.pixels) / a.size.Numbers() }

// image returns the bytes of image i.
func (a *album) image(i int) []byte { return a.pixels[i*a.size.Numbers():][:a.size.Numbers()] }

// arrangement is how many images stand beside and above each other in a picture.
type arrangement struct{ columns, rows int }

var single = arrangement{1, 1}

// maxMosaic is the longest side of a mosaic, in pixels.
const maxMosaic = 4096

// mosaic returns the arrangement of all images in a picture that is nearly square, or in as few
// pictures as possible.
func (a *album) mosaic() arrangement {
	side := math.Sqrt(float64(a.len() * a.size.Pixels()))
	columns := min(a.len(), max(1, int(math.Ceil(min(side, maxMosaic)/float64(a.size.Width)))))
	if columns*a.size.Width > maxMosaic {
		columns = max(1, columns-1)
	}
	most := max(1, maxMosaic/a.size.Height)
	return arrangement{columns, min((a.len()+columns-1)/columns, most)}
}

// text describes the pictures.
func (a *album) text(g arrangement) string {
	n := (a.len() + g.columns*g.rows - 1) / (g.columns * g.rows)
	switch {
	case g == single:
		return "single files"
	case n == 1:
		return "one mosaic"
	}
	return fmt.Sprintf("%d mosaics", n)
}

// sheet returns the pixels of the picture of images from i on. Places without an image are black.
func (a *album) sheet(g arrangement, i int) (images.Size, []byte) {
	size := images.Size{Channels: a.size.Channels, Height: g.rows * a.size.Height, Width: g.columns * a.size.Width}
	pixels := make([]byte, size.Numbers())
	for k := range min(g.columns*g.rows, a.len()-i) {
		a.rows(g, k, func(at int, row, _ int) { copy(pixels[at:], a.row(i+k, row)) })
	}
	return size, pixels
}

// rows calls use for each row of the image at place k of a picture, with the row's place in the
// pixels of the picture and its length.
func (a *album) rows(g arrangement, k int, use func(at, row, length int)) {
	length := a.size.Width * a.size.Channels
	for y := range a.size.Height {
		use(((k/g.columns*a.size.Height+y)*g.columns+k%g.columns)*length, y, length)
	}
}

func (a *album) row(i, y int) []byte {
	length := a.size.Width * a.size.Channels
	return a.image(i)[y*length:][:length]
}

// pictureCodec is a codec of pictures with its setting.
type pictureCodec struct {
	name, setting string
	encode        func(w io.Writer, m image.Image) error
	decode        func(r io.Reader) (image.Image, error)
}

const (
	jpegName = "JPEG"
	pngName  = "PNG"
)

func jpegAt(quality int) pictureCodec {
	return pictureCodec{jpegName, fmt.Sprintf("quality %d", quality),
		func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: quality}) }, jpeg.Decode}
}

func bestPNG() pictureCodec {
	e := png.Encoder{CompressionLevel: png.BestCompression}
	return pictureCodec{pngName, "best compression", e.Encode, png.Decode}
}

// qualities are those at which JPEG is measured.
var qualities = []int{1, 2, 3, 5, 7, 10, 14, 20, 28, 36, 44, 52, 60, 68, 76, 82, 88, 93, 97, 100}

// measure encodes and decodes all images. It returns what was decoded in pixels, if that is not nil.
func (a *album) measure(ctx context.Context, c pictureCodec, g arrangement, decoded []byte) (Point, error) {
	var encode, decode time.Duration
	var bytesOfAll int64
	squared := uint64(0)
	for i := 0; i < a.len(); i += g.columns * g.rows {
		if err := ctx.Err(); err != nil {
			return Point{}, err
		}
		size, pixels := a.sheet(g, i)
		picture, err := images.Picture(size, pixels)
		if err != nil {
			return Point{}, err
		}
		var file bytes.Buffer
		start := time.Now()
		if err := c.encode(&file, picture); err != nil {
			return Point{}, errors.Wrap(err, c.name)
		}
		encode += time.Since(start)
		bytesOfAll += int64(file.Len())
		start = time.Now()
		m, err := c.decode(&file)
		decode += time.Since(start)
		if err != nil {
			return Point{}, errors.Wrap(err, c.name)
		}
		got, err := images.FromPicture(m, a.size.Channels)
		if err != nil {
			return Point{}, errors.WithMessage(err, c.name)
		}
		squared += a.compare(g, i, got, decoded)
	}
	e := float64(squared) / (255 * 255) / float64(a.len())
	p := newPoint(c.name, c.setting+", "+a.text(g), a.len(), bytesOfAll, e, a.size.Numbers())
	p.EncodeSeconds, p.DecodeSeconds = encode.Seconds(), decode.Seconds()
	return p, nil
}

// compare returns the sum of squared differences of a decoded picture's bytes, and copies its images
// to decoded.
func (a *album) compare(g arrangement, i int, got, decoded []byte) uint64 {
	squared := uint64(0)
	n := a.size.Numbers()
	for k := range min(g.columns*g.rows, a.len()-i) {
		a.rows(g, k, func(at, row, length int) {
			squared += images.SquaredError(got[at:][:length], a.row(i+k, row))
			if decoded != nil {
				copy(decoded[(i+k)*n+row*length:], got[at:][:length])
			}
		})
	}
	return squared
}

// probed is how many images decide if single files are smaller than a mosaic.
const probed = 1000

// arrange returns the arrangement in which codecs take fewer bits for images of a source: the
// geometric mean over the codecs counts.
func arrange(ctx context.Context, from images.Source, codecs []pictureCodec, whole *album) (arrangement, error) {
	some, err := newAlbum(ctx, from, probed)
	if err != nil {
		return single, err
	}
	mosaic, ratio := some.mosaic(), 0.0
	for _, c := range codecs {
		files, err := some.measure(ctx, c, single, nil)
		if err != nil {
			return single, err
		}
		one, err := some.measure(ctx, c, mosaic, nil)
		if err != nil {
			return single, err
		}
		ratio += math.Log(files.BitsPerImage / one.BitsPerImage)
	}
	if ratio < 0 {
		return single, nil
	}
	return whole.mosaic(), nil
}
