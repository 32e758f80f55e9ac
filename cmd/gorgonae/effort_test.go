package main

import (
	"os"
	"strings"
	"testing"
)

// A file says with which effort its codes were refined. Flags that have no effect are refused.
func TestEffort(t *testing.T) {
	compressed(t)
	if info := works(t, "info", "pics.gae"); strings.Contains(info, "effort") {
		t.Errorf("codes of a model that has not learned to round are refined though nobody asked for it: %s", info)
	}
	works(t, "compress", "run", "pics", "-o", "refined.gae", "--effort", "2")
	if info := works(t, "info", "refined.gae"); !strings.Contains(info, "effort") || !strings.Contains(info, "lambda") {
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
		{"set --lambda, or --effort 0", []string{"--like", "plain.gae", "--effort", "2"}},
	} {
		refused(t, []string{c.want}, append([]string{"compress", "run", "pics", "-o", "no.gae"}, c.args...)...)
	}
}

// A learned codec's codes are refined, but not if that would move an error that was asked for; the
// report says what refining moved.
func TestEffortOfLearned(t *testing.T) {
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "codec", "--hidden", "16", "--decoder", "16", "--latent", "4", "--prior-hidden", "8", "--epochs", "2", "--quiet", "--out", "run")
	if out := works(t, "compress", "run", "pics", "-o", "a.gae"); !strings.Contains(out, "refined with effort 2 and lambda 14") {
		t.Errorf("compress printed %s", out)
	}
	if out := works(t, "compress", "run", "pics", "-o", "b.gae", "--bits", "50"); !strings.Contains(out, "not refined") {
		t.Errorf("compress --bits printed %s", out)
	}
	if out := works(t, "compress", "run", "pics", "-o", "c.gae", "--bits", "50", "--effort", "1"); !strings.Contains(out, "not 50: refining moves it") {
		t.Errorf("compress --bits --effort printed %s", out)
	}
	works(t, "compress", "run", "pics", "-o", "d.gae", "--like", "a.gae")
	if read(t, "a.gae") != read(t, "d.gae") {
		t.Error("--like makes another file of the same images")
	}
}
