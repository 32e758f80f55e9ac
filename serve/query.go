package serve

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// whole returns a whole number of the query.
func whole(r *http.Request, name string, standard, least, most int) (int, error) {
	q := r.URL.Query()
	if !q.Has(name) {
		return standard, nil
	}
	v, err := strconv.Atoi(q.Get(name))
	if err != nil || v < least || v > most {
		return 0, refuse(http.StatusBadRequest, fmt.Sprintf("a whole number from %d to %d", least, most), "%s is %.40q", name, q.Get(name))
	}
	return v, nil
}

// needed is whole for a number that must be there.
func needed(r *http.Request, name string, most int) (int, error) {
	if !r.URL.Query().Has(name) {
		return 0, refuse(http.StatusBadRequest, fmt.Sprintf("?%s=, a whole number from 0", name), "%s is missing", name)
	}
	return whole(r, name, 0, 0, most)
}

// yes returns a truth value of the query.
func yes(r *http.Request, name string, standard bool) (bool, error) {
	q := r.URL.Query()
	if !q.Has(name) {
		return standard, nil
	}
	switch q.Get(name) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, refuse(http.StatusBadRequest, "true or false", "%s is %.40q", name, q.Get(name))
}

// positive returns a number of the query from 0 on; 0 if there is none.
func positive(r *http.Request, name string, most float64) (float64, error) {
	q := r.URL.Query()
	if !q.Has(name) {
		return 0, nil
	}
	v, err := strconv.ParseFloat(q.Get(name), 64)
	if err != nil || !(v >= 0 && v <= most) {
		return 0, refuse(http.StatusBadRequest, fmt.Sprintf("a number from 0 to %v", most), "%s is %.40q", name, q.Get(name))
	}
	return v, nil
}

// list returns the numbers of a text with commas between them.
func list(text, name string) ([]float32, error) {
	const most = 1 << 16
	if strings.Count(text, ",") >= most {
		return nil, refuse(http.StatusBadRequest, fmt.Sprintf("at most %d numbers", most), "%s has more", name)
	}
	var all []float32
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 32)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, refuse(http.StatusBadRequest, "finite numbers with commas between them, such as 0.5,-1", "%s has %.40q", name, part)
		}
		all = append(all, float32(v))
	}
	return all, nil
}

// number returns a whole number of the path.
func number(text, name string) (int, error) {
	v, err := strconv.Atoi(text)
	if err != nil || v < 0 || v > math.MaxInt32 {
		return 0, refuse(http.StatusBadRequest, "a whole number from 0", "%s is %.40q", name, text)
	}
	return v, nil
}
