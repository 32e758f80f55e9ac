package graph_test

import (
	"strings"
	"testing"
)

// wantError checks that an error is one short line with all the given texts.
func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one about %q", want)
		return
	}
	text := err.Error()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("the error %q does not say %q", text, w)
		}
	}
	if strings.ContainsAny(text, "\n") || len(text) > 300 {
		t.Errorf("the error is not one short line: %q", text)
	}
}
