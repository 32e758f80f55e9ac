package images

import (
	recency "container/list"
	"runtime"
	"sync"
)

// frame is a decoded picture, (height, width, channels): bytes, or numbers of 16 bits if the pictures
// have more than 8.
type frame struct {
	bytes []byte
	deep  []uint16
}

// size returns the bytes of memory of a frame.
func (f frame) size() int64 { return int64(len(f.bytes)) + 2*int64(len(f.deep)) }

// store decodes pictures when they are asked for, on all cores a little ahead of that if it knows
// what comes, and keeps those that were used last as long as they fit into its limit. Its methods
// may be called by several goroutines.
type store struct {
	decode func(i int) (frame, error)
	limit  int64 // bytes of the frames that are kept

	mu      sync.Mutex
	kept    map[int]*recency.Element // of recent
	recent  *recency.List            // of keptFrame, the one that was used last in front
	used    int64                    // bytes of recent
	pending map[int]*decoding        // begun ahead, and not asked for yet
	plan    []int32                  // what is to be decoded ahead
	waiting int64                    // bytes of the pending frames that are decoded
	running int                      // goroutines that decode
}

type keptFrame struct {
	i int
	frame
}

// decoding is a frame that is decoded ahead. Its fields are valid when done is closed.
type decoding struct {
	done chan struct{}
	frame
	err error
}

// Bounds of what is decoded ahead and waits: enough for the next steps, and little beside the cache.
const (
	aheadFrames = 256
	aheadBytes  = 1 << 27
)

func newStore(limit int64, decode func(i int) (frame, error)) *store {
	return &store{decode: decode, limit: limit, kept: map[int]*recency.Element{}, recent: recency.New(), pending: map[int]*decoding{}}
}

// ahead says which pictures will be asked for next, in this order. A picture may come again.
func (s *store) ahead(indices []int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.pending) // their goroutines end by themselves
	s.waiting = 0
	s.plan = indices
	s.start()
}

// start starts goroutines that decode what is planned, as long as there is room. mu is held.
func (s *store) start() {
	for s.running < runtime.GOMAXPROCS(0) && len(s.pending) < aheadFrames && s.waiting < aheadBytes {
		i, ok := s.next()
		if !ok {
			return
		}
		d := &decoding{done: make(chan struct{})}
		s.pending[i] = d
		s.running++
		go s.run(i, d)
	}
}

// next takes the next picture from the plan that is neither kept nor pending. mu is held.
func (s *store) next() (i int, ok bool) {
	for len(s.plan) > 0 {
		i := int(s.plan[0])
		s.plan = s.plan[1:]
		if s.kept[i] == nil && s.pending[i] == nil {
			return i, true
		}
	}
	return 0, false
}

func (s *store) run(i int, d *decoding) {
	d.frame, d.err = s.decode(i)
	s.mu.Lock()
	defer s.mu.Unlock()
	close(d.done)
	s.running--
	if s.pending[i] == d {
		s.waiting += d.size()
	}
	s.start()
}

// get returns a picture. Nobody may change it.
func (s *store) get(i int) (frame, error) {
	s.mu.Lock()
	if e := s.kept[i]; e != nil {
		s.recent.MoveToFront(e)
		s.mu.Unlock()
		return e.Value.(keptFrame).frame, nil
	}
	d := s.pending[i]
	s.mu.Unlock()
	if d == nil {
		f, err := s.decode(i)
		if err == nil {
			s.keep(i, f, nil)
		}
		return f, err
	}
	<-d.done
	s.keep(i, d.frame, d)
	return d.frame, d.err
}

// peek returns a picture if it is kept.
func (s *store) peek(i int) (frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.kept[i]; e != nil {
		return e.Value.(keptFrame).frame, true
	}
	return frame{}, false
}

// offer keeps a picture if there is room without dropping others.
func (s *store) offer(i int, f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[i] == nil && s.used+f.size() <= s.limit {
		s.kept[i] = s.recent.PushBack(keptFrame{i, f})
		s.used += f.size()
	}
}

// keep keeps a picture that was asked for. d, if not nil, is how it was decoded ahead.
func (s *store) keep(i int, f frame, d *decoding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d != nil && s.pending[i] == d {
		delete(s.pending, i)
		s.waiting -= f.size()
		s.start()
	}
	if s.kept[i] != nil || f.size() > s.limit || d != nil && d.err != nil {
		return
	}
	s.kept[i] = s.recent.PushFront(keptFrame{i, f})
	s.used += f.size()
	for s.used > s.limit {
		last := s.recent.Back()
		old := s.recent.Remove(last).(keptFrame)
		delete(s.kept, old.i)
		s.used -= old.size()
	}
}
