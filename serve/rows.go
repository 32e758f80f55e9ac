package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"

	"github.com/gorgonae/gorgonae/images"
)

// fromJSON takes images as nested rows of numbers.
func (f reading) fromJSON(body []byte) ([]picture, error) {
	const want = "an image as rows of numbers, [[0, 0.5], ...] or [[[r, g, b], ...], ...], or {\"image\": rows} or {\"images\": [rows, ...]}"
	var object struct {
		Image  json.RawMessage   `json:"image"`
		Images []json.RawMessage `json:"images"`
	}
	if first := bytes.TrimLeft(body, " \t\r\n"); len(first) > 0 && first[0] == '[' {
		object.Image = body
	} else if err := strictly(body, &object); err != nil {
		return nil, asFault(err, want)
	}
	if object.Image != nil {
		object.Images = append(object.Images, object.Image)
	}
	var all []picture
	left := f.server.o.Limits.Numbers
	for _, text := range object.Images {
		p, err := f.rows(text)
		if err != nil {
			return nil, asFault(err, want)
		}
		if left -= len(p.x); left < 0 || len(all) == f.server.o.Limits.Images {
			return nil, f.tooMany()
		}
		all = append(all, p)
	}
	return all, nil
}

// rows takes an image as nested rows: grey ones, or of pixels with their channels.
func (f reading) rows(text []byte) (picture, error) {
	channels := f.state.model.Size().Channels
	var grey [][]float32
	var deep [][][]float32
	if err := strictly(text, &grey); err == nil {
		if channels != 1 && len(grey) > 0 { // numbers would silently become the channels of fewer pixels
			return picture{}, refuse(http.StatusBadRequest, "[[[r, g, b], ...], ...]: each pixel with its channels", "want rows of pixels, (height, width, channels) = (height, width, %d), got rows of numbers, (%d, %d)", channels, len(grey), len(grey[0]))
		}
		for _, row := range grey {
			deep = append(deep, [][]float32{row})
		}
	} else if err := strictly(text, &deep); err != nil {
		return picture{}, err
	} else {
		for i, row := range deep {
			var flat []float32
			for _, pixel := range row {
				if len(pixel) != channels {
					return picture{}, refuse(http.StatusBadRequest, "", "want %d numbers a pixel, got %d", channels, len(pixel))
				}
				flat = append(flat, pixel...)
			}
			deep[i] = [][]float32{flat}
		}
	}
	p := picture{}
	for _, row := range deep {
		if len(row[0]) != len(deep[0][0]) || len(row[0]) == 0 || len(row[0])%channels != 0 {
			return p, refuse(http.StatusBadRequest, "", "want rows of one length for images of %d channel(s), got %d and %d numbers", channels, len(deep[0][0]), len(row[0]))
		}
		p.x = append(p.x, row[0]...)
	}
	if len(p.x) == 0 {
		return p, refuse(http.StatusBadRequest, "", "want one row or more, got none")
	}
	p.size = images.Size{Channels: channels, Height: len(deep), Width: len(deep[0][0]) / channels}
	for _, v := range p.x {
		if !(v >= 0 && v <= 1) || math.IsNaN(float64(v)) {
			return p, refuse(http.StatusBadRequest, "", "want numbers from 0 (black) to 1 (white), got %v", v)
		}
	}
	return p, nil
}

// strictly reads JSON that has what v has, and nothing else.
func strictly(text []byte, v any) error {
	if len(text) > mostJSON {
		return refuse(http.StatusRequestEntityTooLarge, "arrays of NumPy, which have no such bound", "want at most %d bytes of JSON, got %d", mostJSON, len(text))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse(http.StatusBadRequest, "", "want one value of JSON, got more")
	}
	return nil
}

// asFault returns the fault of a body of JSON.
func asFault(err error, want string) error {
	if _, ok := err.(*fault); ok {
		return err
	}
	return refuse(http.StatusBadRequest, want, "the body cannot be read: %.200v", err)
}
