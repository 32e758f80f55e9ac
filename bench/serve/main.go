// Command serve sends requests to a server of `gorgonae serve` at a fixed rate, as many users do, whether the
// answers come or not, and prints how long the answers took.
//
//	gorgonae serve runs/tutorial-mnist &
//	go run ./bench/serve --image digit.png
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:8765/", "address of the server")
	path := flag.String("path", "api/encode", "what is asked for; POST with the image")
	rate := flag.Int("rate", 200, "requests a second")
	length := flag.Duration("time", time.Minute, "how long")
	file := flag.String("image", "", "picture to send (default: image 0 of the server's data set)")
	token := flag.String("token", os.Getenv("GORGONAE_TOKEN"), "token of the server")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l := load{url: strings.TrimSuffix(*url, "/") + "/", path: *path, token: *token, client: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}}
	body, err := l.picture(ctx, *file)
	if err == nil {
		err = l.run(ctx, body, *rate, *length)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "serve: %v\n", err)
		os.Exit(1)
	}
}

// load is what is asked of a server, and what came of it.
type load struct {
	url, path, token string
	client           *http.Client

	mu    sync.Mutex
	took  []time.Duration // of the answers with status 200
	lost  int             // without an answer
	other map[int]int     // answers with another status
}

// call sends a request, and reads the whole answer.
func (l *load) call(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, l.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if l.token != "" {
		r.Header.Set("Authorization", "Bearer "+l.token)
	}
	a, err := l.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	answer, err = io.ReadAll(a.Body)
	return a.StatusCode, answer, err
}

// picture returns the image to send.
func (l *load) picture(ctx context.Context, file string) ([]byte, error) {
	if file != "" {
		return os.ReadFile(file)
	}
	status, answer, err := l.call(ctx, http.MethodGet, "api/image/0", nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("want an image of the server, got status %d: %.200s", status, answer)
	}
	return answer, err
}

// run sends requests at a rate. A request's time begins when it is due, so that a server that falls behind
// is not spared the requests that it delays.
func (l *load) run(ctx context.Context, body []byte, rate int, length time.Duration) error {
	l.other = map[int]int{}
	n := int(length.Seconds() * float64(rate))
	begin := time.Now()
	var all sync.WaitGroup
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return ctx.Err()
		}
		all.Go(func() {
			status, _, err := l.call(ctx, http.MethodPost, l.path, body)
			took := time.Since(due)
			l.mu.Lock()
			defer l.mu.Unlock()
			switch {
			case err != nil:
				l.lost++
			case status != http.StatusOK:
				l.other[status]++
			default:
				l.took = append(l.took, took)
			}
		})
	}
	all.Wait()
	fmt.Printf("%d requests in %.1f s, %d answered, %d lost, other statuses %v\n", n, time.Since(begin).Seconds(), len(l.took), l.lost, l.other)
	if len(l.took) == 0 {
		return fmt.Errorf("want an answer, got none")
	}
	slices.Sort(l.took)
	at := func(share float64) time.Duration {
		return l.took[int(share*float64(len(l.took)-1))].Round(10 * time.Microsecond)
	}
	fmt.Printf("p50 %v, p90 %v, p99 %v, p99.9 %v, slowest %v\n", at(0.5), at(0.9), at(0.99), at(0.999), at(1))
	if len(l.took) < n {
		return fmt.Errorf("want %d answers, got %d", n, len(l.took))
	}
	return nil
}
