package serve

import (
	"context"
	"math"
	"net/http"

	"github.com/gorgonae/gorgonae/graph"
)

// step is one of the images on the way between two.
type step struct {
	Code  []float32 `json:"code"`
	Place []float32 `json:"place,omitempty"`
	Image string    `json:"image"`
}

// showPath shows what the decoder makes on the straight way between the codes of two images.
func (s *Server) showPath(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindPNG, kindJSON)
	if err != nil {
		return err
	}
	st := s.now.Load()
	var ends [2]int
	for i, name := range []string{"from", "to"} {
		if ends[i], err = needed(r, name, math.MaxInt32); err != nil {
			return err
		}
	}
	steps, err := whole(r, "steps", 16, 2, 256)
	if err != nil {
		return err
	}
	if n := st.model.Size().Numbers(); steps > 2 && steps*n > s.o.Limits.Numbers {
		return refuse(http.StatusRequestEntityTooLarge, "", "want at most %d numbers, got %d steps of %d: take fewer steps", s.o.Limits.Numbers, steps, n)
	}
	set, err := st.part(split(r))
	if err != nil {
		return err
	}
	return s.computing(r.Context(), func(ctx context.Context) error {
		var codes [2][]float32
		for i, end := range ends {
			x, err := pick(set, end)
			if err != nil {
				return err
			}
			code, err := st.model.EncodeImages(ctx, x)
			if err != nil {
				return err
			}
			codes[i] = graph.ChannelsFirst(code, st.model.Encoder.Out())
		}
		way := between(codes[0], codes[1], steps)
		if _, err := st.checked(way); err != nil {
			return err
		}
		x, err := s.decodeAll(ctx, st, way)
		if err != nil {
			return err
		}
		if kind == kindPNG {
			return answerImages(w, kind, st.model.Size(), x, steps)
		}
		return st.answerPath(w, ends, way, x)
	})
}

func (s *state) answerPath(w http.ResponseWriter, ends [2]int, way [][]float32, x []float32) error {
	body := struct {
		From  int    `json:"from"`
		To    int    `json:"to"`
		Steps []step `json:"steps"`
	}{From: ends[0], To: ends[1]}
	space, n := s.plane.view().space, s.model.Size().Numbers()
	for i, code := range way {
		one := step{Code: code}
		if space != nil {
			one.Place = space.place(code)
		}
		var err error
		if one.Image, err = dataURL(s.model.Size(), x[i*n:][:n]); err != nil {
			return err
		}
		body.Steps = append(body.Steps, one)
	}
	answerJSON(w, http.StatusOK, body)
	return nil
}

// between returns codes at equal distances from one to another, both included.
func between(a, b []float32, steps int) [][]float32 {
	way := make([][]float32, steps)
	for i := range way {
		t := float64(i) / float64(steps-1)
		way[i] = make([]float32, len(a))
		for d := range a {
			way[i][d] = float32((1-t)*float64(a[d]) + t*float64(b[d]))
		}
	}
	return way
}
