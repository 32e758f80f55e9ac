package serve

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/dataset"
)

// A model that a training has written and that cannot be read leaves the codec of the other, and its curve:
// they are computed, though the work on them was stopped for the new one.
func TestReloadFails(t *testing.T) {
	m, data := small(t)
	seen := make(chan struct{})
	s, c := started(t, m, nil, Options{Open: func(context.Context) (*dataset.Data, error) {
		<-seen
		return data, nil
	}})
	if err := os.WriteFile(m.Path, []byte("no model"), 0o600); err != nil {
		t.Fatal(err)
	}
	for !s.lively.changedSince(nil) {
		time.Sleep(time.Millisecond)
	}
	close(seen)
	if a := c.complete(); a.Codec.Status != ready || a.Revision != 1 {
		t.Errorf("the codec is %q, the revision %d", a.Codec.Status, a.Revision)
	}
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if r := into[struct{ Status status }](c, c.gets("/api/rate")); r.Status == ready {
			break
		} else if time.Since(begin) > time.Minute {
			t.Fatalf("the curve is %q", r.Status)
		}
	}
}

// A measurement that was stopped is none that failed.
func TestRateStopped(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{})
	c.complete()
	st := s.now.Load()
	codec, err := st.codec.must()
	if err != nil {
		t.Fatal(err)
	}
	other := &state{train: st.train, test: st.test}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	s.measureRate(ctx, other, codec)
	if r := other.codec.rate; r.status != "" || r.reason != "" || len(r.points) != 0 {
		t.Errorf("the curve is %+v", r)
	}
}

// What wakes the work in the background is told once, when it comes about.
func TestWant(t *testing.T) {
	m, _ := small(t)
	s, err := New(m, Options{NoData: "none"})
	if err != nil {
		t.Fatal(err)
	}
	next := s.changed.next()
	s.want(s.now.Load())
	select {
	case <-next:
	default:
		t.Error("nobody is told that the codec is wanted")
	}
	next = s.changed.next()
	s.want(s.now.Load())
	select {
	case <-next:
		t.Error("it is told twice")
	default:
	}
}

// A model that a training writes after the program has read it, and before the server looks, is shown.
func TestWrittenMeanwhile(t *testing.T) {
	m, data := small(t)
	file, err := os.Stat(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	trained(t, filepath.Dir(m.Path)+"2", "tutorial", data, "hidden", "24") // another one, of another size
	if err := os.Rename(filepath.Join(filepath.Dir(m.Path)+"2", filepath.Base(m.Path)), m.Path); err != nil {
		t.Fatal(err)
	}
	_, c := started(t, m, data, Options{File: file})
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if a := c.complete(); a.Revision == 2 {
			break
		} else if time.Since(begin) > time.Minute {
			t.Fatalf("the revision is %d", a.Revision)
		}
	}
}
