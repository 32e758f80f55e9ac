package serve

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// bomb returns a PNG file of black pixels, which is some thousand times smaller than they.
func bomb(height, width int) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(b)-len(data)-4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height))
	chunk("IHDR", append(head, 8, 0, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := make([]byte, width+1)
	for range height {
		_, _ = z.Write(row) // a buffer takes all
	}
	_ = z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return b
}

// Whatever a client sends, it gets a refusal that says why.
func TestHostile(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{Limits: Limits{Body: 1 << 20, Pixels: 1 << 16, Numbers: 1 << 14, Images: 8}})
	c.complete()
	whole := imageFile(t, data.Train.(*images.Set), 1)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0xff
	var wide bytes.Buffer
	if err := npy.Write(&wide, npy.Array{Shape: []int{1, 3, 5}, Data: make([]float32, 15)}); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("[", 1<<19)
	for _, one := range []struct {
		path, kind string
		body       []byte
		want       int
		text       string
	}{
		{"/api/encode", "image/png", whole[:len(whole)/2], 422, ""},
		{"/api/encode", "image/png", flipped, 422, ""},
		{"/api/encode", "image/png", []byte("<html>"), 422, "picture"},
		{"/api/encode", "image/png", bomb(300, 300), 413, "at most 65536 pixels, got 300 x 300"},
		{"/api/encode", "image/png", make([]byte, 1<<20+1), 413, "at most 1048576 bytes"},
		{"/api/encode", "image/png", nil, 400, "no body"},
		{"/api/encode", "text/plain", whole, 415, "text/plain"},
		{"/api/encode", "a/b/c;;", whole, 415, ""},
		{"/api/encode", "multipart/form-data", whole, 400, "boundary"},
		{"/api/encode", "multipart/form-data; boundary=x", whole, 400, ""},
		{"/api/encode", "multipart/form-data; boundary=x", []byte("--x--\r\n"), 400, "one image or more"},
		{"/api/encode", "application/json", []byte(long), 400, ""},
		{"/api/encode", "application/json", []byte(`{"image":[[0.5,2]]}`), 400, "from 0 (black) to 1"},
		{"/api/encode", "application/json", []byte(`{"image":[[0.5],[0.5,1]]}`), 400, "one length"},
		{"/api/encode", "application/json", []byte(`{"picture":[[0.5]]}`), 400, "picture"},
		{"/api/encode", "application/json", []byte(`[[0.5,0.5]]`), 422, "12 x 12"},
		{"/api/encode", "application/json", []byte(`[[0.5]] [[0.5]]`), 400, ""},
		{"/api/encode", "application/json", []byte(`[]`), 400, ""},
		{"/api/encode", "application/json", []byte(`[[]]`), 400, ""},
		{"/api/encode", "application/x-npy", wide.Bytes(), 422, ""},
		{"/api/encode", "application/x-npy", wide.Bytes()[:40], 422, ""},
		{"/api/encode", "application/x-npy", []byte("PK\x03\x04 an archive of arrays"), 415, "numpy.save"},
		{"/api/encode?fit=wrong", "image/png", whole, 400, "crop, pad, scale or none"},
		{"/api/encode?lambda=-1", "image/png", whole, 400, "lambda"},
		{"/api/encode?lambda=NaN", "image/png", whole, 400, "lambda"},
		{"/api/encode?reconstruction=maybe", "image/png", whole, 400, "true or false"},
		{"/api/decode", "application/json", []byte(long), 400, ""},
		{"/api/decode", "application/json", []byte(`[1,2,3]`), 422, "codes of 2 numbers, got 3"},
		{"/api/decode", "application/json", []byte(`[1e39,0]`), 400, ""},
		{"/api/decode", "application/json", []byte(`[null,"x"]`), 400, ""},
		{"/api/decode", "application/json", []byte(`{}`), 400, ""},
		{"/api/decode", "application/json", []byte(`{"code":[1,2],"place":[1,2]}`), 400, ""},
		{"/api/decode", "application/json", []byte(`{"place":[1,2,3]}`), 400, "1 to 2 coordinates"},
		{"/api/decode", "application/json", []byte(`[` + strings.Repeat(`[1,2],`, 8) + `[1,2]]`), 413, "at most 8 images"},
		{"/api/decode", "application/json", []byte(`null`), 400, ""},
		{"/api/decode", "application/json", []byte("\xff\xfe"), 400, ""},
		{"/api/compress", "image/png", whole[:30], 422, ""},
		{"/api/decompress", "application/x-gae", []byte("\x8bGAE and then something else"), 422, ""},
		{"/api/decompress", "application/x-gae", whole, 422, ""},
	} {
		c.refused(one.want, c.do("POST", one.path, bytes.NewReader(one.body), "Content-Type", one.kind), one.text)
	}
	for _, one := range []struct{ method, path string }{{"DELETE", "/api/model"}, {"POST", "/api/codes"}, {"GET", "/api/encode"}, {"PUT", "/healthz"}, {"BREW", "/api/decode"}} {
		r := recorded(s, one.method, one.path, nil)
		if c.refused(405, r); r.head.Get("Allow") == "" {
			t.Errorf("%s %s: no header Allow", one.method, one.path)
		}
	}
	for _, path := range []string{"/api", "/api/", "/api/none", "/api/image", "/api/image/1/2", "/api//model"} {
		if r := recorded(s, "GET", path, nil); r.status != 404 && r.status != 301 && r.status != 307 {
			t.Errorf("%s: status %d", path, r.status)
		}
	}
	c.gets("/healthz")
}

// The limit of pixels is kept before memory is taken: a file of a few kilobytes does not get hundreds of
// megabytes, and many such files at once do not either.
func TestBombs(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{Limits: Limits{Pixels: 1 << 18}})
	c.complete()
	over, within := bomb(4000, 4000), bomb(500, 500)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 4 {
		c.refused(413, c.do("POST", "/api/encode", bytes.NewReader(over)), "at most 262144 pixels")
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("refusing four files of %d bytes took %d bytes of memory", len(over), got)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 16 {
		all.Go(func() {
			r := c.do("POST", "/api/encode", bytes.NewReader(within))
			mu.Lock()
			defer mu.Unlock()
			if seen[r.status]++; r.status == 503 && r.head.Get("Retry-After") == "" {
				t.Error("a busy server does not say when to come again")
			}
		})
	}
	all.Wait()
	if seen[200] == 0 || seen[200]+seen[503] != 16 {
		t.Errorf("16 pictures that each fill most of the memory got the statuses %v", seen)
	}
}

// More requests than the server computes at once wait, more than may wait are told to come again, and none
// is lost.
func TestBusy(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{Limits: Limits{AtOnce: 1, Waiting: 1, Wait: 50 * time.Millisecond}})
	c.complete()
	if err := s.slots.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	r := c.do("GET", "/api/decode?place=1,2", nil)
	c.refused(503, r, "busy", "Retry-After")
	if r.head.Get("Retry-After") != "1" || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("Retry-After is %q after %v", r.head.Get("Retry-After"), time.Since(begin))
	}
	for _, path := range []string{"/api/image/1", "/api/reconstruction/1"} { // pictures are read and decoded in a slot
		c.refused(503, c.do("GET", path, nil), "busy")
	}
	c.refused(503, c.do("POST", "/api/decode", strings.NewReader("no JSON")), "busy")
	c.gets("/api/model") // what computes nothing is answered
	s.slots.give()
	c.gets("/api/decode?place=1,2")
	long, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if err := s.computing(long, func(ctx context.Context) error { return ctx.Err() }); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Errorf("a request whose time is up ends with %v", err)
	}
}

// A client that sends its request slowly, or never, is cut off, and holds no place where images are computed.
func TestSlowClients(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{Limits: Limits{AtOnce: 1, Receive: 300 * time.Millisecond}})
	c.complete()
	address := strings.TrimPrefix(c.url, "http://")
	for _, text := range []string{
		"POST /api/encode HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nab",
		"POST /api/encode HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		c.gets("/api/decode?place=1,2") // meanwhile
		if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") {
			t.Errorf("a body that does not come is answered with %q, %v", answer, err)
		}
	}
	if testing.Short() {
		return
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /api/model HTTP/1.1\r\nHost: localhost\r\nX-"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if _, err := io.ReadAll(conn); err != nil || time.Since(begin) > 4*headerTime {
		t.Errorf("a head that does not end is cut off after %v: %v", time.Since(begin), err)
	}
}

// A panic in a handler is one request's, and is told to the log alone.
func TestPanic(t *testing.T) {
	m, _ := small(t)
	var mu sync.Mutex
	var lines []string
	s, c := started(t, m, nil, Options{Log: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, line)
	}})
	s.mux.HandleFunc("GET /api/test", func(http.ResponseWriter, *http.Request) { panic("a secret") })
	r := c.do("GET", "/api/test", nil)
	c.refused(500, r)
	mu.Lock()
	defer mu.Unlock()
	if strings.Contains(string(r.body), "secret") || len(lines) != 1 || !strings.Contains(lines[0], "a secret") || strings.Contains(lines[0], "\n") || !strings.Contains(lines[0], "hostile_test.go:") {
		t.Errorf("the panic is answered with %q and told as %q", r.body, lines)
	}
	if !strings.Contains(string(c.gets("/metrics").body), "gorgonae_panics_total 1\n") {
		t.Error("the panic is not counted")
	}
}
