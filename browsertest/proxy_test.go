package browsertest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a page and its server, so that a test can hold answers back, take the server away, and put
// another one in its place.
type Proxy struct {
	URL string

	mu     sync.Mutex
	target string
	down   bool
	rules  []rule
	asked  []string // addresses of the requests that came
}

// rule is what happens with requests whose address begins with a prefix: it returns whether it has answered.
type rule struct {
	prefix string
	act    func(w http.ResponseWriter, r *http.Request) bool
}

// newProxy starts a proxy of a server at a URL. The test's end stops it.
func newProxy(t *testing.T, target string) *Proxy {
	t.Helper()
	p := &Proxy{target: target}
	pass := &httputil.ReverseProxy{
		FlushInterval: -1, // events of a stream go on at once
		Rewrite: func(r *httputil.ProxyRequest) {
			p.mu.Lock()
			defer p.mu.Unlock()
			to, err := url.Parse(p.target)
			if err != nil {
				panic(err)
			}
			r.SetURL(to)
			r.Out.Host = r.In.Host // the server compares it with the page's origin
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		act, down := p.note(r)
		if down {
			panic(http.ErrAbortHandler) // the connection is closed without an answer
		}
		if act == nil || !act(w, r) {
			pass.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	p.URL = server.URL
	return p
}

func (p *Proxy) note(r *http.Request) (act func(http.ResponseWriter, *http.Request) bool, down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.URL.RequestURI())
	for _, one := range p.rules {
		if strings.HasPrefix(r.URL.RequestURI(), one.prefix) {
			act = one.act // the newest rule holds
		}
	}
	return act, p.down
}

// On says what happens with requests whose address begins with a prefix.
func (p *Proxy) On(prefix string, act func(w http.ResponseWriter, r *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, rule{prefix, act})
}

// Hold lets requests whose address begins with a prefix wait until the function that it returns is called.
func (p *Proxy) Hold(prefix string) (release func()) {
	held := make(chan struct{})
	p.On(prefix, func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-held:
		case <-r.Context().Done():
		}
		return false
	})
	return sync.OnceFunc(func() { close(held) })
}

// Busy answers the first requests whose address begins with a prefix as a server that has too much to do.
func (p *Proxy) Busy(prefix string, times int) {
	var mu sync.Mutex
	p.On(prefix, func(w http.ResponseWriter, _ *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if times--; times < 0 {
			return false
		}
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"error":"the server was busy","want":"Retry-After has the seconds"}`))
		return true
	})
}

// Down takes the server away, or brings it back.
func (p *Proxy) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// To puts another server in the place of the one before.
func (p *Proxy) To(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Count returns how many requests came whose address begins with a prefix.
func (p *Proxy) Count(prefix string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, uri := range p.asked {
		if strings.HasPrefix(uri, prefix) {
			n++
		}
	}
	return n
}

// await waits until so many requests came whose address begins with a prefix.
func (p *Proxy) await(t *testing.T, prefix string, n int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); p.Count(prefix) < n; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("want %d requests for %s, got %d", n, prefix, p.Count(prefix))
		}
	}
}
