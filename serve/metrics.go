package serve

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// metrics counts what the server does. It writes Prometheus's text format by itself: the client library
// would add more code to the program than all of this package.
type metrics struct {
	start    time.Time
	flying   atomic.Int64 // requests
	encoded  atomic.Int64 // images
	decoded  atomic.Int64 // images
	panicked atomic.Int64
	streams  atomic.Int64 // that are open

	mu     sync.Mutex
	counts map[answered]int64
	times  map[string]*histogram // by route
}

// answered is what requests are counted by: few values, whatever clients send.
type answered struct {
	route, method string
	status        int
}

// bounds are the upper bounds of the histograms' buckets, in seconds.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

type histogram struct {
	buckets [len(bounds) + 1]int64
	sum     float64
}

func newMetrics() *metrics {
	return &metrics{start: time.Now(), counts: map[answered]int64{}, times: map[string]*histogram{}}
}

// gone is the status that a request counts under whose client did not wait for the answer: no standard has one,
// proxies write this.
const gone = 499

// note counts an answer.
func (m *metrics) note(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
	default:
		method = "other"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[answered{route, method, status}]++
	h := m.times[route]
	if h == nil {
		h = &histogram{}
		m.times[route] = h
	}
	at, _ := slices.BinarySearch(bounds[:], took.Seconds())
	h.buckets[at]++
	h.sum += took.Seconds()
}

// write writes all metrics in Prometheus's text format, version 0.0.4.
func (m *metrics) write(w io.Writer, version string) {
	var b strings.Builder
	head := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind)
	}
	single := func(name, kind, help string, v any) {
		head(name, kind, help)
		fmt.Fprintf(&b, "%s %v\n", name, v)
	}
	head("gorgonae_build_info", "gauge", "The program; always 1.")
	fmt.Fprintf(&b, "gorgonae_build_info{version=%s,goversion=%s} 1\n", quote(version), quote(runtime.Version()))
	m.writeRequests(&b, head)
	single("gorgonae_http_requests_in_flight", "gauge", "Requests that are being answered.", m.flying.Load())
	single("gorgonae_images_encoded_total", "counter", "Images that were encoded for requests.", m.encoded.Load())
	single("gorgonae_images_decoded_total", "counter", "Images that were decoded for requests.", m.decoded.Load())
	single("gorgonae_panics_total", "counter", "Requests that ended in a panic.", m.panicked.Load())
	single("process_start_time_seconds", "gauge", "When the process began, in seconds since 1970.", strconv.FormatFloat(float64(m.start.UnixMilli())/1000, 'f', 3, 64))
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	single("go_goroutines", "gauge", "Goroutines.", runtime.NumGoroutine())
	single("go_memstats_sys_bytes", "gauge", "Bytes of memory from the system.", memory.Sys)
	single("go_memstats_heap_inuse_bytes", "gauge", "Bytes of the heap in use.", memory.HeapInuse)
	_, _ = io.WriteString(w, b.String()) // a client that has gone away is no fault
}

func (m *metrics) writeRequests(b *strings.Builder, head func(name, kind, help string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head("gorgonae_http_requests_total", "counter", "Requests that were answered, by route, method and status.")
	keys := slices.SortedFunc(maps.Keys(m.counts), func(a, b answered) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	for _, k := range keys {
		fmt.Fprintf(b, "gorgonae_http_requests_total{route=%s,method=%s,code=\"%d\"} %d\n", quote(k.route), quote(k.method), k.status, m.counts[k])
	}
	const name = "gorgonae_http_request_duration_seconds"
	head(name, "histogram", "How long requests took, by route, with the time that they waited.")
	for _, route := range slices.Sorted(maps.Keys(m.times)) {
		h, n := m.times[route], int64(0)
		for i, bound := range bounds {
			n += h.buckets[i]
			fmt.Fprintf(b, "%s_bucket{route=%s,le=\"%v\"} %d\n", name, quote(route), bound, n)
		}
		n += h.buckets[len(bounds)]
		fmt.Fprintf(b, "%s_bucket{route=%s,le=\"+Inf\"} %d\n%[1]s_sum{route=%[2]s} %[4]v\n%[1]s_count{route=%[2]s} %[3]d\n", name, quote(route), n, h.sum)
	}
}

// quote writes the value of a label.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
