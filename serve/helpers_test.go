package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// discs returns images of bright discs on black, with the half of the image that the disc is in as label.
func discs(n, side, channels int) *images.Set {
	s := &images.Set{Name: "discs", Channels: channels, Height: side, Width: side, Pixels: make([]byte, n*side*side*channels), Labels: make([]byte, n), Classes: []string{"left", "right"}}
	for i := range n {
		x, y, r := (i*7)%side, (i*5)%side, side/4
		if x >= side/2 {
			s.Labels[i] = 1
		}
		for k := range side * side {
			dx, dy := k%side-x, k/side-y
			if d := dx*dx + dy*dy; d <= r*r {
				for c := range channels {
					s.Pixels[(i*side*side+k)*channels+c] = byte(255 - (d*20+40*c)%200)
				}
			}
		}
	}
	return s
}

// trained trains a small model into a folder, and returns it as a command reads it. settings are pairs of a
// flag and its value.
func trained(t testing.TB, dir, architecture string, data *dataset.Data, settings ...string) *run.Model {
	t.Helper()
	s, err := run.NewSettings(architecture)
	if err != nil {
		t.Fatal(err)
	}
	for pair := append([]string{"epochs", "1", "batch", "16"}, settings...); len(pair) > 0; pair = pair[2:] {
		if err := s.Set(pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	r, err := run.New(data, s, run.Place{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func dataOf(train, test *images.Set) *dataset.Data {
	return &dataset.Data{Name: "discs", Train: train, Test: test, Classes: train.Classes}
}

// small returns a model with codes of two numbers, and its data set.
func small(t testing.TB) (*run.Model, *dataset.Data) {
	t.Helper()
	data := dataOf(discs(300, 12, 1), discs(20, 12, 1))
	return trained(t, filepath.Join(t.TempDir(), "small"), "tutorial", data, "hidden", "16"), data
}

// client calls a server that listens.
type client struct {
	t    testing.TB
	url  string
	head http.Header
}

// started serves a model, and stops when the test ends. o.Open is that of data if data is not nil.
func started(t testing.TB, m *run.Model, data *dataset.Data, o Options) (*Server, client) {
	t.Helper()
	if data != nil {
		o.Open = func(context.Context) (*dataset.Data, error) { return data, nil }
	} else if o.Open == nil {
		o.NoData = "the test has none"
	}
	if o.Log == nil {
		o.Log = func(line string) { t.Log(line) }
	}
	s, err := New(m, o)
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return s, client{t, strings.TrimSuffix(URL(l, ""), "/"), http.Header{}}
}

// answered is an answer that was read.
type reply struct {
	status int
	head   http.Header
	body   []byte
}

func (c client) do(method, path string, body io.Reader, head ...string) reply {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range c.head {
		r.Header[k] = v
	}
	for ; len(head) > 0; head = head[2:] {
		if head[0] == "Host" {
			r.Host = head[1]
		}
		r.Header.Add(head[0], head[1])
	}
	one := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := one.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{a.StatusCode, a.Header, text}
}

// gets calls a path that must answer with 200.
func (c client) gets(path string, head ...string) reply {
	c.t.Helper()
	return c.want(http.StatusOK, c.do(http.MethodGet, path, nil, head...))
}

func (c client) posts(path string, body []byte, head ...string) reply {
	c.t.Helper()
	return c.want(http.StatusOK, c.do(http.MethodPost, path, bytes.NewReader(body), head...))
}

func (c client) want(status int, r reply) reply {
	c.t.Helper()
	if r.status != status {
		c.t.Fatalf("got status %d, want %d: %.300s", r.status, status, r.body)
	}
	return r
}

// refused checks a refusal: its status, and that it says in JSON what was wrong.
func (c client) refused(status int, r reply, texts ...string) {
	c.t.Helper()
	var p problem
	if err := json.Unmarshal(r.body, &p); r.status != status || err != nil || p.Error == "" {
		c.t.Errorf("got status %d with %.200q, want %d with an error as JSON", r.status, r.body, status)
	}
	for _, text := range texts {
		if !strings.Contains(p.Error+" "+p.Want, text) {
			c.t.Errorf("want a refusal with %q, got %.300q, %q", text, p.Error, p.Want)
		}
	}
	if strings.Contains(string(r.body), "goroutine") || strings.Contains(string(r.body), "%!") {
		c.t.Errorf("the refusal %q has what is for programmers", r.body)
	}
}

// into reads JSON.
func into[T any](c client, r reply) (v T) {
	c.t.Helper()
	if err := json.Unmarshal(r.body, &v); err != nil {
		c.t.Fatalf("%v in %.200s", err, r.body)
	}
	return v
}

// whole waits until all codes are there, and the codec if there can be one.
func (c client) complete() about {
	c.t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(5 * time.Millisecond) {
		a := into[about](c, c.gets("/api/model"))
		if (a.Codes.Status == ready || a.Codes.Status == unavailable) && (a.Codec.Status == ready || a.Codec.Status == unavailable) {
			return a
		}
	}
	c.t.Fatal("the codes and the codec are not there after a minute")
	return about{}
}

func pictureFile(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// imageFile returns an image of a set as a PNG file.
func imageFile(t testing.TB, s *images.Set, i int) []byte {
	t.Helper()
	m, err := images.Picture(s.Size(), s.Image(i))
	if err != nil {
		t.Fatal(err)
	}
	return pictureFile(t, m)
}

// recorded calls a server without a connection.
func recorded(s *Server, method, path string, body []byte, head ...string) reply {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Host = "localhost"
	for ; len(head) > 0; head = head[2:] {
		if head[0] == "Host" {
			r.Host = head[1]
			continue
		}
		r.Header.Add(head[0], head[1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}
