package serve

import (
	"net/http"
	"strconv"
	"strings"
)

// Kinds of content.
const (
	kindJSON = "application/json"
	kindPNG  = "image/png"
	kindRaw  = "application/octet-stream"
	kindNPY  = "application/x-npy"
	kindZIP  = "application/zip"
	kindGAE  = "application/x-gae"
)

// accepted returns the kind that a client likes best of those that are offered, by its header Accept: the
// first of several that it likes as much. A client without the header gets the first.
func accepted(r *http.Request, offered ...string) (string, error) {
	lines := r.Header.Values("Accept")
	if len(lines) == 0 || strings.TrimSpace(strings.Join(lines, "")) == "" {
		return offered[0], nil
	}
	best, weight := "", 0.0
	for _, kind := range offered {
		if q := liking(lines, kind); q > weight {
			best, weight = kind, q
		}
	}
	if best == "" {
		return "", refuse(http.StatusNotAcceptable, strings.Join(offered, ", ")+" as Accept", "the header Accept is %.80q", strings.Join(lines, ", "))
	}
	return best, nil
}

// liking returns the weight of a kind, from 0 to 1: that of the range that names it most exactly.
func liking(lines []string, kind string) float64 {
	family, _, _ := strings.Cut(kind, "/")
	exact, weight := -1, 0.0
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			level := map[string]int{"*/*": 0, family + "/*": 1, kind: 2}
			is, ok := level[strings.ToLower(strings.TrimSpace(name))]
			if !ok || is < exact {
				continue
			}
			exact, weight = is, quality(parameters)
		}
	}
	return weight
}

// quality returns q of the parameters of a range; 1 if there is none, and 0 for one that cannot be read.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, text, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}
