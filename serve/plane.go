package serve

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Bounds of the plane.
const (
	mostAxes      = 16
	sampleCodes   = 4096    // codes that are shown first, and that the axes are found in
	sampleNumbers = 1 << 24 // of these codes together
	noLabel       = math.MaxUint16
)

// axis is a direction of the space of codes.
type axis struct {
	Name  string  `json:"name"`
	Share float64 `json:"share,omitempty"` // of the variance; principal components only
	Low   float64 `json:"low"`             // 2 % of the codes lie below
	High  float64 `json:"high"`            // 2 % lie above
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// space is the space of codes with its axes: the numbers of a code if there are one or two, else principal
// components of a sample of the codes. All codes are in NumPy's order here, channel by channel.
type space struct {
	dims  int
	axes  []axis
	basis *figure.Components // nil if the axes are the numbers of a code
}

// published are the codes that are shown. Nobody changes them.
type published struct {
	revision int
	complete bool
	total    int // images of the training part
	axes     int
	places   []float32 // (n, axes): their coordinates
	images   []uint32  // (n) their numbers
	labels   []uint16  // (n) noLabel for none; nil if no image has one
	binary   []byte    // of the first two axes
}

// plane is what is known of the codes of the training images.
type plane struct {
	mu sync.Mutex
	planeView
}

type planeView struct {
	status status
	reason string
	count  int // images that are done
	space  *space
	codes  *published
}

func (p *plane) is(s status) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status == s
}

func (p *plane) fail(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.reason = unavailable, reason
}

// view returns a copy of what is known.
func (p *plane) view() planeView {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.planeView
}

func (p *plane) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// some is a part of a data set.
type some struct {
	dataset.Images
	which []uint32
}

func (s some) Len() int { return len(s.which) }

func (s some) Example(epoch, i int, x, y []float32) error {
	return s.Images.Example(epoch, int(s.which[i]), x, y)
}

// Bytes of the whole set would be those of other images.
func (s some) Bytes(any) func(epoch, i int, scratch []byte) []byte { return nil }

// sample returns so many numbers from 0 to n-1, evenly spaced.
func sample(n, most int) []uint32 {
	k := min(n, max(most, 1))
	which := make([]uint32, k)
	for i := range which {
		which[i] = uint32(int64(i) * int64(n) / int64(k))
	}
	return which
}

// computePlane computes the codes of the training images: first of a sample, which is shown at once.
func (s *Server) computePlane(ctx context.Context, st *state) {
	p := &st.plane
	p.change(func() { p.status = working })
	if err := s.findPlane(ctx, st); err != nil && ctx.Err() == nil {
		p.fail(err.Error())
		s.log("WARNING: the codes are not shown: %v", err)
	} else if err != nil {
		p.change(func() { p.status = waiting })
	}
}

func (s *Server) findPlane(ctx context.Context, st *state) error {
	p, encoder := &st.plane, st.model.Encoder
	dims, n := encoder.Out().Size(), st.train.Len()
	which := sample(n, min(sampleCodes, sampleNumbers/dims))
	codes := make([]float32, 0, len(which)*dims)
	err := train.Predict(ctx, encoder, some{st.train, which}, func(_ int, y, _ []float32) error {
		codes = append(codes, y...)
		return nil
	})
	if err != nil {
		return err
	}
	codes = graph.ChannelsFirst(codes, encoder.Out())
	space, err := newSpace(codes, dims)
	if err != nil {
		return err
	}
	first := &published{total: n, images: which, complete: len(which) == n, axes: len(space.axes), places: space.places(nil, codes)}
	s.publish(st, space, first)
	if first.complete {
		return nil
	}
	all := &published{total: n, complete: true, axes: len(space.axes), places: make([]float32, 0, n*len(space.axes)), images: sample(n, n)}
	err = train.Predict(ctx, encoder, st.train, func(_ int, y, _ []float32) error {
		all.places = space.places(all.places, graph.ChannelsFirst(y, encoder.Out()))
		p.change(func() { p.count = len(all.places) / all.axes })
		return nil
	})
	if err != nil {
		return err
	}
	s.publish(st, space.spanning(all.places), all)
	return nil
}

// publish shows codes.
func (s *Server) publish(st *state, space *space, c *published) {
	c.label(st.train)
	c.revision = int(s.codes.Add(1))
	c.binary = c.encode(0, 1)
	p := &st.plane
	p.change(func() {
		p.space, p.codes, p.count, p.status = space, c, len(c.images), sampled
		if c.complete {
			p.status = ready
		}
	})
	s.changed.tell()
}

// label takes the labels of the images.
func (c *published) label(set dataset.Images) {
	labels, any := make([]uint16, len(c.images)), false
	for k, i := range c.images {
		labels[k] = noLabel
		if l := set.Label(int(i)); l >= 0 && l < noLabel {
			labels[k], any = uint16(l), true
		}
	}
	if any {
		c.labels = labels
	}
}

// Bits of the flags in the binary form; see /api/codes in openapi.json.
const (
	labelFlag    = 1
	completeFlag = 2
)

// along returns two coordinates of each code, (n, 2); the second is 0 if there is no such axis.
func (c *published) along(i, j int) []float32 {
	places := make([]float32, 0, 2*len(c.images))
	for at := 0; at < len(c.places); at += c.axes {
		second := float32(0)
		if j < c.axes {
			second = c.places[at+j]
		}
		places = append(places, c.places[at+i], second)
	}
	return places
}

// encode returns the binary form with two of the axes.
func (c *published) encode(i, j int) []byte {
	flags := uint32(0)
	if c.labels != nil {
		flags |= labelFlag
	}
	if c.complete {
		flags |= completeFlag
	}
	le := binary.LittleEndian
	b := make([]byte, 0, 24+14*len(c.images))
	b = append(b, "GAEC"...)
	for _, v := range []uint32{1, uint32(len(c.images)), flags, uint32(c.total), uint32(c.revision)} {
		b = le.AppendUint32(b, v)
	}
	for _, v := range c.along(i, j) {
		b = le.AppendUint32(b, math.Float32bits(v))
	}
	for _, v := range c.images {
		b = le.AppendUint32(b, v)
	}
	for _, v := range c.labels {
		b = le.AppendUint16(b, v)
	}
	return b
}

// showCodes answers with the places of all codes, and waits for more if the client has what there is.
func (s *Server) showCodes(w http.ResponseWriter, r *http.Request) error {
	after, err := whole(r, "after", 0, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	first, second, err := planeAxes(r)
	if err != nil {
		return err
	}
	kind, err := accepted(r, kindRaw, kindJSON)
	if err != nil {
		return err
	}
	late := time.NewTimer(min(pollTime, s.o.Limits.Time))
	defer late.Stop()
	for {
		next := s.changed.next()
		p := s.now.Load().plane.view()
		if p.status == unavailable {
			return refuse(http.StatusConflict, "", "there are no codes to show: %s", p.reason)
		}
		if p.codes != nil && p.codes.revision > after {
			return p.codes.answer(w, kind, first, second)
		}
		select {
		case <-next:
			continue
		case <-late.C:
		case <-s.closing:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// planeAxes returns the axes of the plane that a client wants to see.
func planeAxes(r *http.Request) (first, second int, err error) {
	q := r.URL.Query()
	if !q.Has("axes") {
		return 0, 1, nil
	}
	a, b, ok := strings.Cut(q.Get("axes"), ",")
	first, err = strconv.Atoi(a)
	if err == nil {
		second, err = strconv.Atoi(b)
	}
	if !ok || err != nil || min(first, second) < 0 || max(first, second) >= mostAxes {
		return 0, 0, refuse(http.StatusBadRequest, "two numbers of axes, such as 0,1", "axes is %.40q", q.Get("axes"))
	}
	return first, second, nil
}

func (c *published) answer(w http.ResponseWriter, kind string, first, second int) error {
	if first >= c.axes || second >= max(c.axes, 2) { // one axis has a plane with zeros
		return refuse(http.StatusBadRequest, fmt.Sprintf("axes from 0 to %d", c.axes-1), "axes is %d,%d", first, second)
	}
	w.Header().Set("Codes-Revision", strconv.Itoa(c.revision))
	w.Header().Set("Codes-Complete", strconv.FormatBool(c.complete))
	if kind == kindRaw && first == 0 && second == 1 {
		answer(w, http.StatusOK, kind, c.binary)
		return nil
	}
	if kind == kindRaw {
		answer(w, http.StatusOK, kind, c.encode(first, second))
		return nil
	}
	body := struct {
		Revision int         `json:"revision"`
		Complete bool        `json:"complete"`
		Total    int         `json:"total"`
		Places   [][]float32 `json:"places"`
		Images   []uint32    `json:"images"`
		Labels   []int       `json:"labels,omitempty"`
	}{c.revision, c.complete, c.total, slices.Collect(slices.Chunk(c.along(first, second), 2)), c.images, nil}
	for _, l := range c.labels {
		if l == noLabel {
			body.Labels = append(body.Labels, -1)
			continue
		}
		body.Labels = append(body.Labels, int(l))
	}
	answerJSON(w, http.StatusOK, body)
	return nil
}
