package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// guard refuses requests that do not come from the user of the server: those of pages of other sites,
// also if their name leads here (DNS rebinding), and those without the token.
type guard struct {
	beyond bool
	token  [sha256.Size]byte // the hash of the token; hashes have one length, so comparing them tells nothing of it
	needed bool              // the token
}

func newGuard(o Options) (guard, error) {
	if o.Beyond && o.Token == "" {
		return guard{}, errors.New("want a token for a server beyond the loopback address, got none")
	}
	if o.Token != "" && len(o.Token) < minToken {
		return guard{}, errors.Errorf("want a token of at least %d characters, got %d", minToken, len(o.Token))
	}
	return guard{o.Beyond, sha256.Sum256([]byte(o.Token)), o.Token != ""}, nil
}

// minToken is the fewest characters of a token, so that nobody finds it by trying.
const minToken = 16

// policy lets the page load its own files and nothing else, and no other page frame it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// protect sets the headers that tell browsers to be strict.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// check returns why a request is refused, or nil. api says that it asks for more than a file of the page.
func (g guard) check(r *http.Request, api bool) *fault {
	if f := g.host(r); f != nil {
		return f
	}
	if api || r.Method != http.MethodGet && r.Method != http.MethodHead {
		if f := sameOrigin(r); f != nil {
			return f
		}
	}
	if g.needed && r.URL.Path != healthPath && !g.knows(r) {
		return refuse(http.StatusUnauthorized, "the header Authorization: Bearer TOKEN, or once /?token=TOKEN in a browser: the server printed the address", "the token is missing or wrong")
	}
	return nil
}

// host refuses requests to other names: a name of another site that leads here would make its pages those
// of this server.
func (g guard) host(r *http.Request) *fault {
	if !g.beyond && !isLoopbackName(r.Host) {
		return refuse(http.StatusMisdirectedRequest, "localhost, 127.0.0.1 or [::1] as the host", "the host is %.80q, and this server has only names of this machine", r.Host)
	}
	return nil
}

// sameOrigin refuses what another site asks for. Browsers say who asks by Sec-Fetch-Site, older ones by
// Origin; other programs send neither, and no page can make them.
func sameOrigin(r *http.Request) *fault {
	const want = "requests of the server's own page, or of programs that are no browsers"
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin", "none":
	default:
		return refuse(http.StatusForbidden, want, "the request comes from another site (Sec-Fetch-Site: %.20q)", site)
	}
	for _, origin := range r.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return refuse(http.StatusForbidden, want, "the request comes from another site (Origin: %.80q)", origin)
		}
	}
	return nil
}

// isLoopbackName reports whether the header Host has a name of this machine alone. What follows the colon
// is the port.
func isLoopbackName(host string) bool {
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		name = h
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if strings.EqualFold(name, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.Unmap().IsLoopback()
}

// knows reports whether a request has the token.
func (g guard) knows(r *http.Request) bool {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return g.is(strings.TrimSpace(token))
	}
	c, err := r.Cookie(cookieName(r))
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.cookieValue())) == 1
}

func (g guard) is(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1
}

// cookieName has the port, because browsers send the cookies of one host to all its ports.
func cookieName(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return "gorgonae_" + port
	}
	return "gorgonae"
}

// cookieValue is not the token, so that what a browser keeps does not tell it.
func (g guard) cookieValue() string {
	sum := sha256.Sum256(append([]byte("cookie"), g.token[:]...))
	return hex.EncodeToString(sum[:])
}

// welcome takes the token of /?token=TOKEN: it sets the cookie, and sends the browser to the same page
// without it, so that it stays in no history and no address bar. ok is false if there is no token in the address.
func (g guard) welcome(w http.ResponseWriter, r *http.Request) (ok bool) {
	q := r.URL.Query()
	if !q.Has("token") || r.URL.Path != "/" || r.Method != http.MethodGet {
		return false
	}
	if g.needed && !g.is(q.Get("token")) {
		return false
	}
	if g.needed {
		http.SetCookie(w, &http.Cookie{Name: cookieName(r), Value: g.cookieValue(), Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", "/")
	w.WriteHeader(http.StatusSeeOther)
	return true
}
