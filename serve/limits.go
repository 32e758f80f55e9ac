package serve

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// slots bound how many requests compute at once, and how many wait for that.
type slots struct {
	free    chan struct{}
	waiting atomic.Int64
	most    int64
	wait    time.Duration
}

func newSlots(l Limits) *slots {
	return &slots{free: make(chan struct{}, l.AtOnce), most: int64(l.Waiting), wait: l.Wait}
}

// take waits for a slot. Whoever got one must give it back.
func (s *slots) take(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	default:
	}
	defer s.waiting.Add(-1)
	if s.waiting.Add(1) > s.most {
		return busy("too many requests are waiting")
	}
	late := time.NewTimer(s.wait)
	defer late.Stop()
	select {
	case s.free <- struct{}{}:
		return nil
	case <-late.C:
		return busy("the server was busy for %v", s.wait)
	case <-ctx.Done():
		return ended(ctx, ctx.Err())
	}
}

func (s *slots) give() { <-s.free }

// budget bounds the sum of what requests hold at once: bytes of bodies, or pixels.
type budget struct {
	mu         sync.Mutex
	used, most int64
}

// take returns whether there is room for n; more than all there is never fits.
func (b *budget) take(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.most-b.used {
		return false
	}
	b.used += n
	return true
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
}

// body reads the body of a request, and returns what gives back its place in the budget. A client that
// sends slowly holds nothing but that.
func (s *Server) body(w http.ResponseWriter, r *http.Request) (data []byte, done func(), err error) {
	most := s.o.Limits.Body
	room := r.ContentLength
	if room < 0 {
		room = most // it comes in pieces, and does not say how much it will be
	}
	if room > most {
		return nil, nil, refuse(http.StatusRequestEntityTooLarge, "", "want a body of at most %d bytes, got %d", most, room)
	}
	if room == 0 {
		return nil, nil, refuse(http.StatusBadRequest, "a body; openapi.json says of what", "the request has no body")
	}
	if !s.bodies.take(room) {
		return nil, nil, busy("the bodies of other requests fill the memory for them")
	}
	done = func() { s.bodies.give(room) }
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(s.o.Limits.Receive)) // a recorder of a test has no deadline
	data, err = readAll(http.MaxBytesReader(w, r.Body, most), int(room))
	if err == nil {
		_ = control.SetReadDeadline(time.Time{})
	} else {
		w.Header().Set("Connection", "close") // the rest is not waited for
	}
	if err == nil && len(data) == 0 {
		err = refuse(http.StatusBadRequest, "a body; openapi.json says of what", "the request has no body")
	}
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		err = refuse(http.StatusRequestTimeout, "", "want the whole body within %v, got a part of it", s.o.Limits.Receive)
	}
	if err == io.ErrUnexpectedEOF {
		err = refuse(http.StatusBadRequest, "", "the body ended before its length")
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return data, done, nil
}

// readAll reads all, in memory that grows with what has come, since a stated length is only a claim.
func readAll(r io.Reader, stated int) ([]byte, error) {
	const first = 64 << 10
	b := make([]byte, 0, min(stated, first)+1)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
}

// limited is a listener that has so many open connections at most; others wait in the system's queue.
type limited struct {
	net.Listener
	open chan struct{}
}

func (l limited) Accept() (net.Conn, error) {
	l.open <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &counted{Conn: c, done: sync.OnceFunc(func() { <-l.open })}, nil
}

type counted struct {
	net.Conn
	done func()
}

func (c *counted) Close() error {
	defer c.done()
	return c.Conn.Close()
}
