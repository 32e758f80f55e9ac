package main

import (
	"os"
	"testing"
)

// A run whose data set was named by a relative path says how to go on from another folder.
func TestResumeElsewhere(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--epochs", "1")...)
	if err := os.Mkdir("elsewhere", 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir("elsewhere")
	refused(t, []string{"cannot find pics, the data set of the run in ../run, seen from the folder in which that training was started: name it with --data"},
		"train", "--resume", "--out", "../run")
	works(t, "train", "--resume", "--out", "../run", "--data", "../pics")
}
