package serve

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// rateImages are measured for the curve: few, because each is refined for each lambda.
const rateImages = 64

// point is a point of a rate-distortion curve.
type point struct {
	Codec        string   `json:"codec"`
	Setting      string   `json:"setting"`
	BitsPerImage float64  `json:"bits_per_image"`
	SquaredError float64  `json:"squared_error"`
	PSNR         *float64 `json:"psnr"`
	Lambda       float64  `json:"lambda,omitempty"`
}

// rated is the curve of a codec.
type rated struct {
	status status
	reason string
	images int
	points []point
}

// measureRate measures the codec on some test images: as it is, and refined for several lambda. Each point is
// shown as soon as it is there. It stops if a training has written other weights; if these cannot be shown, it
// is called again.
func (s *Server) measureRate(ctx context.Context, st *state, m *codec.Model) {
	c := &st.codec
	ctx, stop := s.whileShown(ctx, st)
	defer stop()
	set := st.test
	if set.Len() == 0 {
		set = st.train
	}
	which := sample(set.Len(), rateImages)
	c.change(func() { c.rate.status, c.rate.images = working, len(which) })
	lambdas := []float64{0}
	if m.Refinable() && !m.Lossless() && m.Lambda > 0 {
		for _, factor := range []float64{1, 0.25, 4, 1. / 16, 16, 0.5, 2} {
			lambdas = append(lambdas, factor*m.Lambda)
		}
	}
	for _, lambda := range lambdas {
		p, err := measured(ctx, m, some{set, which}, lambda)
		if ctx.Err() != nil {
			c.change(func() { c.rate = rated{} })
			return
		}
		if err != nil {
			c.change(func() { c.rate.status, c.rate.reason = unavailable, err.Error() })
			return
		}
		c.change(func() { c.rate.points = append(c.rate.points, p) })
		s.changed.tell()
	}
	c.change(func() { c.rate.status = ready })
}

// measured returns the mean of some images.
func measured(ctx context.Context, m *codec.Model, set some, lambda float64) (point, error) {
	p := point{Codec: "ours (codec)", Setting: "as fitted", Lambda: lambda}
	if lambda > 0 {
		p.Codec, p.Setting = fmt.Sprintf("ours (codec) effort %d", refining), fmt.Sprintf("lambda %.4g", lambda)
	}
	x := make([]float32, set.Size().Numbers())
	for i := range set.Len() {
		if err := set.Example(0, i, x, nil); err != nil {
			return p, err
		}
		pixels := images.ToBytes(x)
		bits, made, err := stored(ctx, m, pixels, lambda)
		if err != nil {
			return p, err
		}
		p.BitsPerImage += bits / float64(set.Len())
		p.SquaredError += float64(images.SquaredError(made, pixels)) / (255 * 255) / float64(set.Len())
	}
	p.PSNR = psnr(p.SquaredError, set.Size().Numbers())
	return p, nil
}

// showRate answers with the points of rd.csv, and with those of the codec.
func (s *Server) showRate(w http.ResponseWriter, _ *http.Request) error {
	st := s.now.Load()
	body := struct {
		File   []point `json:"file"`
		Codec  []point `json:"codec"`
		Images int     `json:"images,omitempty"`
		Status status  `json:"status"`
		Reason string  `json:"reason,omitempty"`
	}{File: []point{}, Codec: []point{}}
	_, fitted, why := st.codec.now()
	st.codec.change(func() {
		body.Codec, body.Images = append(body.Codec, st.codec.rate.points...), st.codec.rate.images
		body.Status, body.Reason = st.codec.rate.status, st.codec.rate.reason
	})
	if body.Status == "" {
		body.Status, body.Reason = waiting, why
		if fitted == unavailable {
			body.Status = unavailable
		}
	}
	s.want(st)
	if s.dir != "" {
		points, err := report.ReadPoints(filepath.Join(s.dir, run.RateName), 0)
		if err != nil && !os.IsNotExist(rootOf(err)) {
			body.Reason = err.Error()
		}
		for _, p := range points {
			one := point{Codec: p.Codec, Setting: p.Setting, BitsPerImage: p.BitsPerImage, SquaredError: p.SquaredError}
			if !math.IsInf(p.PSNR, 0) && !math.IsNaN(p.PSNR) {
				one.PSNR = &p.PSNR
			}
			body.File = append(body.File, one)
		}
	}
	answerJSON(w, http.StatusOK, body)
	return nil
}
