package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
)

// The numbers of all images of a request are bounded before the next one is decoded: the second picture here
// cannot be decoded, and is refused for what its head says.
func TestManyBlankPictures(t *testing.T) {
	m, _ := small(t)
	s, c := started(t, m, nil, Options{Limits: Limits{Numbers: 1 << 14}})
	blank := bomb(100, 100)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, file := range [][]byte{blank, blank[:len(blank)-20]} {
		part, err := w.CreateFormFile("picture", "a.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c.refused(413, recorded(s, "POST", "/api/encode?fit=none", form.Bytes(), "Content-Type", w.FormDataContentType()), "together 16384 numbers", "several requests")
	one := "[" + string(bytes.Repeat([]byte("0,"), 9999)) + "0]"
	c.refused(413, recorded(s, "POST", "/api/encode", []byte(`{"images":[[`+one+`],[`+one+`]]}`), "Content-Type", kindJSON), "together 16384 numbers")
}

// Rows of numbers are no image of a model of colours: six numbers are not silently two pixels.
func TestGreyRowsForColours(t *testing.T) {
	m := trained(t, filepath.Join(t.TempDir(), "run"), "conv", dataOf(discs(32, 8, 3), discs(8, 8, 3)))
	s, c := started(t, m, nil, Options{})
	c.refused(400, recorded(s, "POST", "/api/encode", []byte("[[0,0,0,1,1,1]]"), "Content-Type", kindJSON), "(height, width, 3), got rows of numbers, (1, 6)")
	pixels := images.Values(discs(1, 8, 3).Image(0))
	rows := make([][][]float32, 8)
	for y := range rows {
		for x := range 8 {
			rows[y] = append(rows[y], pixels[(y*8+x)*3:][:3])
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	c.want(200, recorded(s, "POST", "/api/encode", text, "Content-Type", kindJSON))
}

// A body that no handler reads is not waited for longer than one that is read: clients that never send it
// do not fill the places for connections, which they need no token for.
func TestUnreadBodies(t *testing.T) {
	m, _ := small(t)
	_, c := started(t, m, nil, Options{Token: "0123456789abcdef-token", Limits: Limits{Receive: 300 * time.Millisecond, Connections: 2}})
	for _, text := range []string{
		"POST /api/encode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nab",
		"PUT /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
			t.Errorf("%q is answered with %.40q: %v", text, answer, err)
		}
	}
	c.gets("/healthz")
}

// A file whose images never fit into the memory for them is not to be sent again a little later.
func TestNeverFits(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{Limits: Limits{Pixels: 100}})
	c.complete()
	fitted, err := s.now.Load().codec.must()
	if err != nil {
		t.Fatal(err)
	}
	var all []picture
	for i := range 3 {
		x, err := pick(data.Test, i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, picture{size: data.Test.Size(), x: x})
	}
	for n, want := range map[int]int{2: 200, 3: 413} {
		file, _, err := pack(t.Context(), fitted, codec.Options{}, all[:n])
		if err != nil {
			t.Fatal(err)
		}
		if r := recorded(s, "POST", "/api/decompress", file); r.status != want || r.head.Get("Retry-After") != "" {
			t.Errorf("%d images: status %d, want %d: %.200s", n, r.status, want, r.body)
		}
	}
}

// A client that has gone was not answered with 200.
func TestGone(t *testing.T) {
	m, _ := small(t)
	s, err := New(m, Options{NoData: "none", Limits: Limits{AtOnce: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.slots.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, "GET", "/api/decode?place=1,2", nil)
	r.Host = "localhost"
	s.ServeHTTP(httptest.NewRecorder(), r)
	if n := s.metrics.counts[answered{"/api/decode", "GET", gone}]; n != 1 {
		t.Errorf("the counts are %v", s.metrics.counts)
	}
}
