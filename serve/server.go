package serve

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
)

// Server answers the requests of the page and of other programs. New makes one.
type Server struct {
	o       Options
	guard   guard
	slots   *slots
	bodies  budget // bytes
	pixels  budget // pixels of pictures that are being decoded
	metrics *metrics
	mux     *http.ServeMux

	dir     string // of the run; its history and its training are shown
	now     atomic.Pointer[state]
	opened  atomic.Pointer[opened]
	codes   atomic.Int64 // the revision of the codes that was published last
	lively  lively
	changed notice // when something that a waiting request looks at has changed
	closing chan struct{}
}

// New returns a server of a model, which nobody else may change. Serve starts the work in the
// background: opening the data set, the codes of its images, the codec.
func New(m *run.Model, o Options) (*Server, error) {
	o.Limits.complete()
	g, err := newGuard(o)
	if err != nil {
		return nil, err
	}
	s := &Server{o: o, guard: g, slots: newSlots(o.Limits), metrics: newMetrics(), dir: runFolder(m), closing: make(chan struct{})}
	s.bodies.most, s.pixels.most = 4*o.Limits.Body, int64(o.Limits.Pixels)
	s.opened.Store(&opened{status: waiting})
	if o.Open == nil {
		s.opened.Store(&opened{status: unavailable, reason: o.NoData})
	}
	st, err := newState(m, s.opened.Load(), 1)
	if err != nil {
		return nil, err
	}
	s.now.Store(st)
	if o.File != nil {
		s.lively.seen(stampFrom(o.File))
	}
	s.lively.look(s.dir, m)
	s.mux = s.newMux()
	return s, nil
}

// Serve answers the requests that come to a listener until ctx ends. Then it takes no more, waits for
// those that are being answered, at most ten seconds, and returns nil.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() { s.work(work) })
	all.Go(func() { s.watch(work) })
	h := &http.Server{Handler: s, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 16 << 10}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(limited{l, make(chan struct{}, s.o.Limits.Connections)}) }()
	select {
	case err := <-ended:
		return errors.Wrap(err, "cannot serve")
	case <-ctx.Done():
	}
	close(s.closing) // streams and those that wait for something new end
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := h.Shutdown(late); err != nil {
		s.log("stopped with requests that were not answered after %v", stopTime)
		_ = h.Close() // what is left is not waited for
	}
	return nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	s.metrics.flying.Add(1)
	a := &answering{ResponseWriter: w, route: "other"}
	defer func() {
		if fault := recover(); fault != nil {
			s.metrics.panicked.Add(1)
			s.log("%s %s: panic: %v at %s", r.Method, r.URL.Path, fault, calls())
			if a.status == 0 {
				answerJSON(a, http.StatusInternalServerError, problem{Error: "a fault of the server, which its terminal shows"})
			}
		}
		if a.status == 0 && errors.Is(r.Context().Err(), context.Canceled) {
			a.status = gone
		}
		s.metrics.flying.Add(-1)
		s.metrics.note(a.route, r.Method, max(a.status, http.StatusOK), time.Since(begin))
	}()
	protect(a.Header())
	_ = http.NewResponseController(w).SetWriteDeadline(begin.Add(2 * (s.o.Limits.Time + s.o.Limits.Receive))) // a client that reads slowly; a recorder of a test has no deadline
	// net/http reads what no handler does, and would wait for it without end.
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(begin.Add(s.o.Limits.Receive))
	}
	if f := s.guard.host(r); f == nil && s.guard.welcome(a, r) {
		return
	}
	if f := s.guard.check(r, isAPI(r.URL.Path)); f != nil {
		if f.status == http.StatusUnauthorized {
			a.Header().Set("WWW-Authenticate", `Bearer realm="gorgonae"`)
		}
		s.answerFault(a, r, f)
		return
	}
	s.mux.ServeHTTP(a, r)
}

func (s *Server) log(format string, args ...any) {
	if s.o.Log != nil {
		s.o.Log(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
	}
}

// calls returns in one line where a panic came from, for the function that recovers from it.
func calls() string {
	pcs := make([]uintptr, 12)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)]) // without Callers, calls and that function
	var all []string
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			all = append(all, fmt.Sprintf("%s (%s:%d)", f.Function, filepath.Base(f.File), f.Line))
		}
		if !more {
			return strings.Join(all, " < ")
		}
	}
}

// answering remembers what was answered.
type answering struct {
	http.ResponseWriter
	route  string
	status int
}

func (a *answering) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answering) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the connection.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// notice tells everybody who waits that something has changed.
type notice struct {
	mu sync.Mutex
	ch chan struct{}
}

// next returns a channel that is closed with the next change.
func (n *notice) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
	}
	return n.ch
}

func (n *notice) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
	}
}
