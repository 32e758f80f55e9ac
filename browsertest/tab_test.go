package browsertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTab tests the helper: a page with faults must be caught, or the other tests say nothing.
func TestTab(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>x</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><button aria-label="Go"></button><button></button>
			<script>console.error("one", 2); fetch("/missing"); setTimeout(() => { throw new Error("three") })</script>`))
	}))
	defer server.Close()
	tab := Open(t)
	tab.Screen(375, 667)
	tab.Scheme("dark")
	tab.Goto(server.URL)
	tab.Wait("document.readyState === 'complete'")
	if !Eval[bool](tab, "new Promise(done => setTimeout(() => done(matchMedia('(prefers-color-scheme: dark)').matches && innerWidth === 375), 300))") {
		t.Error("want a dark phone, got another screen")
	}
	problems := strings.Join(tab.Problems(), "\n")
	for _, want := range []string{`"one"`, "404", "three"} {
		if !strings.Contains(problems, want) {
			t.Errorf("want %s among the problems, got %s", want, problems)
		}
	}
	names := map[string]int{}
	for _, e := range tab.Accessible() {
		if e.Role == "button" {
			names[e.Name]++
		}
	}
	if names["Go"] != 1 || names[""] != 1 {
		t.Errorf("want a button named Go and one without a name, got %v", names)
	}
}
