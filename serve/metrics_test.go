package serve

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The metrics are what Prometheus's text format, version 0.0.4, asks for
// (prometheus.io/docs/instrumenting/exposition_formats): families in one piece, with help and type before their
// samples, no series twice, and histograms whose buckets are cumulative and end with +Inf, which is the count.
func TestMetrics(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{Version: "v1 \"odd\\\n"})
	c.complete()
	c.gets("/api/decode?place=1,2")
	c.refused(404, c.do("GET", "/api/none", nil))
	recorded(s, "BREW", "/api/decode", nil)
	s.metrics.note("/api/path", "GET", 200, time.Hour)
	r := c.gets("/metrics")
	if kind := r.head.Get("Content-Type"); kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("the type is %q", kind)
	}
	sample := regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$`)
	types, values := map[string]string{}, map[string]float64{}
	family, below := "", 0.0
	for line := range strings.Lines(string(r.body)) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			if types[name] != "" || name != family {
				t.Errorf("%q: a type twice, or not after its help", line)
			}
			types[name] = kind
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			family, _, _ = strings.Cut(rest, " ")
			continue
		}
		parts := sample.FindStringSubmatch(line)
		if parts == nil {
			t.Fatalf("%q is no sample", line)
		}
		v, err := strconv.ParseFloat(parts[3], 64)
		series := parts[1] + parts[2]
		if _, twice := values[series]; err != nil || twice || !strings.HasPrefix(parts[1], family) {
			t.Errorf("%q: want a number, once, in its family %s", line, family)
		}
		values[series] = v
		if !strings.HasSuffix(parts[1], "_bucket") {
			below = 0
			continue
		}
		if v < below {
			t.Errorf("%q: less than in the bucket before", line)
		}
		if below = v; strings.Contains(parts[2], `le="+Inf"`) {
			below = 0
		}
	}
	const times = "gorgonae_http_request_duration_seconds"
	for series, want := range map[string]float64{
		`gorgonae_http_requests_total{route="/api/decode",method="GET",code="200"}`:   1,
		`gorgonae_http_requests_total{route="/api/decode",method="other",code="405"}`: 1,
		`gorgonae_images_decoded_total`:                                               1,
		`gorgonae_http_requests_in_flight`:                                            1,
		times + `_count{route="/api/path"}`:                                           1,
		times + `_bucket{route="/api/path",le="30"}`:                                  0,
		times + `_bucket{route="/api/path",le="+Inf"}`:                                1,
	} {
		if got, ok := values[series]; !ok || got != want {
			t.Errorf("%s is %v, want %v", series, got, want)
		}
	}
	if types[times] != "histogram" || types["gorgonae_http_requests_total"] != "counter" || !strings.Contains(string(r.body), `version="v1 \"odd\\\n"`) {
		t.Errorf("the types are %v, or the version is not quoted", types)
	}
}
