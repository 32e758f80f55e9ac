package serve

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image/png"
	"math"
	"net/http"
	"sync"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
)

// buffers keeps the memory of the PNG encoder, which takes some 800 KB for each image otherwise.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}

func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}} // for this machine's browser: time counts, bytes do not

// drawn returns an image of values from 0 to 1 as a PNG file.
func drawn(size images.Size, x []float32) ([]byte, error) {
	m, err := images.Picture(size, images.ToBytes(x))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = encoder.Encode(&b, m)
	return b.Bytes(), err
}

// dataURL returns an image as a PNG for the source of a page's image.
func dataURL(size images.Size, x []float32) (string, error) {
	file, err := drawn(size, x)
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(file), err
}

// mosaic returns images of one size, one after another, as one: so many beside each other; 0: nearly a
// square.
func mosaic(size images.Size, x []float32, columns int) (images.Size, []float32) {
	n := len(x) / size.Numbers()
	if columns == 0 {
		columns = int(math.Ceil(math.Sqrt(float64(n))))
	}
	columns = min(columns, n)
	rows := (n + columns - 1) / columns
	whole := images.Size{Channels: size.Channels, Height: rows * size.Height, Width: columns * size.Width}
	y := make([]float32, whole.Numbers())
	line := size.Width * size.Channels
	for i := range n {
		for k := range size.Height {
			at := ((i/columns*size.Height+k)*whole.Width + i%columns*size.Width) * size.Channels
			copy(y[at:at+line], x[i*size.Numbers()+k*line:])
		}
	}
	return whole, y
}

// pixels is the JSON of images.
type pixels struct {
	Shape  []int     `json:"shape"`
	Pixels []float32 `json:"pixels"`
}

// answerImages answers with images of one size in the kind that the client accepts. They are cut to [0, 1]
// as in files of images.
func answerImages(w http.ResponseWriter, kind string, size images.Size, x []float32, columns int) error {
	run.Clip(x)
	shape := []int{len(x) / size.Numbers(), size.Height, size.Width, size.Channels}
	w.Header().Set("Image-Shape", fmt.Sprintf("%d,%d,%d,%d", shape[0], shape[1], shape[2], shape[3]))
	switch kind {
	case kindJSON:
		answerJSON(w, http.StatusOK, pixels{shape, x})
	case kindRaw:
		answer(w, http.StatusOK, kind, rawFloats(x))
	case kindNPY:
		var b bytes.Buffer
		if err := run.WriteImagesTo(&b, size, x); err != nil {
			return err
		}
		answer(w, http.StatusOK, kind, b.Bytes())
	default:
		file, err := drawn(mosaic(size, x, columns))
		if err != nil {
			return err
		}
		answer(w, http.StatusOK, kindPNG, file)
	}
	return nil
}

// rawFloats returns numbers as float32, little-endian.
func rawFloats(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// arrayFile returns an array as the file that numpy.load reads.
func arrayFile(shape []int, x []float32) ([]byte, error) {
	var b bytes.Buffer
	err := npy.Write(&b, npy.Array{Shape: shape, Data: x})
	return b.Bytes(), err
}
