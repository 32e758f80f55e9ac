//go:build unix

package main

import (
	ossignal "os/signal"
	"syscall"
	"testing"
	"time"
)

// SIGINT, SIGTERM and SIGHUP end the server as it should end: with status 0.
func TestServeSignals(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if ossignal.Ignored(signal) { // the tests run under nohup, and the program keeps what nohup asks for
			t.Logf("%v is ignored here, so it is not tested", signal)
			continue
		}
		cmd, url := served(t, "run", "--address", "127.0.0.1:0")
		fetched(t, request(t, "GET", url+"healthz", nil), 200)
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v, want status 0", signal, err)
		}
		if out, errs := printed(t, cmd); errs != "" {
			t.Errorf("%v: the program printed %q, %q", signal, out, errs)
		}
	}
}

// SIGPIPE, which the system sends for each client that hangs up while it is answered, ends no server, not even if nobody reads
// what it prints.
func TestServeHungUp(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	cmd, url := served(t, "run", "--address", "127.0.0.1:0")
	for range 3 {
		if err := cmd.Process.Signal(syscall.SIGPIPE); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // it would end meanwhile
		fetched(t, request(t, "GET", url+"healthz", nil), 200)
	}
}
