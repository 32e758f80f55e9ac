//go:build unix

package main

import (
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/run"
)

// waitFor waits until a program has printed a text.
func waitFor(t *testing.T, cmd *exec.Cmd, text string) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(time.Millisecond) {
		if out, _ := printed(t, cmd); strings.Contains(out, text) {
			return
		}
	}
	out, errs := printed(t, cmd)
	t.Fatalf("%q does not come: %s, %s", text, out, errs)
}

// SIGINT and SIGTERM end a training in the middle of an epoch, and nothing is lost of it.
func TestSignals(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	works(t, long("--out", "whole")...)
	want := result(t, "whole")
	for signal, c := range map[syscall.Signal]struct {
		status int
		name   string
	}{syscall.SIGINT: {130, "interrupt"}, syscall.SIGTERM: {143, "terminated"}} {
		cmd := program(t, long("--out", c.name)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, cmd, "Epoch 2/8")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // its status says more
		out, errs := printed(t, cmd)
		if status := cmd.ProcessState.ExitCode(); status != c.status || errs != "gorgonae: stopped by "+c.name+"\n" ||
			!strings.HasSuffix(out, "saved in "+c.name+"; go on with --resume\n") {
			t.Fatalf("%v: status %d, %q at the end of %q", signal, status, errs, out)
		}
		if again := works(t, long("--out", c.name, "--resume")...); strings.Contains(again, "Epoch 2/8") {
			t.Errorf("%v: epoch 2 is trained anew: %s", signal, again)
		}
		wantResult(t, c.name, want)
	}
}

// Figures of a run that goes on are removed: whenever it stops, there is none of another state of
// the model.
func TestStaleFigures(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	works(t, quick("--out", "run")...)
	cmd := program(t, quick("--out", "run", "--epochs", "5000", "--resume")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, cmd, "Epoch    3/5000")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // what it leaves says more than its status
	if got := names(t, "run"); !slices.Equal(got, []string{run.CheckpointName, run.HistoryName, run.ModelName}) {
		t.Errorf("a run that has gone on and was stopped holds %q", got)
	}
}
