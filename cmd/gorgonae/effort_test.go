package main

import (
	"os"
	"strings"
	"testing"
)

// A file says with which effort its codes were refined. Flags that have no effect are refused.
func TestEffort(t *testing.T) {
	compressed(t)
	if info := works(t, "info", "pics.gae"); !strings.Contains(info, "effort") || !strings.Contains(info, "lambda") {
		t.Errorf("info does not say how codes were refined: %s", info)
	}
	if out := works(t, "compress", "run", "pics", "-o", "plain.gae", "--effort", "0"); !strings.Contains(out, "not refined") {
		t.Errorf("compress printed %q", out)
	}
	if info := works(t, "info", "plain.gae"); strings.Contains(info, "effort") {
		t.Errorf("info names an effort of codes that were not refined: %s", info)
	}
	if out := works(t, "compress", "run", "pics", "-o", "more.gae", "--effort", "1", "--lambda", "7.5"); !strings.Contains(out, "effort 1 and lambda 7.5") {
		t.Errorf("compress printed %q", out)
	}
	works(t, "compress", "run", "pics", "-o", "like.gae", "--like", "more.gae", "--effort", "1")
	more, err := os.ReadFile("more.gae")
	if err != nil {
		t.Fatal(err)
	}
	like, err := os.ReadFile("like.gae")
	if err != nil {
		t.Fatal(err)
	}
	if string(more) != string(like) {
		t.Error("--like makes another file of the same images")
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"--effort: want 0 to 9, got 10", []string{"--effort", "10"}},
		{"--lambda is for codes that are refined", []string{"--effort", "0", "--lambda", "3"}},
		{"--lambda: want a finite number above 0, got -1", []string{"--lambda", "-1"}},
		{"set --lambda, or --effort 0", []string{"--like", "plain.gae"}},
	} {
		refused(t, []string{c.want}, append([]string{"compress", "run", "pics", "-o", "no.gae"}, c.args...)...)
	}
}
