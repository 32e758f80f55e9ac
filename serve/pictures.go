package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
)

// arrayMagic begins a NumPy array.
const arrayMagic = "\x93NUMPY"

// mostJSON bounds the bytes of JSON: read, it takes many times its own memory.
const mostJSON = 4 << 20

// picture is an image that a request gives to the model.
type picture struct {
	name  string // of its file, or ""
	size  images.Size
	x     []float32 // (height, width, channels), from 0 to 1
	notes []string
}

// reading says how the pictures of a request become images of the model.
type reading struct {
	server *Server
	state  *state
	how    images.Options
	fitted bool // they get the size of the model
}

// newReading takes the parameter fit.
func (s *Server) newReading(st *state, r *http.Request) (reading, error) {
	m := st.model
	how, err := m.TrainedOn.Reading.Options()
	if err != nil {
		return reading{}, err
	}
	how.Color = images.ColorOf(m.TrainedOn.Size().Channels)
	f := reading{s, st, how, !m.AnySize()}
	if q := r.URL.Query(); q.Has("fit") {
		if f.fitted = q.Get("fit") != "none"; f.fitted {
			if f.how.Fit, err = images.ParseFit(q.Get("fit")); err != nil {
				return reading{}, refuse(http.StatusBadRequest, "crop, pad, scale or none", "fit is %.40q", q.Get("fit"))
			}
		}
	}
	f.how.Height, f.how.Width = 0, 0
	if f.fitted {
		f.how.Height, f.how.Width = m.Size().Height, m.Size().Width
	}
	return f, nil
}

// pictures returns the images in the body of a request.
func (f reading) pictures(kind string, body []byte) (all []picture, err error) {
	name, parameters, err := mime.ParseMediaType(kind)
	if err != nil && kind != "" {
		return nil, refuse(http.StatusUnsupportedMediaType, "image/*, multipart/form-data, application/json or "+kindNPY, "the content type is %.80q", kind)
	}
	switch {
	case name == "multipart/form-data":
		all, err = f.parts(body, parameters["boundary"])
	case name == kindJSON:
		all, err = f.fromJSON(body)
	case bytes.HasPrefix(body, []byte(arrayMagic)):
		all, err = f.array(body)
	case npy.IsArchive(bytes.NewReader(body)): // a small one may hold arrays of any size
		err = refuse(http.StatusUnsupportedMediaType, "one array, as numpy.save writes it", "the body is an archive of arrays")
	case name == "" || name == kindRaw || name == kindNPY || strings.HasPrefix(name, "image/") || name == "application/x-www-form-urlencoded": // what curl says of any file
		all = make([]picture, 1)
		all[0], err = f.picture("", body)
	default:
		err = refuse(http.StatusUnsupportedMediaType, "image/*, multipart/form-data, application/json or "+kindNPY, "the content type is %.80q", kind)
	}
	if err != nil {
		return nil, err
	}
	numbers := 0
	for _, p := range all {
		numbers += len(p.x)
	}
	l := f.server.o.Limits
	switch {
	case len(all) == 0:
		return nil, refuse(http.StatusBadRequest, "one image or more", "there is none in the body")
	case len(all) > l.Images || numbers > l.Numbers:
		return nil, refuse(http.StatusRequestEntityTooLarge, "", "want at most %d images of together %d numbers, got %d of %d: send them in several requests", l.Images, l.Numbers, len(all), numbers)
	}
	return all, nil
}

// picture decodes the file of a picture, if its pixels fit into the memory for them.
func (f reading) picture(name string, file []byte) (picture, error) {
	s := f.server
	height, width, err := images.PictureSize(file)
	if err != nil {
		return picture{}, refuseWith(http.StatusUnprocessableEntity, err)
	}
	most := s.o.Limits.Pixels
	if height > most/width {
		return picture{}, refuse(http.StatusRequestEntityTooLarge, "", "want a picture of at most %d pixels, got %d x %d (height x width)", most, height, width)
	}
	n := int64(height) * int64(width)
	if !f.fitted && n*int64(f.state.model.Size().Channels) > int64(s.o.Limits.Numbers) {
		return picture{}, refuse(http.StatusRequestEntityTooLarge, "", "want a picture of at most %d numbers for the model, got %d x %d pixels (height x width): fit=crop makes it smaller", s.o.Limits.Numbers, height, width)
	}
	if !s.pixels.take(n) {
		return picture{}, busy("the pictures of other requests fill the memory for them")
	}
	defer s.pixels.give(n)
	set, err := images.ReadPicture(file, f.how)
	if err != nil {
		return picture{}, refuseWith(http.StatusUnprocessableEntity, err)
	}
	x := make([]float32, set.Size().Numbers())
	return picture{name, set.Size(), x, set.Notes}, set.Example(0, 0, x, nil)
}

// parts decodes the pictures of a form with files.
func (f reading) parts(body []byte, boundary string) (all []picture, err error) {
	damaged := func(err error) error {
		return refuse(http.StatusBadRequest, "multipart/form-data, each part a picture", "the body cannot be read: %.200v", err)
	}
	if boundary == "" {
		return nil, refuse(http.StatusBadRequest, "multipart/form-data with its boundary", "the content type has none")
	}
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, damaged(err)
		}
		if len(all) == f.server.o.Limits.Images {
			return nil, refuse(http.StatusRequestEntityTooLarge, "", "want at most %d pictures, got more", f.server.o.Limits.Images)
		}
		file, err := io.ReadAll(part) // the body is in memory, and bounded
		if err != nil {
			return nil, damaged(err)
		}
		name := part.FileName()
		p, err := f.picture(name, file)
		if bad, ok := err.(*fault); ok {
			bad.text = strings.TrimPrefix(name+": ", ": ") + bad.text
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// array takes the images of a NumPy array.
func (f reading) array(body []byte) ([]picture, error) {
	s, n := f.server, int64(len(body)) // an array has one byte or more for each number
	if n > s.pixels.most {
		return nil, refuse(http.StatusRequestEntityTooLarge, "", "want an array of at most %d bytes, got %d: send it in several requests", s.pixels.most, n)
	}
	if !s.pixels.take(n) {
		return nil, busy("the pictures of other requests fill the memory for them")
	}
	defer s.pixels.give(n)
	own := *f.state.model // ReadImages resizes its receiver
	set, note, err := own.ReadImages("the body", bytes.NewReader(body), int64(len(body)), run.ByShape)
	if err != nil {
		return nil, refuseWith(http.StatusUnprocessableEntity, err)
	}
	all := make([]picture, set.Len())
	for i := range all {
		all[i] = picture{size: set.Size(), x: images.Values(set.Image(i))}
		if note != "" {
			all[i].notes = []string{note}
		}
	}
	return all, nil
}

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
	for _, text := range object.Images {
		p, err := f.rows(text)
		if err != nil {
			return nil, asFault(err, want)
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
					return picture{}, refuse(400, "", "want %d numbers a pixel, got %d", channels, len(pixel))
				}
				flat = append(flat, pixel...)
			}
			deep[i] = [][]float32{flat}
		}
	}
	p := picture{}
	for _, row := range deep {
		if len(row[0]) != len(deep[0][0]) || len(row[0]) == 0 || len(row[0])%channels != 0 {
			return p, refuse(400, "", "want rows of one length for images of %d channel(s), got %d and %d numbers", channels, len(deep[0][0]), len(row[0]))
		}
		p.x = append(p.x, row[0]...)
	}
	if len(p.x) == 0 {
		return p, refuse(400, "", "want one row or more, got none")
	}
	p.size = images.Size{Channels: channels, Height: len(deep), Width: len(deep[0][0]) / channels}
	for _, v := range p.x {
		if !(v >= 0 && v <= 1) || math.IsNaN(float64(v)) {
			return p, refuse(400, "", "want numbers from 0 (black) to 1 (white), got %v", v)
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
		return refuse(400, "", "want one value of JSON, got more")
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
