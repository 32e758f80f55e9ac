package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/run"
)

// program returns the command as a separate process. It runs in the current folder and writes its
// output to files.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stdout, cmd.Stderr = scratch(t), scratch(t)
	return cmd
}

// printed returns the output of a program so far.
func printed(t *testing.T, cmd *exec.Cmd) (stdout, stderr string) {
	t.Helper()
	return read(t, cmd.Stdout.(*os.File).Name()), read(t, cmd.Stderr.(*os.File).Name())
}

// result returns the content of all files of a run, without the seconds that the run took.
func result(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range names(t, dir) {
		path := filepath.Join(dir, name)
		switch filepath.Ext(name) {
		case ".csv":
			files[name] = withoutSeconds(t, read(t, path))
		case ".safetensors":
			f, err := safetensors.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for key, value := range f.Metadata {
				if key == "training.history" {
					value = withoutSeconds(t, value)
				}
				files[name+" "+key] = value
			}
			for _, x := range f.Tensors {
				files[name+" "+x.Name] = fmt.Sprintf("%v %x", x.Shape, x.Data)
			}
		case ".html":
			files[name] = timed.ReplaceAllString(read(t, path), "$1")
		default:
			files[name] = read(t, path)
		}
	}
	return files
}

// timed is what a report has of the seconds of a run: their sum, and the hash of the file that holds them.
var timed = regexp.MustCompile(`(<dt>training</dt><dd>|<dt>model.safetensors</dt><dd><bdi>)[^<]*`)

func withoutSeconds(t *testing.T, table string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) == 0 || rows[0][1] != "seconds" {
		t.Fatalf("no history: %q, %v", table, err)
	}
	for _, row := range rows {
		row[1] = ""
	}
	return fmt.Sprint(rows)
}

// wantResult checks that a run ended with the same bits as another run.
func wantResult(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := result(t, dir)
	for key := range got {
		if got[key] != want[key] {
			t.Errorf("%s: %s differs or should not exist", dir, key)
		}
	}
	for key := range want {
		if _, ok := got[key]; !ok {
			t.Errorf("%s: %s is missing", dir, key)
		}
	}
}

// long returns the flags of a training that takes a few tenths of a second. The checkpoint of this
// training has every kind of state.
func long(more ...string) []string {
	return append([]string{"train", "--data", "pics", "--hidden", "200,20", "--dropout", "0.1", "--batch", "3", "--epochs", "8",
		"--schedule", "cosine:warmup=9", "--clip", "0.3", "--patience", "7", "--seed", "6"}, more...)
}

// A run is killed again and again, and the same command line continues it each time. It ends with
// the same bits as a run that was never killed. Some kills come at random times. Others come just
// when a file appears or changes, so between two writes.
func TestKilled(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	begin := time.Now()
	works(t, long("--out", "whole")...)
	took := time.Since(begin)

	r := random.New(1, "kills")
	kills := 0
	for kill := true; kill; kills++ {
		cmd := program(t, long("--out", "killed", "--resume")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		patience := took * time.Duration(10+kills) / 100 // it grows, so that the run ends on any machine
		err, done := killAt(cmd, moment("killed", r, patience))
		if _, errs := printed(t, cmd); done && (err != nil || unfit(errs) != "") {
			t.Fatalf("after %d kills: %v, %s", kills, err, errs)
		}
		kill = !done
	}
	t.Logf("%d kills of a run of %v", kills-1, took)
	checkRun(t, "killed", 8)
	wantResult(t, "killed", result(t, "whole"))
}

// moment returns a function that reports whether it is time to kill the program.
func moment(dir string, r *random.Source, patience time.Duration) func() bool {
	begin := time.Now()
	late := time.Duration(r.Float32() * float32(patience))
	if r.Uint64n(3) == 0 {
		return func() bool { return time.Since(begin) > late }
	}
	path := filepath.Join(dir, run.Files()[r.Uint64n(3)])
	if r.Uint64n(3) == 0 {
		path = filepath.Join(dir, run.Files()[r.Uint64n(uint64(len(run.Files())))])
	}
	first, _ := os.Stat(path)
	return func() bool { // true when that file is renamed to its final name, or a little later
		now, err := os.Stat(path)
		if err == nil && (first == nil || !os.SameFile(first, now)) {
			time.Sleep(late / 100)
			return true
		}
		return time.Since(begin) > patience
	}
}

// killAt kills a program when now returns true. If the program ends before, done is true and err is
// its error.
func killAt(cmd *exec.Cmd, now func() bool) (err error, done bool) {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !now() {
		select {
		case err := <-ended:
			return err, true
		default:
			time.Sleep(50 * time.Microsecond)
		}
	}
	_ = cmd.Process.Kill() // fails if the program has just ended
	err = <-ended
	return err, cmd.ProcessState.Exited()
}
