package serve

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// decodeOne decodes the place or the code in the query.
func (s *Server) decodeOne(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindPNG, kindRaw, kindNPY, kindJSON)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	name := "place"
	switch {
	case q.Has("place") == q.Has("code"):
		return refuse(http.StatusBadRequest, "either ?place=0.5,-1 or ?code=0.5,-1", "the query has both or none")
	case q.Has("code"):
		name = "code"
	}
	numbers, err := list(q.Get(name), name)
	if err != nil {
		return err
	}
	st := s.now.Load()
	var codes [][]float32
	if name == "code" {
		codes, err = st.checked([][]float32{numbers})
	} else {
		codes, err = st.placed([][]float32{numbers})
	}
	if err != nil {
		return err
	}
	return s.computing(r.Context(), func(ctx context.Context) error {
		return s.answerDecoded(ctx, w, st, kind, codes, 1)
	})
}

// decode decodes the codes or the places of a body.
func (s *Server) decode(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindPNG, kindRaw, kindNPY, kindJSON)
	if err != nil {
		return err
	}
	columns, err := whole(r, "columns", 0, 0, 1024)
	if err != nil {
		return err
	}
	body, done, err := s.body(w, r)
	if err != nil {
		return err
	}
	defer done()
	st := s.now.Load()
	return s.computing(r.Context(), func(ctx context.Context) error { // a body of megabytes takes long to parse
		var codes [][]float32
		var err error
		if bytes.HasPrefix(body, []byte(arrayMagic)) {
			codes, err = st.codesOfArray(body)
		} else {
			codes, err = st.codesOfJSON(body)
		}
		if err != nil {
			return err
		}
		return s.answerDecoded(ctx, w, st, kind, codes, columns)
	})
}

func (s *Server) answerDecoded(ctx context.Context, w http.ResponseWriter, st *state, kind string, codes [][]float32, columns int) error {
	n, l := len(codes), s.o.Limits
	if each := st.model.Size().Numbers(); n > l.Images || n > 1 && n*each > l.Numbers {
		return refuse(http.StatusRequestEntityTooLarge, "", "want codes of at most %d images of together %d numbers, got %d of %d each: send them in several requests", l.Images, l.Numbers, n, each)
	}
	x, err := s.decodeAll(ctx, st, codes)
	if err != nil {
		return err
	}
	return answerImages(w, kind, st.model.Size(), x, columns)
}

// decodeAll returns the images of codes in NumPy's order, one after another.
func (s *Server) decodeAll(ctx context.Context, st *state, codes [][]float32) ([]float32, error) {
	x, err := autoencoder.Decode(ctx, st.model.Decoder, graph.ChannelsLast(slices.Concat(codes...), st.model.Decoder.In()))
	if err != nil {
		return nil, err
	}
	s.metrics.decoded.Add(int64(len(codes)))
	return x, nil
}

// checked returns codes if the decoder takes them.
func (s *state) checked(codes [][]float32) ([][]float32, error) {
	n := s.model.Decoder.In().Size()
	if len(codes) == 0 {
		return nil, refuse(http.StatusBadRequest, "", "want one code or more, got none")
	}
	for _, c := range codes {
		if len(c) != n {
			return nil, refuse(http.StatusUnprocessableEntity, "codes as /api/encode gives them, or a place", "want codes of %d numbers, got %d", n, len(c))
		}
		if !reduce.AllFinite(c) {
			return nil, refuse(http.StatusUnprocessableEntity, "", "want finite numbers, got NaN or infinity")
		}
	}
	return codes, nil
}

// placed returns the codes at places.
func (s *state) placed(places [][]float32) ([][]float32, error) {
	p := s.plane.view()
	if p.status == unavailable && s.model.Encoder.Out().Size() > 2 {
		return nil, refuse(http.StatusConflict, "codes instead", "there are no axes: %s", p.reason)
	}
	sp := p.space
	if n := s.model.Decoder.In().Size(); sp == nil && n <= 2 {
		sp = &space{dims: n, axes: make([]axis, n)} // the axes are the numbers of a code, whatever the data are
	}
	if sp == nil {
		return nil, busy("the axes are not computed yet")
	}
	codes := make([][]float32, len(places))
	for i, place := range places {
		var err error
		if codes[i], err = sp.code(place); err != nil {
			return nil, err
		}
	}
	return s.checked(codes)
}

// codesOfArray takes codes of a NumPy array, (n, numbers) or (n, channels, height, width), or one code.
func (s *state) codesOfArray(body []byte) ([][]float32, error) {
	a, err := npy.Read(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, refuseWith(http.StatusUnprocessableEntity, err)
	}
	shape, n := s.model.Decoder.In(), s.model.Decoder.In().Size()
	rest := a.Shape
	if !slices.Equal(rest, shape) && !slices.Equal(rest, []int{n}) {
		rest = rest[min(len(rest), 1):]
	}
	if len(a.Data) == 0 || !slices.Equal(rest, shape) && !slices.Equal(rest, []int{n}) {
		return nil, refuse(http.StatusUnprocessableEntity, "codes as /api/encode gives them for Accept: "+kindNPY, "want codes of shape %v, one or several, got an array of shape %v", shape, graph.Shape(a.Shape))
	}
	return s.checked(slices.Collect(slices.Chunk(a.Data, n)))
}

// codesOfJSON takes [0.5, -1], [[0.5, -1], ...], or an object with code, codes, place or places.
func (s *state) codesOfJSON(body []byte) ([][]float32, error) {
	const want = "[0.5, -1], [[0.5, -1], ...], or one of {\"code\": [..]}, {\"codes\": [[..], ..]}, {\"place\": [..]}, {\"places\": [[..], ..]}"
	var object struct {
		Code   []float32   `json:"code"`
		Codes  [][]float32 `json:"codes"`
		Place  []float32   `json:"place"`
		Places [][]float32 `json:"places"`
	}
	if first := bytes.TrimLeft(body, " \t\r\n"); len(first) > 0 && first[0] == '[' {
		if one := strictly(body, &object.Code); one != nil {
			object.Code = nil
			if err := strictly(body, &object.Codes); err != nil {
				return nil, asFault(later(one, err), want)
			}
		}
	} else if err := strictly(body, &object); err != nil {
		return nil, asFault(err, want)
	}
	given := 0
	for _, is := range []bool{object.Code != nil, object.Codes != nil, object.Place != nil, object.Places != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, refuse(http.StatusBadRequest, want, "the body has %d of these", given)
	case object.Code != nil:
		return s.checked([][]float32{object.Code})
	case object.Codes != nil:
		return s.checked(object.Codes)
	case object.Place != nil:
		return s.placed([][]float32{object.Place})
	}
	return s.placed(object.Places)
}
