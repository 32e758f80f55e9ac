package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// folderState returns the content and the modification time of every file in a folder.
func folderState(t *testing.T, dir string) map[string]string {
	t.Helper()
	state := map[string]string{}
	for _, name := range names(t, dir) {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		state[name] = info.ModTime().String() + read(t, path)
	}
	return state
}

func TestDefaultFolder(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "a b", 20, 8, 2)
	wantRuns := func(want ...string) {
		t.Helper()
		if got := names(t, "runs"); !slices.Equal(got, want) {
			t.Fatalf("runs holds %q, want %q", got, want)
		}
	}
	removeAll := func(dir string) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	works(t, quick()...)
	wantRuns("tutorial-pics")
	works(t, quick()...)
	wantRuns("tutorial-pics", "tutorial-pics-2")
	works(t, quick("--data", "a b")...)
	works(t, quick("--data", "pics/")...)
	wantRuns("tutorial-a_b", "tutorial-pics", "tutorial-pics-2", "tutorial-pics-3")

	// The newest folder has the highest number. Folders with similar names do not count.
	removeAll("runs/tutorial-pics-2")
	for _, other := range []string{"tutorial-pics-old", "tutorial-pics-07", "tutorial-pics--9", "tutorial-pics-1", "tutorial-pics2"} {
		write(t, filepath.Join("runs", other, "notes"), []byte("mine"))
	}
	works(t, quick("--resume", "--epochs", "3")...)
	checkRun(t, "runs/tutorial-pics", 2)
	checkRun(t, "runs/tutorial-pics-3", 3)
	works(t, quick()...)
	checkRun(t, "runs/tutorial-pics-4", 2)
	works(t, quick("--overwrite", "--epochs", "1")...)
	checkRun(t, "runs/tutorial-pics-4", 1)

	removeAll("runs")
	works(t, quick("--resume")...)
	wantRuns("tutorial-pics")
	removeAll("runs")
	works(t, quick("--overwrite")...)
	wantRuns("tutorial-pics")
}

// Without --resume and --overwrite, a folder that holds a run stays unchanged.
func TestTakenFolder(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	before := folderState(t, "run")
	refused(t, []string{"run holds a run", "--resume", "--overwrite"}, quick("--out", "run")...)
	refused(t, []string{"run holds a run"}, quick("--out", "run", "--data", "no-such-data")...)
	wantSame(t, "run", before)

	works(t, quick("--out", "run", "--overwrite", "--seed", "2", "--epochs", "3")...)
	checkRun(t, "run", 3)

	remove(t, "run", run.CheckpointName)
	before = folderState(t, "run")
	refused(t, []string{"cannot be resumed", "--overwrite"}, quick("--out", "run", "--resume")...)
	refused(t, []string{"run holds a run"}, quick("--out", "run")...)
	wantSame(t, "run", before)
	remove(t, "run", run.ModelName)
	refused(t, []string{"run holds a run"}, quick("--out", "run")...)
	remove(t, "run", run.HistoryName)

	write(t, "run/notes.txt", []byte("mine")) // other files do not belong to a run, and stay
	works(t, quick("--out", "run")...)
	if read(t, "run/notes.txt") != "mine" {
		t.Error("a file of the user was changed")
	}
}

// wantSame checks that a folder is unchanged.
func wantSame(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	now := folderState(t, dir)
	for name := range now {
		if now[name] != before[name] {
			t.Errorf("%s/%s was changed or is new", dir, name)
		}
	}
	if len(now) < len(before) {
		t.Errorf("%s holds %q, some files are missing", dir, names(t, dir))
	}
}

// A run that cannot begin leaves no folder behind.
func TestNoEmptyFolder(t *testing.T) {
	workplace(t)
	refused(t, []string{"or a folder"}, quick("--data", "no-such-data", "--out", "run")...)
	refused(t, []string{"no-such-file"}, quick("--weights", "no-such-file", "--out", "run")...)
	refused(t, []string{"cannot make the folder pics/000.png/run"}, quick("--out", "pics/000.png/run")...)
	refused(t, []string{"cannot make the folder pics/000.png"}, quick("--out", "pics/000.png")...)
	if got := names(t, "."); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}
