package graph_test

import (
	"encoding/json"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

func TestPaddingSpan(t *testing.T) {
	for _, c := range []struct {
		padding                      graph.Padding
		in, kernel, stride, dilation int
		before, after, out           int
	}{
		{graph.Valid, 9, 2, 2, 1, 0, 0, 4},
		{graph.Valid, 5, 5, 1, 1, 0, 0, 1},
		{graph.Valid, 5, 2, 7, 1, 0, 0, 1},
		{1, 9, 3, 2, 1, 1, 1, 5},
		{2, 7, 3, 1, 2, 2, 2, 7},
		{graph.Same, 28, 3, 1, 1, 1, 1, 28}, // as TensorFlow pads: see its guide to convolutions, "SAME"
		{graph.Same, 28, 3, 2, 1, 0, 1, 14},
		{graph.Same, 7, 2, 2, 1, 0, 1, 4},
		{graph.Same, 7, 3, 2, 1, 1, 1, 4},
		{graph.Same, 5, 4, 1, 1, 1, 2, 5},
		{graph.Same, 5, 3, 1, 2, 2, 2, 5},
		{graph.Same, 5, 1, 3, 1, 0, 0, 2},
		{graph.Same, 1, 3, 1, 1, 1, 1, 1},
	} {
		before, after, out, err := c.padding.Span(c.in, c.kernel, c.stride, c.dilation)
		if err != nil || before != c.before || after != c.after || out != c.out {
			t.Errorf("%+v: got %d before, %d after, %d windows, %v", c, before, after, out, err)
		}
	}
	for _, c := range []struct {
		padding                      graph.Padding
		in, kernel, stride, dilation int
		want                         string
	}{
		{-2, 5, 3, 1, 1, "padding -2"},
		{graph.Valid, 5, 0, 1, 1, "window of 0"},
		{graph.Same, 5, 3, 0, 1, "stride 0"},
		{graph.Same, 5, 3, 1, -1, "dilation -1"},
		{graph.Valid, 5, 3, 1, 3, "fits into 5 elements with 0 of padding on each side, got one that reaches over 7"},
		{graph.Valid, 5, 1 << 40, 1, 1 << 40, "window of"},
	} {
		_, _, _, err := c.padding.Span(c.in, c.kernel, c.stride, c.dilation)
		wantError(t, err, c.want)
	}
}

func TestPaddingJSON(t *testing.T) {
	for padding, want := range map[graph.Padding]string{graph.Same: `"same"`, graph.Valid: `"valid"`, 3: "3"} {
		text, err := json.Marshal(padding)
		if err != nil || string(text) != want {
			t.Errorf("padding %d is written as %s (%v), want %s", padding, text, err, want)
		}
		var got graph.Padding
		if err := json.Unmarshal(text, &got); err != nil || got != padding {
			t.Errorf("%s is read as %d (%v), want %d", text, got, err, padding)
		}
	}
	for _, text := range []string{`"full"`, "-1", "1.5", "null", "true", "9999999999", `[1]`} {
		var p graph.Padding
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s is read as %d, want an error", text, p)
		}
	}
}
