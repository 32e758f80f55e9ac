package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// eventSize returns the size of all event files in a folder.
func eventSize(t *testing.T, dir string) (size int64) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*tfevents*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

// A resumed run continues its log without being told, until it is told to end it. Neither the log nor its
// end changes the run.
func TestTensorBoardRemembered(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "plain", "--epochs", "5")...)
	out := works(t, quick("--out", "runs/try", "--tensorboard", "logs")...)
	if !strings.Contains(out, "results in runs/try, TensorBoard log in "+filepath.Join("logs", "try")+"\n") {
		t.Errorf("it prints %s", out)
	}
	size := eventSize(t, "logs/try")
	works(t, "train", "--out", "runs/try", "--resume", "--epochs", "3")
	if grown := eventSize(t, "logs/try"); size == 0 || grown <= size {
		t.Errorf("the log has %d bytes, and %d after it was resumed", size, grown)
	}
	size = eventSize(t, "logs/try")
	for _, epochs := range []string{"4", "5"} { // it has forgotten the log
		more := []string{"--tensorboard", "none"}
		if epochs == "5" {
			more = nil
		}
		works(t, append([]string{"train", "--out", "runs/try", "--resume", "--epochs", epochs}, more...)...)
		if grown := eventSize(t, "logs/try"); grown != size {
			t.Errorf("the log has ended with %d bytes, and has %d after epoch %s", size, grown, epochs)
		}
	}
	wantResult(t, "runs/try", result(t, "plain"))
}

// A log that is not there any more, or cannot be begun.
func TestTensorBoardLost(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--tensorboard", "logs")...)
	if err := os.RemoveAll("logs"); err != nil {
		t.Fatal(err)
	}
	status, _, errs := call(t, "train", "--out", "run", "--resume", "--epochs", "3")
	warning := "WARNING: the TensorBoard log of this run, " + filepath.Join("logs", "run") + ", is not there any more, so none is written"
	if status != 0 || !strings.Contains(errs, warning) || exists("logs") {
		t.Errorf("status %d, %q", status, errs)
	}
	works(t, "train", "--out", "run", "--resume", "--epochs", "4", "--tensorboard", "logs")
	if eventSize(t, "logs/run") == 0 {
		t.Error("the log was not begun anew")
	}
	write(t, "file", nil)
	refused(t, []string{"--tensorboard: ", "file"}, quick("--out", "other", "--tensorboard", "file")...)
	if exists("other") {
		t.Errorf("the folder of a run that did not begin is left: %q", names(t, "other"))
	}
}

// The log of a run that is replaced is replaced.
func TestTensorBoardOverwrite(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--tensorboard", "logs", "--epochs", "4")...)
	long := eventSize(t, "logs/run")
	works(t, quick("--out", "run", "--tensorboard", "logs", "--overwrite")...)
	if got := names(t, "logs"); !slices.Equal(got, []string{"run"}) || eventSize(t, "logs/run") >= long {
		t.Errorf("logs holds %q, and the log has %d bytes; the one before had %d", got, eventSize(t, "logs/run"), long)
	}
}
