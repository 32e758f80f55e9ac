package serve

import (
	"context"
	"net/http"

	"github.com/gorgonae/gorgonae/dataset"
)

// chosen returns which image of the data set a request names.
func (s *state) chosen(r *http.Request) (set dataset.Images, index int, err error) {
	if set, err = s.part(split(r)); err != nil {
		return nil, 0, err
	}
	index, err = number(r.PathValue("index"), "index")
	return set, index, err
}

// split returns which part of the data set a request names.
func split(r *http.Request) string {
	if q := r.URL.Query(); q.Has("split") {
		return q.Get("split")
	}
	return "train"
}

// pick returns the values of an image of a data set. It may read and decode a picture, so it is called in a slot.
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
	set, index, err := st.chosen(r)
	if err != nil {
		return err
	}
	return s.computing(r.Context(), func(context.Context) error {
		x, err := pick(set, index)
		if err != nil {
			return err
		}
		file, err := drawn(set.Size(), x)
		if err != nil {
			return err
		}
		answer(w, http.StatusOK, kindPNG, file)
		return nil
	})
}

func (s *Server) showReconstruction(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindPNG, kindJSON)
	if err != nil {
		return err
	}
	st := s.now.Load()
	set, index, err := st.chosen(r)
	if err != nil {
		return err
	}
	return s.computing(r.Context(), func(ctx context.Context) error {
		x, err := pick(set, index)
		if err != nil {
			return err
		}
		p := picture{size: set.Size(), x: x}
		if f, ok := set.(interface{ File(i int) string }); ok {
			p.name = f.File(index)
		}
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
