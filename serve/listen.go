package serve

import (
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// StandardAddress is where a server listens if nobody says otherwise.
const StandardAddress = "127.0.0.1:8765"

// Listen listens on an address, HOST:PORT. Without one it takes StandardAddress, or another port if that is in
// use. beyond reports whether other machines may reach it.
func Listen(ctx context.Context, address string) (l net.Listener, beyond bool, err error) {
	var how net.ListenConfig
	if address == "" {
		if l, err = how.Listen(ctx, "tcp", StandardAddress); err != nil {
			l, err = how.Listen(ctx, "tcp", "127.0.0.1:0")
		}
		return l, false, errors.Wrap(err, "cannot listen on the loopback address")
	}
	host, port, err := net.SplitHostPort(address)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, false, errors.Errorf("want HOST:PORT, such as %s, with a port from 0 (any) to 65535, got %q", StandardAddress, address)
	}
	l, err = how.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		if op := (*net.OpError)(nil); errors.As(err, &op) { // its text has the address once more
			err = op.Err
		}
		return nil, false, errors.Errorf("cannot listen on %s: %v: name another address; port 0 takes a free one", address, err)
	}
	return l, !isLoopback(l.Addr()), nil
}

// isLoopback reports whether only this machine reaches an address.
func isLoopback(a net.Addr) bool {
	at, err := netip.ParseAddrPort(a.String())
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// URL returns the address for a browser, with the token if there is one. For an address that stands for all of
// this machine, it has its loopback name.
func URL(l net.Listener, token string) string {
	host := l.Addr().String()
	if at, err := netip.ParseAddrPort(host); err == nil && at.Addr().IsUnspecified() {
		host = net.JoinHostPort("localhost", strconv.Itoa(int(at.Port())))
	}
	u := url.URL{Scheme: "http", Host: host, Path: "/"}
	if token != "" {
		u.RawQuery = "token=" + url.QueryEscape(token)
	}
	return u.String()
}

// NewToken returns a token that nobody guesses.
func NewToken() string { return strings.ToLower(rand.Text()) }
