package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/run"
)

// program is the command as a process of its own, in the current folder, with its output in files.
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

// printed is what a program has written so far.
func printed(t *testing.T, cmd *exec.Cmd) (stdout, stderr string) {
	t.Helper()
	return read(t, cmd.Stdout.(*os.File).Name()), read(t, cmd.Stderr.(*os.File).Name())
}

// result is all that the files of a run say, but for the seconds that it took.
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
		default:
			files[name] = read(t, path)
		}
	}
	return files
}

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

// wantResult wants a run to have ended with all the bits of another.
func wantResult(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := result(t, dir)
	for key := range got {
		if got[key] != want[key] {
			t.Errorf("%s: %s differs or is too many", dir, key)
		}
	}
	for key := range want {
		if _, ok := got[key]; !ok {
			t.Errorf("%s: %s is missing", dir, key)
		}
	}
}

// long are flags of a training of a few tenths of a second, with all that a checkpoint has to keep.
func long(more ...string) []string {
	return append([]string{"train", "--data", "pics", "--hidden", "200,20", "--dropout", "0.1", "--batch", "3", "--epochs", "8",
		"--schedule", "cosine:warmup=9", "--clip", "0.3", "--patience", "7", "--seed", "6"}, more...)
}

// A run that is killed again and again, and always begun anew by the same command line, ends with
// the bits of one that never was: kills at random times, and just when some file appears or
// changes, so between the writing of two.
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
		patience := took * time.Duration(10+kills) / 100 // it grows, so that the run comes to its end on any machine
		err, done := killAt(cmd, moment("killed", r, patience))
		if _, errs := printed(t, cmd); done && (err != nil || errs != "") {
			t.Fatalf("after %d kills: %v, %s", kills, err, errs)
		}
		kill = !done
	}
	t.Logf("%d kills of a run of %v", kills-1, took)
	checkRun(t, "killed", 8)
	wantResult(t, "killed", result(t, "whole"))
}

// moment is a time to kill, unknown in advance: it is asked again and again whether it has come.
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
	return func() bool { // when that file is renamed to its place, or a little later
		now, err := os.Stat(path)
		if err == nil && (first == nil || !os.SameFile(first, now)) {
			time.Sleep(late / 100)
			return true
		}
		return time.Since(begin) > patience
	}
}

// killAt kills a program when the moment has come, or says that, and how, it has ended before.
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
	_ = cmd.Process.Kill() // which fails where the program has just ended
	err = <-ended
	return err, cmd.ProcessState.Exited()
}
