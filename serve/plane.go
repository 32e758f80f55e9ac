package serve

import (
	"context"
	"math"
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

// Bytes returns the function that gives an image of the part as bytes, if the data set has one; see train.Bytes.
func (s some) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	b, ok := s.Images.(train.Bytes)
	if !ok {
		return nil
	}
	read := b.Bytes(s.Images)
	if read == nil {
		return nil
	}
	return func(epoch, i int, scratch []byte) []byte { return read(epoch, int(s.which[i]), scratch) }
}

// Ahead tells the data set which of its images will be asked for; see train.Ahead.
func (s some) Ahead(epoch int, indices []int32) {
	if a, ok := s.Images.(train.Ahead); ok {
		moved := make([]int32, len(indices))
		for k, i := range indices {
			moved[k] = int32(s.which[i])
		}
		a.Ahead(epoch, moved)
	}
}

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
	select { // a browser on this machine has the processors while it shows the sample
	case <-time.After(sampleTime):
	case <-ctx.Done():
		return ctx.Err()
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
	labels, found := make([]uint16, len(c.images)), false
	for k, i := range c.images {
		labels[k] = noLabel
		if l := set.Label(int(i)); l >= 0 && l < noLabel {
			labels[k], found = uint16(l), true
		}
	}
	if found {
		c.labels = labels
	}
}
