package serve

import (
	"context"
	"math"
	"net/http"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// encoded is what /api/encode says of an image.
type encoded struct {
	Name           string       `json:"name,omitempty"`
	Height         int          `json:"height"`
	Width          int          `json:"width"`
	Code           []float32    `json:"code"`
	CodeShape      []int        `json:"code_shape"`
	Place          []float32    `json:"place,omitempty"`
	SquaredError   float64      `json:"squared_error"`
	PSNR           *float64     `json:"psnr"`
	Original       string       `json:"original,omitempty"`
	Reconstruction string       `json:"reconstruction,omitempty"`
	Codec          *codecResult `json:"codec,omitempty"`
	Notes          []string     `json:"notes,omitempty"`
}

// psnr returns the peak signal-to-noise ratio in decibels, or nil for an exact image.
func psnr(squared float64, numbers int) *float64 {
	if squared <= 0 {
		return nil
	}
	v := 10 * math.Log10(float64(numbers)/squared)
	return &v
}

// asked is what a request wants of images.
type asked struct {
	drawn  bool    // original and reconstruction as data URLs
	codec  bool    // bits
	lambda float64 // for a refined code; 0: as it is
}

// result is what the model makes of an image.
type result struct {
	encoded
	code []float32 // NumPy's order
	y    []float32 // the reconstruction
	size images.Size
}

// encode answers with the codes of the images in the body.
func (s *Server) encode(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindJSON, kindNPY, kindPNG)
	if err != nil {
		return err
	}
	a := asked{codec: kind == kindJSON}
	if a.drawn, err = yes(r, "reconstruction", true); err != nil {
		return err
	}
	if a.lambda, err = positive(r, "lambda", mostLambda); err != nil {
		return err
	}
	a.drawn = a.drawn && kind == kindJSON
	return s.withPictures(w, r, func(ctx context.Context, st *state, all []picture) error {
		s.want(st)
		results, err := s.encodeAll(ctx, st, all, a)
		if err != nil {
			return err
		}
		s.metrics.encoded.Add(int64(len(all)))
		return answerEncoded(w, kind, results, st.codec.note())
	})
}

// withPictures reads the images in the body of a request, and calls a function when there is a slot to
// compute. Decoding pictures takes a slot as well.
func (s *Server) withPictures(w http.ResponseWriter, r *http.Request, use func(ctx context.Context, st *state, all []picture) error) error {
	st := s.now.Load()
	f, err := s.newReading(st, r)
	if err != nil {
		return err
	}
	body, done, err := s.body(w, r)
	if err != nil {
		return err
	}
	defer done()
	return s.computing(r.Context(), func(ctx context.Context) error {
		all, err := f.pictures(r.Header.Get("Content-Type"), body)
		if err != nil {
			return err
		}
		return use(ctx, st, all)
	})
}

func answerEncoded(w http.ResponseWriter, kind string, results []result, notes []string) error {
	first := results[0]
	same := !slices.ContainsFunc(results, func(r result) bool { return r.size != first.size })
	if !same && kind != kindJSON {
		return refuse(http.StatusNotAcceptable, "JSON for images of different sizes", "the images differ in size")
	}
	switch kind {
	case kindNPY:
		var codes []float32
		for _, one := range results {
			codes = append(codes, one.code...)
		}
		file, err := arrayFile(append([]int{len(results)}, first.CodeShape...), codes)
		if err != nil {
			return err
		}
		answer(w, http.StatusOK, kind, file)
		return nil
	case kindPNG:
		var x []float32
		for _, one := range results {
			x = append(x, one.y...)
		}
		return answerImages(w, kind, first.size, x, 0)
	}
	body := struct {
		Images []encoded `json:"images"`
		Notes  []string  `json:"notes,omitempty"`
	}{Notes: notes}
	for _, one := range results {
		body.Images = append(body.Images, one.encoded)
	}
	answerJSON(w, http.StatusOK, body)
	return nil
}

// encodeAll applies the model to images. Those of one size are computed together.
func (s *Server) encodeAll(ctx context.Context, st *state, all []picture, a asked) ([]result, error) {
	results := make([]result, len(all))
	done := make([]bool, len(all))
	for i := range all {
		if done[i] {
			continue
		}
		var which []int
		for k := i; k < len(all); k++ {
			if all[k].size == all[i].size {
				which, done[k] = append(which, k), true
			}
		}
		if err := st.encodeSize(ctx, all, which, results, s.o.Limits.Memory); err != nil {
			return nil, err
		}
	}
	space := st.plane.view().space
	for i := range results {
		if space != nil && len(results[i].code) == space.dims {
			results[i].Place = space.place(results[i].code)
		}
		if err := st.finish(ctx, &results[i], all[i], a); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// encodeSize applies the model to images of one size, whose layers may take so many bytes at most.
func (s *state) encodeSize(ctx context.Context, all []picture, which []int, results []result, most int64) error {
	size := all[which[0]].size
	ae, done, err := s.autoencoder(size, len(which), most)
	if err != nil {
		return err
	}
	defer done()
	var x []float32
	if len(which) == 1 {
		x = all[which[0]].x
	} else {
		for _, k := range which {
			x = append(x, all[k].x...)
		}
	}
	shape := ae.Encoder.Out()
	codes, err := ae.EncodeImages(ctx, x)
	if err != nil {
		return err
	}
	codes = graph.ChannelsFirst(codes, shape)
	if !reduce.AllFinite(codes) {
		return refuse(http.StatusUnprocessableEntity, "another model: its training has diverged", "the model makes codes that are not finite")
	}
	n := size.Numbers()
	for at, k := range which {
		one := all[k]
		y, err := ae.Reconstruct(ctx, one.x)
		if err != nil {
			return err
		}
		squared := float64(reduce.SquaredError(y, one.x, 1))
		if math.IsNaN(squared) || math.IsInf(squared, 0) {
			return refuse(http.StatusUnprocessableEntity, "another model: its training has diverged", "the model makes images that are not finite")
		}
		code := codes[at*shape.Size():][:shape.Size()]
		results[k] = result{code: code, y: y, size: size, encoded: encoded{Name: one.name, Height: size.Height, Width: size.Width, Code: code,
			CodeShape: shape, SquaredError: squared, PSNR: psnr(squared, n), Notes: one.notes}}
	}
	return nil
}

// finish adds what the request asks for beside code and error.
func (s *state) finish(ctx context.Context, r *result, p picture, a asked) (err error) {
	if a.codec {
		if r.Codec, err = s.codec.measure(ctx, p, a); err != nil {
			return err
		}
	}
	if !a.drawn {
		return nil
	}
	if r.Original, err = dataURL(p.size, p.x); err != nil {
		return err
	}
	r.Reconstruction, err = dataURL(p.size, r.y)
	return err
}
