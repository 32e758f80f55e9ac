package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pkg/errors"
)

// fault is an answer that refuses a request. Other errors of handlers are faults of the server.
type fault struct {
	status int
	text   string        // what came
	want   string        // what was wanted, or what to do
	retry  time.Duration // when it may go better; 0: not by waiting
}

func (f *fault) Error() string { return f.text }

// refuse returns a fault. want may be "".
func refuse(status int, want, format string, args ...any) *fault {
	return &fault{status: status, want: want, text: fmt.Sprintf(format, args...)}
}

// refuseWith returns a fault for an error of another package. Its text says both what was wanted and
// what came.
func refuseWith(status int, err error) *fault { return &fault{status: status, text: err.Error()} }

// busy is the fault of a request that the server could do later.
func busy(format string, args ...any) *fault {
	f := refuse(http.StatusServiceUnavailable, "the same request a little later: Retry-After has the seconds", format, args...)
	f.retry = time.Second
	return f
}

// ended returns err, or a fault if err is that of a context whose time is up.
func ended(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, ctx.Err()) {
		return busy("it took longer than a request may take")
	}
	return err
}

// problem is the body of every refusal.
type problem struct {
	Error string `json:"error"`
	Want  string `json:"want,omitempty"`
}

// answerFault answers with an error, and returns the status. Faults of the server are told to the log,
// not to the client: their texts may have paths.
func (s *Server) answerFault(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &f):
	case errors.As(err, &large):
		f = refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d bytes", large.Limit), "the body is larger than %d bytes", large.Limit)
	case errors.Is(r.Context().Err(), context.Canceled):
		return // nobody reads the answer; ServeHTTP counts it
	default:
		s.log("%s %s: %v", r.Method, r.URL.Path, err)
		f = refuse(http.StatusInternalServerError, "", "a fault of the server, which its terminal shows")
	}
	if f.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.retry+time.Second-1)/time.Second)))
	}
	answerJSON(w, f.status, problem{f.text, f.want})
}

// answerJSON answers with a value as JSON.
func answerJSON(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // a number that is not finite: checked where numbers are made
		status, text = http.StatusInternalServerError, []byte(`{"error":"the answer has numbers that are not finite"}`)
	}
	answer(w, status, "application/json", append(text, '\n'))
}

// answer answers with a whole body.
func answer(w http.ResponseWriter, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away is no fault
}
