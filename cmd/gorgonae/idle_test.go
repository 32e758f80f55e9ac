package main

import (
	"strings"
	"testing"
)

// A flag without effect beside the others is said in one line.
func TestIdleFlags(t *testing.T) {
	slow(t)
	workplace(t)
	for _, c := range []struct {
		args []string
		want string // on standard error; "": no such note
	}{
		{[]string{"--activation", "relu", "--output", "sigmoid", "--slope", "0.2"}, "note: --slope has no effect: the activation is relu and the output sigmoid, and neither is a leakyrelu\n"},
		{[]string{"--activation", "relu", "--output", "leakyrelu", "--slope", "0.2"}, ""},
		{[]string{"--slope", "0.2"}, ""},
		{[]string{"--model", "codec", "--prior", "factorized", "--prior-hidden", "5"}, "note: --prior-hidden has no effect: a factorized prior has no hidden layer\n"},
		{[]string{"--model", "codec", "--prior", "conditional", "--prior-hidden", "5"}, ""},
	} {
		status, _, errs := call(t, append(quick("--epochs", "1", "--overwrite", "--out", "run", "--quiet"), c.args...)...)
		if status != 0 || strings.Contains(errs, "no effect") != (c.want != "") || !strings.Contains(errs, c.want) {
			t.Errorf("%q: status %d, %q, want %q", c.args, status, errs, c.want)
		}
	}
}
