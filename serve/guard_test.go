package serve

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Requests that browsers make for pages of other sites are refused, and those to names that are not this
// machine's: a page of evil.example whose name leads to 127.0.0.1 sends its own name as Host.
func TestOtherSites(t *testing.T) {
	m, data := small(t)
	s, _ := started(t, m, data, Options{})
	for _, one := range []struct {
		method, path string
		head         []string
		want         int
	}{
		{"GET", "/healthz", []string{"Host", "localhost:8765"}, 200},
		{"GET", "/healthz", []string{"Host", "127.0.0.1"}, 200},
		{"GET", "/healthz", []string{"Host", "127.3.2.1:1"}, 200},
		{"GET", "/healthz", []string{"Host", "[::1]:8765"}, 200},
		{"GET", "/healthz", []string{"Host", "LOCALHOST"}, 200},
		{"GET", "/healthz", []string{"Host", "evil.example"}, 421},
		{"GET", "/healthz", []string{"Host", "localhost.evil.example:8765"}, 421},
		{"GET", "/", []string{"Host", "evil.example:8765"}, 421},
		{"GET", "/healthz", []string{"Host", "192.168.1.7:8765"}, 421},
		{"GET", "/healthz", []string{"Host", "0.0.0.0:8765"}, 421},
		{"GET", "/healthz", []string{"Host", "localhost:8765@evil.example"}, 421},
		{"GET", "/api/model", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"GET", "/api/model", []string{"Sec-Fetch-Site", "none"}, 200},
		{"GET", "/api/model", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/api/model", []string{"Sec-Fetch-Site", "same-site"}, 403}, // another port of this machine
		{"GET", "/api/image/1", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}, 403},
		{"GET", "/api/history/stream", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/metrics", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", "/api/decode", []string{"Origin", "http://evil.example"}, 403},
		{"POST", "/api/decode", []string{"Origin", "null"}, 403},
		{"POST", "/api/decode", []string{"Origin", "http://localhost:9999"}, 403},
		{"POST", "/api/decode", []string{"Origin", "http://localhost"}, 200},
		{"POST", "/api/decode", nil, 200},
		{"OPTIONS", "/api/decode", []string{"Origin", "http://evil.example", "Access-Control-Request-Method", "POST"}, 403},
		{"POST", "/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		r := recorded(s, one.method, one.path, []byte("[1,2]"), one.head...)
		if r.status != one.want {
			t.Errorf("%s %s with %q: status %d, want %d: %s", one.method, one.path, one.head, r.status, one.want, r.body)
		}
		if r.head.Get("Access-Control-Allow-Origin") != "" || r.head.Get("X-Content-Type-Options") != "nosniff" || r.head.Get("Referrer-Policy") != "no-referrer" ||
			!strings.Contains(r.head.Get("Content-Security-Policy"), "frame-ancestors 'none'") || strings.Contains(r.head.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s %s: the headers are %v", one.method, one.path, r.head)
		}
	}
}

// Beyond the loopback address nothing is answered without the token but whether the server lives.
func TestToken(t *testing.T) {
	const token = "0123456789abcdef-token"
	m, data := small(t)
	if _, err := New(m, Options{Beyond: true}); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("a server beyond the loopback address without a token: %v", err)
	}
	if _, err := New(m, Options{Token: "short"}); err == nil || !strings.Contains(err.Error(), "16 characters") {
		t.Errorf("a short token: %v", err)
	}
	s, c := started(t, m, data, Options{Beyond: true, Token: token})
	for path, want := range map[string]int{"/healthz": 200, "/": 401, "/metrics": 401, "/api/model": 401, "/api/image/1": 401, "/api/openapi.json": 401} {
		if r := recorded(s, "GET", path, nil, "Host", "gpu.example:8765"); r.status != want || want == 401 && !strings.HasPrefix(r.head.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s without the token: status %d, want %d", path, r.status, want)
		}
	}
	for _, head := range [][]string{{"Authorization", "Bearer wrong-wrong-wrong-wrong"}, {"Authorization", "Basic " + token}, {"Authorization", token}, {"Authorization", "Bearer "},
		{"Cookie", "gorgonae=" + token}, {"Cookie", "gorgonae="}, {"Authorization", "Bearer " + token[:20]}} {
		c.refused(401, recorded(s, "GET", "/api/model", nil, head...), "Authorization: Bearer")
	}
	if r := recorded(s, "GET", "/api/model", nil, "Authorization", "bearer "+token); r.status != 200 {
		t.Errorf("with the token: status %d", r.status)
	}
	if r := recorded(s, "GET", "/api/model?token="+token, nil); r.status != 401 {
		t.Errorf("the token is taken in the address of the API, where logs and other sites see it: status %d", r.status)
	}
	c.refused(401, c.do("GET", "/?token=wrong-wrong-wrong-wrong", nil))
	r := c.do("GET", "/?token="+token, nil)
	if r.status != http.StatusSeeOther || r.head.Get("Location") != "/" {
		t.Fatalf("the welcome has status %d to %q", r.status, r.head.Get("Location"))
	}
	cookie := r.head.Get("Set-Cookie")
	for _, text := range []string{"HttpOnly", "SameSite=Strict", "Path=/", "gorgonae_" + c.url[strings.LastIndex(c.url, ":")+1:] + "="} {
		if !strings.Contains(cookie, text) {
			t.Errorf("want a cookie with %q, got %q", text, cookie)
		}
	}
	if strings.Contains(cookie, token) {
		t.Error("the cookie holds the token")
	}
	name, _, _ := strings.Cut(cookie, ";")
	c.gets("/api/model", "Cookie", name)
	if r := c.do("GET", "/api/model", nil, "Cookie", name, "Sec-Fetch-Site", "cross-site"); r.status != 403 {
		t.Errorf("another site rides on the cookie: status %d", r.status)
	}
}

func TestAccepted(t *testing.T) {
	for header, want := range map[string]string{"": kindPNG, "*/*": kindPNG, "image/*": kindPNG, "application/json": kindJSON, "application/json, */*;q=0.1": kindJSON,
		"image/png;q=0.5, application/json": kindJSON, "text/html": "", "image/png;q=0": "", "image/png;q=0, */*": kindJSON, "IMAGE/PNG": kindPNG, "image/png;q=x": "", ";;,": ""} {
		r := &http.Request{Header: http.Header{"Accept": {header}}}
		if got, err := accepted(r, kindPNG, kindJSON); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", header, got, err, want)
		}
	}
}

// The document says the same as the routes.
func TestOpenAPI(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	doc := into[struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Responses map[string]any
		}
	}](c, c.gets("/api/openapi.json"))
	var documented, routed []string
	for path, methods := range doc.Paths {
		for method, what := range methods {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			if what.Responses["200"] == nil {
				t.Errorf("%s %s has no answer", method, path)
			}
		}
	}
	for _, one := range routes {
		routed = append(routed, one.method+" "+one.path)
	}
	slices.Sort(documented)
	slices.Sort(routed)
	if !slices.Equal(documented, routed) {
		t.Errorf("documented are\n%q, there are\n%q", documented, routed)
	}
}
