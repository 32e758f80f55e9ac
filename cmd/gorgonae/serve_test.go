package main

import (
	"bytes"
	"encoding/json"
	"io"
	network "net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// served starts the server as a process, and returns the address that it prints.
func served(t *testing.T, args ...string) (cmd *exec.Cmd, url string) {
	t.Helper()
	cmd = program(t, append([]string{"serve"}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // most have ended by then
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(5 * time.Millisecond) {
		out, errs := printed(t, cmd)
		if line, ok := strings.CutSuffix(out, "\n"); ok {
			_, url, _ = strings.Cut(line, " is at ")
			return cmd, url
		}
		if strings.HasPrefix(errs, "gorgonae: ") {
			t.Fatalf("the server ended: %s", errs)
		}
	}
	t.Fatal("the server printed no address within a minute")
	return nil, ""
}

// fetched calls an address until it answers with the status.
func fetched(t *testing.T, r *http.Request, status int) []byte {
	t.Helper()
	c := http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.200s %v", r.Method, r.URL, a.StatusCode, status, text, err)
	}
	return text
}

func request(t *testing.T, method, url string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The program finds the pictures that the run was trained on, serves the page and the API, and keeps what it
// was asked for.
func TestServe(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	cmd, url := served(t, "run", "--address", "127.0.0.1:0")
	if !strings.HasPrefix(url, "http://127.0.0.1:") || strings.Contains(url, "token") {
		t.Errorf("the address is %q", url)
	}
	if page := fetched(t, request(t, "GET", url, nil), 200); !bytes.Contains(page, []byte("<!doctype html>")) && !bytes.Contains(page, []byte("<!DOCTYPE html>")) {
		t.Errorf("the page is %.100q", page)
	}
	var codes struct{ Places [][]float32 }
	r := request(t, "GET", url+"api/codes?after=0", nil)
	r.Header.Set("Accept", "application/json")
	if err := json.Unmarshal(fetched(t, r, 200), &codes); err != nil || len(codes.Places) != 36 {
		t.Errorf("%d codes of the 36 pictures to train on are shown: %v", len(codes.Places), err)
	}
	var e struct{ Images []struct{ Code []float32 } }
	if err := json.Unmarshal(fetched(t, request(t, "POST", url+"api/encode", []byte(read(t, "pics/001.png"))), 200), &e); err != nil || len(e.Images[0].Code) != 2 {
		t.Errorf("a picture is encoded as %+v: %v", e, err)
	}
	second, other := served(t, "run/model.safetensors", "--data", "pics")
	third, another := served(t, "run") // both at the usual port, if it is free
	if other == another {
		t.Errorf("two servers are at %s", other)
	}
	for _, one := range []*exec.Cmd{cmd, second, third} {
		_ = one.Process.Kill()
		_ = one.Wait()
	}
}

// Beyond the loopback address a token is made and printed; the environment and the flag give others.
func TestServeToken(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	_, url := served(t, "run", "--address", ":0")
	base, token, ok := strings.Cut(url, "/?token=")
	if !ok || len(token) < 16 {
		t.Fatalf("the address is %q", url)
	}
	fetched(t, request(t, "GET", url, nil), http.StatusSeeOther)
	fetched(t, request(t, "GET", base+"/api/model", nil), http.StatusUnauthorized)
	r := request(t, "GET", base+"/api/model", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	fetched(t, r, 200)
	t.Setenv(tokenVariable, "a-token-of-the-environment")
	_, url = served(t, "run", "--address", "127.0.0.1:0")
	if !strings.HasSuffix(url, "/?token=a-token-of-the-environment") {
		t.Errorf("with %s the address is %q", tokenVariable, url)
	}
	_, url = served(t, "run", "--address", "127.0.0.1:0", "--token", "a-token-of-the-flag")
	if !strings.HasSuffix(url, "/?token=a-token-of-the-flag") {
		t.Errorf("with --token the address is %q", url)
	}
}

// The handwriting is drawn when it is asked for, so that a sample is shown before all of it is there.
func TestServeOnDemand(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	m, err := run.Read("run")
	if err != nil {
		t.Fatal(err)
	}
	c, flags := serving{data: "handwriting"}, pflag.NewFlagSet("", pflag.ContinueOnError)
	c.pictures.addReading(flags)
	c.pictures.addLayout(flags)
	open, why, err := c.opener(m)
	if err != nil || why != "" {
		t.Fatal(why, err)
	}
	data, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, whole := data.Train.(*images.Set); whole {
		t.Error("the whole data set is drawn before anything is shown")
	}
}

func TestServeRefusals(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	taken, err := network.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, one := range []struct{ args, texts []string }{
		{[]string{"none"}, []string{"none"}},
		{[]string{"run", "--address", "here"}, []string{"HOST:PORT", `"here"`}},
		{[]string{"run", "--address", taken.Addr().String()}, []string{"cannot listen on " + taken.Addr().String() + ": bind: address already in use: name another address"}},
		{[]string{"run", "--data", "nosuch"}, []string{"--data: want the name of a data set, or a folder or a file with one, got nosuch: no such file or directory"}},
		{[]string{"run", "--token", "short"}, []string{"at least 16 characters, got 5"}},
		{[]string{"run", "--max-body", "much"}, []string{"--max-body", `"much"`}},
		{[]string{"run", "--max-pixels", "0"}, []string{"--max-pixels"}},
		{[]string{"run", "--max-memory", "little"}, []string{"--max-memory", `"little"`}},
		{[]string{"run", "--max-memory", "1kB"}, []string{"--max-memory", `"1kB"`}},
		{[]string{"run", "--timeout", "1ms"}, []string{"--timeout"}},
		{[]string{"run", "--at-once", "-1"}, []string{"--at-once"}},
		{[]string{"run", "--range", "x"}, []string{"--range"}},
	} {
		refused(t, one.texts, append([]string{"serve"}, one.args...)...)
	}
}

// A model whose data set is not found is served without it, and the program says so.
func TestServeWithoutData(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	write(t, "alone.safetensors", []byte(read(t, "run/model.safetensors")))
	cmd, url := served(t, "alone.safetensors", "--address", "127.0.0.1:0")
	fetched(t, request(t, "GET", url+"api/decode?place=1,2", nil), 200)
	text := string(fetched(t, request(t, "GET", url+"api/codes", nil), http.StatusConflict))
	if _, errs := printed(t, cmd); !strings.Contains(errs, "note: no data set is shown") || !strings.Contains(text, "--data") {
		t.Errorf("without a data set the program says %q, and the API %q", errs, text)
	}
}
