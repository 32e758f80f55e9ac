package serve

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// While a training goes on in the folder, its epochs come as events, and its weights are shown. The server
// does not disturb it.
func TestLive(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := filepath.Join(t.TempDir(), "run")
	data := dataOf(discs(100, 12, 1), discs(20, 12, 1))
	m := trained(t, dir, "tutorial", data, "hidden", "16")
	_, c := started(t, m, data, Options{})
	c.complete()
	before := string(c.gets("/api/codes").body[24:])
	if h := into[history](c, c.gets("/api/history")); h.Training || len(h.Epochs) != 1 || h.Wanted != 1 || h.Best != 1 || h.Loss == "" {
		t.Errorf("the history before is %+v", h)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", c.url+"/api/history/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream has status %d and type %q", a.StatusCode, a.Header.Get("Content-Type"))
	}
	trains := make(chan error, 1)
	go func() { trains <- goOn(dir, func() { time.Sleep(watchTime) }) }()
	events := map[string]int{}
	var texts []string
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		texts = append(texts, lines.Text())
		if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			events[kind]++
		}
		if lines.Text() == "data: false" {
			break
		}
	}
	if err := <-trains; err != nil {
		t.Fatal(err)
	}
	if events["history"] != 1 || events["epoch"] != 4 || events["training"] != 2 || events["model"] < 1 {
		t.Errorf("the events are %v:\n%s", events, strings.Join(texts, "\n"))
	}
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if a := c.complete(); a.Epochs == 5 && a.Revision > 1 && !a.Training {
			break
		} else if time.Since(begin) > time.Minute {
			t.Fatalf("the model after the training is %+v", a)
		}
	}
	if string(c.gets("/api/codes").body[24:]) == before {
		t.Error("the codes are still those of the weights before the training")
	}
	if h := into[history](c, c.gets("/api/history")); len(h.Epochs) != 5 {
		t.Errorf("the history after has %d epochs", len(h.Epochs))
	}
}

// noted keeps what a server logs.
type noted struct {
	mu    sync.Mutex
	lines []string
}

func (n *noted) log(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

// wait waits until a line has a text.
func (n *noted) wait(t *testing.T, text string) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(5 * time.Millisecond) {
		n.mu.Lock()
		found := strings.Contains(strings.Join(n.lines, "\n"), text)
		n.mu.Unlock()
		if found {
			return
		}
	}
	t.Fatalf("nothing is logged with %q, but %q", text, n.lines)
}

// A folder that is removed while it is served is noticed, and so is another run that takes its place.
func TestFolderReplaced(t *testing.T) {
	m, data := small(t)
	var told noted
	_, c := started(t, m, data, Options{Log: told.log})
	if a := c.complete(); a.Missing {
		t.Error("a model that is there is missing")
	}
	dir := filepath.Dir(m.Path)
	if err := os.Rename(dir, dir+"-moved"); err != nil {
		t.Fatal(err)
	}
	told.wait(t, m.Path+" is gone")
	if a := into[about](c, c.gets("/api/model")); !a.Missing || a.Revision != 1 {
		t.Errorf("without its folder the model is %+v", a)
	}
	c.gets("/api/decode?place=1,2") // what was read is still served
	other := dataOf(discs(80, 12, 1), discs(10, 12, 1))
	other.Name = "others"
	trained(t, dir, "tutorial", other, "hidden", "8")
	told.wait(t, "is there again")
	told.wait(t, "trained on others, and the images are still those of discs")
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if a := c.complete(); a.Revision > 1 && !a.Missing {
			break
		} else if time.Since(begin) > time.Minute {
			t.Fatalf("the model is %+v", a)
		}
	}
}

// goOn trains four more epochs in the folder of a run.
func goOn(dir string, pause func()) error {
	began, err := run.ReadBegan(dir)
	if err != nil {
		return err
	}
	began.Settings.Training.Epochs = 5
	r, err := run.New(dataOf(discs(100, 12, 1), discs(20, 12, 1)), began.Settings, run.Place{Dir: dir, Resume: true})
	if err != nil {
		return err
	}
	_, err = r.Train(context.Background(), run.Hooks{Epoch: func(train.Epoch) { pause() }})
	return err
}

// A server that is stopped answers what it has begun, ends the streams, and takes nothing new.
func TestStop(t *testing.T) {
	m, _ := small(t)
	s, err := New(m, Options{NoData: "none"})
	if err != nil {
		t.Fatal(err)
	}
	begun, finish := make(chan struct{}), make(chan struct{})
	s.mux.HandleFunc("GET /api/test", func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-finish
		_ = s.health(w, r)
	})
	l, _, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	c := client{t, strings.TrimSuffix(URL(l, ""), "/"), http.Header{}}
	answers := make(chan reply, 3)
	for _, path := range []string{"/api/test", "/api/history/stream"} {
		go func() { answers <- c.do("GET", path, nil) }()
	}
	<-begun
	for s.metrics.streams.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	if r := <-answers; !strings.HasPrefix(string(r.body), "event: history\n") {
		t.Errorf("the stream, which ends at once, has %q", r.body)
	}
	for begin := time.Now(); ; time.Sleep(time.Millisecond) { // the streams end first
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
		if time.Since(begin) > 5*time.Second {
			t.Fatal("a server that stops takes more connections")
		}
	}
	close(finish)
	if r := <-answers; r.status != 200 {
		t.Errorf("a request that was begun got status %d", r.status)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestListen(t *testing.T) {
	for _, address := range []string{"localhost", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1", ":"} {
		if l, _, err := Listen(t.Context(), address); err == nil {
			l.Close()
			t.Errorf("%q is taken as an address", address)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, ":0": true, "0.0.0.0:0": true} {
		l, beyond, err := Listen(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if beyond != want {
			t.Errorf("%s: beyond the loopback address: %v, want %v", address, beyond, want)
		}
		if u := URL(l, "a b"); strings.Contains(u, "0.0.0.0") || strings.Contains(u, "[::]") || !strings.HasSuffix(u, "/?token=a+b") {
			t.Errorf("%s: the address for a browser is %s", address, u)
		}
	}
	first, _, err := Listen(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, beyond, err := Listen(t.Context(), "") // its port is taken now
	if err != nil || beyond {
		t.Fatalf("a second server: beyond %v, %v", beyond, err)
	}
	second.Close()
	if one, other := NewToken(), NewToken(); len(one) < minToken || one == other {
		t.Error("tokens are short or alike")
	}
}
