package serve

import (
	"bytes"
	"encoding/json"
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
	asGrey := strictly(text, &grey)
	if asGrey == nil {
		if channels != 1 && len(grey) > 0 { // numbers would silently become the channels of fewer pixels
			return picture{}, refuse(http.StatusBadRequest, "[[[r, g, b], ...], ...]: each pixel with its channels", "want rows of pixels, (height, width, channels) = (height, width, %d), got rows of numbers, (%d, %d)", channels, len(grey), len(grey[0]))
		}
		for _, row := range grey {
			deep = append(deep, [][]float32{row})
		}
	} else if err := strictly(text, &deep); err != nil {
		return picture{}, later(asGrey, err)
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
