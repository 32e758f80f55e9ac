package serve

import (
	"context"
	"net/http"

	"github.com/gorgonae/gorgonae/dataset"
)

// chosen returns the image of the data set that a request names, with its values.
func (s *Server) chosen(st *state, r *http.Request) (set dataset.Images, index int, x []float32, err error) {
	if set, err = st.part(split(r)); err != nil {
		return nil, 0, nil, err
	}
	if index, err = number(r.PathValue("index"), "index"); err != nil {
		return nil, 0, nil, err
	}
	x, err = pick(set, index)
	return set, index, x, err
}

// split returns which part of the data set a request names.
func split(r *http.Request) string {
	if q := r.URL.Query(); q.Has("split") {
		return q.Get("split")
	}
	return "train"
}

// pick returns the values of an image of a data set.
func pick(set dataset.Images, index int) ([]float32, error) {
	if index >= set.Len() {
		return nil, refuse(http.StatusNotFound, "", "want an image from 0 to %d, got %d", set.Len()-1, index)
	}
	x := make([]float32, set.Size().Numbers())
	return x, set.Example(0, index, x, nil)
}

func (s *Server) showImage(w http.ResponseWriter, r *http.Request) error {
	if _, err := accepted(r, kindPNG); err != nil {
		return err
	}
	st := s.now.Load()
	set, _, x, err := s.chosen(st, r)
	if err != nil {
		return err
	}
	file, err := drawn(set.Size(), x)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, kindPNG, file)
	return nil
}

func (s *Server) showReconstruction(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindPNG, kindJSON)
	if err != nil {
		return err
	}
	st := s.now.Load()
	set, index, x, err := s.chosen(st, r)
	if err != nil {
		return err
	}
	p := picture{size: set.Size(), x: x}
	if f, ok := set.(interface{ File(i int) string }); ok {
		p.name = f.File(index)
	}
	return s.computing(r.Context(), func(ctx context.Context) error {
		all, err := s.encodeAll(ctx, st, []picture{p}, asked{drawn: kind == kindJSON})
		if err != nil {
			return err
		}
		if kind == kindJSON {
			answerJSON(w, http.StatusOK, all[0].encoded)
			return nil
		}
		return answerImages(w, kind, p.size, all[0].y, 1)
	})
}
