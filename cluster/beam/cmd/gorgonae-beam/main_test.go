package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A list is read to its end, or not at all.
func TestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.txt")
	for _, test := range []struct {
		text string
		want []string
		err  string
	}{
		{"a.npy\r\n\n b.npy \nc.npy", []string{"a.npy", "b.npy", "c.npy"}, ""},
		{"a.npy\n" + strings.Repeat("x", 100_000) + "\nb.npy\n", []string{"a.npy", strings.Repeat("x", 100_000), "b.npy"}, ""},
		{"a.npy\n" + strings.Repeat("x", longest+1) + "\nb.npy\n", nil, "list.txt: line 2: bufio.Scanner: token too long"},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := lines(path)
		if test.err == "" && (err != nil || !slices.Equal(got, test.want)) {
			t.Errorf("%.20q: want %.20q, got %.20q and %v", test.text, test.want, got, err)
		}
		if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%.20q: want an error with %q, got %v", test.text, test.err, err)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"want a model":     "want a model",
		"two\nlines\x1b[m": "two lines [m",
		"job 1 failed:\nplan\n\tcaused by:\nDoFn[UID:4, Name: p.Process] failed:\na.npy: want a\tfile\n\tat java.lang": "a.npy: want a file",
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q: want %q, got %q", text, want, got)
		}
	}
}
