package serve

import (
	"slices"
	"strings"
	"testing"
)

// What is wrong with JSON is said in words of the API, and null is no number.
func TestJSONFaults(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	for _, one := range []struct{ path, body, text string }{
		{"/api/decode", `[null, 0.5]`, "want JSON without null, got one at byte 1"},
		{"/api/decode", `[[0.5, 1], [0.5, null]]`, "null, got one at byte 17"},
		{"/api/decode", `{"places": [[0.5, null]]}`, "null, got one at byte 18"},
		{"/api/decode", `{"code": [1, 2], "place": null}`, "null"},
		{"/api/encode", `[[0.5, null]]`, "null, got one at byte 7"},
		{"/api/encode", `{"images": [[[0.5, 1], [0, null]]]}`, "null"},
		{"/api/encode", `{"image": null}`, "null"},
		{"/api/decode", `[1, "x"]`, "want numbers, got a string at byte 7"},
		{"/api/decode", `[[1, 2], [1, true]]`, "want numbers, got a bool at byte 17"},
		{"/api/decode", `[1, {"x": 2}]`, "want numbers, got an object at byte 5"},
		{"/api/decode", `{"code": "1,2"}`, "want an array in code, got a string at byte 14"},
		{"/api/decode", `{"codes": [1, 2]}`, "want an array in codes, got a number"},
		{"/api/decode", `{"place": [1, "x"]}`, "want numbers in place, got a string"},
		{"/api/decode", `{"place": [1, 1e39]}`, "want numbers of 32 bits in place, got 1e39"},
		{"/api/decode", `{"point": [1, 2]}`, `there is no key "point"`},
		{"/api/decode", `"1,2"`, "want an object or an array, got a string"},
		{"/api/decode", `[1, 2`, "it ends in the middle of its JSON"},
		{"/api/decode", `[1, }`, "invalid character '}'"},
		{"/api/decode", ` `, "there is no JSON"},
		{"/api/encode", `[[0.5, "null"]]`, "want numbers, got a string at byte 13"},
		{"/api/encode", `[[[0.5, 0.5], [0.5, "x"]]]`, "want numbers, got a string at byte 23"},
		{"/api/encode", `{"images": 3}`, "want an array in images, got a number"},
	} {
		r := c.do("POST", one.path, strings.NewReader(one.body), "Content-Type", "application/json")
		c.refused(400, r, one.text)
		if slices.ContainsFunc([]string{"Go ", "json:", "float32", "[]f"}, func(own string) bool { return strings.Contains(string(r.body), own) }) {
			t.Errorf("%s: %s: the answer has words of the program: %s", one.path, one.body, r.body)
		}
	}
}
