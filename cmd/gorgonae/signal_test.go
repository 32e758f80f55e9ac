//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"reflect"
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
	t.Fatalf("want the output %q within a minute, got %s, %s", text, out, errs)
}

// A connection that breaks, which is the same signal as a reader that has ended, stops no training.
func TestBrokenConnection(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	cmd := program(t, long("--out", "run")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if exists(filepath.Join("run", run.CheckpointName)) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGPIPE); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the training ends with %v", err)
	}
}

// A program that reads our output may end, as head does: then the run is saved.
func TestBrokenPipe(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	works(t, long("--out", "whole")...)
	want := result(t, "whole")
	cmd := program(t, long("--out", "piped")...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	lines := bufio.NewScanner(r)
	for lines.Scan() && !strings.Contains(lines.Text(), "Epoch 2/8") {
	}
	r.Close()
	_ = cmd.Wait() // the exit status is checked below
	if status := cmd.ProcessState.ExitCode(); status != 141 {
		t.Errorf("the status is %d, want 141", status)
	}
	if again := works(t, long("--out", "piped", "--resume")...); strings.Contains(again, "Epoch 2/8") {
		t.Errorf("epoch 2 is trained again: %s", again)
	}
	if got := result(t, "piped"); !reflect.DeepEqual(got, want) {
		t.Error("the run that was stopped and resumed ends with another result")
	}
}

// SIGINT, SIGTERM and SIGHUP stop a training in the middle of an epoch, and no step of it is lost.
func TestSignals(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	works(t, long("--out", "whole")...)
	want := result(t, "whole")
	for signal, c := range map[syscall.Signal]struct {
		status int
		name   string
	}{syscall.SIGINT: {130, "interrupt"}, syscall.SIGTERM: {143, "terminated"}, syscall.SIGHUP: {129, "hangup"}} {
		if ossignal.Ignored(signal) { // the tests run under nohup, and the program keeps what nohup asks for
			t.Logf("%v is ignored here, so it is not tested", signal)
			continue
		}
		cmd := program(t, long("--out", c.name)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, cmd, "Epoch 2/8")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the exit status is checked below
		out, errs := printed(t, cmd)
		if status := cmd.ProcessState.ExitCode(); status != c.status || errs != "gorgonae: stopped by "+c.name+"\n" ||
			!strings.HasSuffix(out, "saved in "+c.name+": continue with --resume\n") {
			t.Fatalf("%v: status %d, %q at the end of %q", signal, status, errs, out)
		}
		if again := works(t, long("--out", c.name, "--resume")...); strings.Contains(again, "Epoch 2/8") {
			t.Errorf("%v: epoch 2 is trained again: %s", signal, again)
		}
		wantResult(t, c.name, want)
	}
}

// A resumed run removes its old figures, so that a stopped run has no figure of an older model. It has a report
// of what it is.
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
	_ = cmd.Wait() // the files are checked below, not the exit status
	if got := names(t, "run"); !slices.Equal(got, []string{run.BestName, run.CheckpointName, run.HistoryName, run.ModelName, run.ReportName}) {
		t.Errorf("a run that was resumed and stopped holds %q", got)
	}
	if page := read(t, filepath.Join("run", run.ReportName)); !strings.Contains(page, "of 5,000 epochs: train --resume continues it") || !strings.HasSuffix(page, "</html>\n") {
		t.Errorf("the report of a stopped run is %.300q", page)
	}
}

// A signal ends a command that waits for its standard input.
func TestSignalWhileWaiting(t *testing.T) {
	compressed(t)
	for _, args := range [][]string{
		{"decompress", "-", "-o", "none"}, {"verify", "-"}, {"compress", "run", "-", "-o", "none"}, {"merge", "pics.gae", "-", "-o", "none"},
	} {
		cmd := program(t, args...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write([]byte("\x8bGAE")); err != nil { // a beginning, and then nothing
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // until it waits; a signal that comes sooner stops it, too
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			t.Fatalf("%v waits for its input after a signal", args)
		}
		out, errs := printed(t, cmd)
		if status := cmd.ProcessState.ExitCode(); status != 143 && status != -1 || status == 143 && (errs != "gorgonae: stopped by terminated\n" || out != "") {
			t.Errorf("%v: status %d, %q, %q", args, status, out, errs)
		}
		if exists("none") {
			t.Errorf("%v left an output", args)
		}
	}
}
