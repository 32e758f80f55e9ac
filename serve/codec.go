package serve

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
)

const (
	mostLambda  = 1e9
	codecImages = 16384 // training images that the codec is fitted to
	refining    = 2     // the effort for a lambda: where the curve of gain over time bends
)

// codecs is the codec of a model, which is fitted in the background.
type codecs struct {
	wanted atomic.Bool // somebody asked for bits
	mu     sync.Mutex
	status status
	reason string
	model  *codec.Model
	rate   rated
}

func (c *codecs) is(s status) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status == s
}

func (c *codecs) fail(reason string) { c.change(func() { c.status, c.reason = unavailable, reason }) }

func (c *codecs) change(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// now returns the codec, or nil, how far it is, and why there is none.
func (c *codecs) now() (*codec.Model, status, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.model, c.status, c.reason
}

// unrated returns the codec if its curve is to be measured, else nil.
func (c *codecs) unrated() *codec.Model {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rate.status != "" {
		return nil
	}
	return c.model
}

// want has the codec fitted, though a training goes on.
func (s *Server) want(st *state) {
	if !st.codec.wanted.Swap(true) {
		s.changed.tell()
	}
}

// must returns the codec, or a fault that says why there is none yet. Who calls it has called want before.
func (c *codecs) must() (*codec.Model, error) {
	switch m, status, reason := c.now(); {
	case m != nil:
		return m, nil
	case status == unavailable:
		return nil, refuse(http.StatusConflict, "", "there is no codec: %s", reason)
	default:
		return nil, busy("the codec is being fitted to the training images")
	}
}

// refinable returns a fault if codes cannot be refined for a lambda.
func refinable(m *codec.Model) error {
	if m.Lossless() || !m.Refinable() {
		return refuse(http.StatusConflict, "no lambda", "the codes of this model cannot be refined for a rate")
	}
	return nil
}

// note says why results have no bits.
func (c *codecs) note() []string {
	switch m, status, reason := c.now(); {
	case m != nil:
		return nil
	case status == unavailable:
		return []string{"no bits: there is no codec: " + reason}
	}
	return []string{"no bits yet: the codec is being fitted"}
}

func (c *codecs) describe() aboutCodec {
	m, status, reason := c.now()
	a := aboutCodec{Status: status, Reason: reason}
	if m != nil {
		a.Lossless, a.Refinable, a.Lambda, a.Bits = m.Lossless(), m.Refinable(), m.Lambda, m.Report.Bits
		a.SquaredError, a.DecoderBytes = m.Report.Error, m.Report.DecoderBytes
	}
	return a
}

// whileShown returns a context that ends when a training has written other weights, or with the function it
// returns.
func (s *Server) whileShown(ctx context.Context, st *state) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		for ctx.Err() == nil {
			next := s.changed.next() // before looking, so that no change is missed
			if s.lively.changedSince(st) {
				stop()
			}
			select {
			case <-ctx.Done():
			case <-next:
			}
		}
	}()
	return ctx, stop
}

// fitCodec fits the codec, and stops if a training has written other weights.
func (s *Server) fitCodec(ctx context.Context, st *state) {
	c := &st.codec
	c.change(func() { c.status = working })
	ctx, stop := s.whileShown(ctx, st)
	defer stop()
	set := some{st.train, sample(st.train.Len(), codecImages)}
	m, err := codec.Fit(ctx, st.model.Autoencoder, set, codec.FitOptions{}.WithLambda(st.model.Lambda()))
	switch {
	case ctx.Err() != nil:
		c.change(func() { c.status = waiting })
	case err != nil:
		c.fail(err.Error())
	default:
		c.change(func() { c.status, c.model = ready, m })
	}
}

// codecResult is what a compressed file keeps of an image.
type codecResult struct {
	Bits           float64  `json:"bits"`
	SquaredError   float64  `json:"squared_error"`
	PSNR           *float64 `json:"psnr"`
	Lambda         float64  `json:"lambda,omitempty"`
	Reconstruction string   `json:"reconstruction,omitempty"`
}

// measure returns what a compressed file keeps of an image, or nil if there is no codec for it.
func (c *codecs) measure(ctx context.Context, p picture, a asked) (*codecResult, error) {
	m, _, _ := c.now()
	if a.lambda > 0 {
		var err error
		if m, err = c.must(); err != nil {
			return nil, err
		}
		if err := refinable(m); err != nil {
			return nil, err
		}
	}
	if m == nil || p.size != m.Size {
		return nil, nil
	}
	bits, made, err := stored(ctx, m, images.ToBytes(p.x), a.lambda)
	if err != nil {
		return nil, err
	}
	squared := float64(images.SquaredError(made, images.ToBytes(p.x))) / (255 * 255)
	r := &codecResult{Bits: bits, SquaredError: squared, PSNR: psnr(squared, p.size.Numbers()), Lambda: a.lambda}
	if a.drawn {
		r.Reconstruction, err = dataURL(p.size, images.Values(made))
	}
	return r, err
}

// stored writes one image into a compressed file, and returns the bits of its code and the image that a
// reader gets. With a lambda above 0 the code is refined for it.
func stored(ctx context.Context, m *codec.Model, pixels []byte, lambda float64) (bits float64, made []byte, err error) {
	o := codec.Options{Chunk: 1, NameModel: true}
	if lambda > 0 {
		own := *m
		own.Lambda = lambda
		m, o.Effort = &own, refining
	}
	var file bytes.Buffer
	w, err := codec.NewWriter(&file, m, o)
	if err != nil {
		return 0, nil, err
	}
	if err := w.Write(ctx, pixels, "", -1); err != nil {
		return 0, nil, err
	}
	if err := w.Close(ctx); err != nil {
		return 0, nil, err
	}
	f, err := codec.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), codec.ReadOptions{Model: m})
	if err != nil {
		return 0, nil, err
	}
	all, err := f.Bits(ctx, 0)
	if err != nil {
		return 0, nil, err
	}
	if len(all) != 1 || math.IsNaN(all[0]) || math.IsInf(all[0], 0) {
		return 0, nil, errors.Errorf("want the bits of one image, got %v", all)
	}
	made, err = f.Image(ctx, 0)
	return all[0], made, err
}
