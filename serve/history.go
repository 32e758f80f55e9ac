package serve

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// epoch is an epoch of a training. Numbers that are not finite are null.
type epoch struct {
	Epoch    int        `json:"epoch"`
	Seconds  float64    `json:"seconds"`
	Loss     *float64   `json:"loss"`
	ValLoss  *float64   `json:"val_loss"`
	Rate     *float64   `json:"lr"`
	Terms    []*float64 `json:"terms,omitempty"`
	ValTerms []*float64 `json:"val_terms,omitempty"`
}

// history is the body of /api/history.
type history struct {
	Loss     string   `json:"loss,omitempty"`
	Terms    []string `json:"terms"`
	Epochs   []epoch  `json:"epochs"`
	Wanted   int      `json:"wanted"`
	Training bool     `json:"training"`
	Best     int      `json:"best"`
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func finites(values []float64) (all []*float64) {
	for _, v := range values {
		all = append(all, finite(v))
	}
	return all
}

func rootOf(err error) error { return errors.Cause(err) }

// history returns what the folder says of its training now; without a folder, what the model says.
func (s *Server) history() history {
	st := s.now.Load()
	h := history{Terms: []string{}, Epochs: []epoch{}, Training: s.lively.training()}
	var from train.History
	if t, err := st.model.Training(); err == nil {
		h.Loss, from = t.Label, t.History
	}
	var settings struct {
		Training struct {
			Epochs int `json:"epochs"`
		} `json:"training"`
	}
	if json.Unmarshal([]byte(st.model.Meta["settings"]), &settings) == nil {
		h.Wanted = settings.Training.Epochs
	}
	if s.dir != "" {
		if f, err := os.Open(filepath.Join(s.dir, run.HistoryName)); err == nil {
			if read, err := train.ReadCSV(f); err == nil {
				from = read
			}
			f.Close()
		}
	}
	h.Terms = append(h.Terms, from.Terms...)
	if h.Loss != "" {
		h.Loss = report.LossLabel(h.Loss, h.Terms)
	}
	lowest := math.Inf(1)
	for i, e := range from.Epochs {
		h.Epochs = append(h.Epochs, epoch{i + 1, e.Seconds, finite(e.Loss), finite(e.ValLoss), finite(float64(e.Rate)), finites(e.Terms), finites(e.ValTerms)})
		if e.ValLoss < lowest {
			lowest, h.Best = e.ValLoss, i+1
		}
	}
	return h
}

func (s *Server) showHistory(w http.ResponseWriter, _ *http.Request) error {
	answerJSON(w, http.StatusOK, s.history())
	return nil
}

// Times of a stream.
const beatTime = 15 * time.Second

// stream writes Server-Sent Events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send writes an event, or a comment if kind is "".
func (s stream) send(kind string, v any) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(2 * beatTime)) // a recorder of a test has no deadline
	text := ": still here\n\n"
	if kind != "" {
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text = fmt.Sprintf("event: %s\ndata: %s\n\n", kind, data)
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// streamHistory sends the history, and what changes in it, until the client goes or the server stops.
func (s *Server) streamHistory(w http.ResponseWriter, r *http.Request) error {
	if _, err := accepted(r, "text/event-stream"); err != nil {
		return err
	}
	if s.metrics.streams.Add(1) > mostStreams {
		s.metrics.streams.Add(-1)
		return busy("%d streams are open", mostStreams)
	}
	defer s.metrics.streams.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := stream{w, http.NewResponseController(w)}
	told, revision := s.history(), s.now.Load().revision
	err := out.send("history", told)
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	for err == nil {
		next := s.changed.next()
		told, err = out.update(told, s.history())
		if now := s.now.Load().revision; err == nil && now != revision {
			revision = now
			err = out.send("model", revision)
		}
		if err != nil {
			break
		}
		select {
		case <-next:
		case <-beat.C:
			err = out.send("", nil)
		case <-r.Context().Done():
			return nil
		case <-s.closing:
			return nil
		}
	}
	return nil // the client has gone
}

// mostStreams bounds the clients that watch a training at once.
const mostStreams = 64

// update sends how the history differs from what was told.
func (s stream) update(told, now history) (history, error) {
	if len(now.Epochs) < len(told.Epochs) || len(now.Terms) != len(told.Terms) { // a run began anew
		return now, s.send("history", now)
	}
	for _, e := range now.Epochs[len(told.Epochs):] {
		if err := s.send("epoch", e); err != nil {
			return now, err
		}
	}
	if now.Training != told.Training {
		return now, s.send("training", now.Training)
	}
	return now, nil
}
