package serve

import (
	"bytes"
	"io"
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
		all[0], err = f.picture("", body, f.server.o.Limits.Numbers)
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

// tooMany is the fault of a request whose images are more than a request may have, together.
func (f reading) tooMany() *fault {
	l := f.server.o.Limits
	return refuse(http.StatusRequestEntityTooLarge, "the images in several requests", "want at most %d images of together %d numbers, got more", l.Images, l.Numbers)
}

// picture decodes the file of a picture, if its pixels fit into the memory for them, and its numbers into
// those that the images before it have left. A blank picture of many numbers is a file of few bytes.
func (f reading) picture(name string, file []byte, left int) (picture, error) {
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
	numbers := n * int64(f.state.model.Size().Channels)
	if f.fitted {
		numbers = int64(f.state.model.Size().Numbers())
	}
	if numbers > int64(left) {
		return picture{}, f.tooMany()
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
	left := f.server.o.Limits.Numbers
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
		p, err := f.picture(name, file, left)
		if bad, ok := err.(*fault); ok {
			bad.text = strings.TrimPrefix(name+": ", ": ") + bad.text
		}
		if err != nil {
			return nil, err
		}
		all, left = append(all, p), left-len(p.x)
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
