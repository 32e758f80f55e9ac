package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A model that was trained on the subfolder train of a folder is not tested on a part of it without a word, also
// under another name.
func TestTrainedOnTest(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "set/train", 40, 8, 1)
	pictures(t, "set/test", 10, 8, 2)
	works(t, "train", "--model", "deep", "--hidden", "8", "--latent", "3", "--batch", "8", "--epochs", "1", "--data", "set", "--out", "r")
	held := strings.Fields(works(t, "data", "set/train", "--held-out"))
	if len(held) < 1 || len(held) > 15 || !exists(filepath.Join("set/train", held[0])) {
		t.Fatalf("held out are %q", held)
	}
	if got := strings.Fields(works(t, "data", "set", "--held-out")); len(got) != 10 || got[0] != "test/000.png" {
		t.Errorf("the test pictures are %q", got)
	}
	want := fmt.Sprintf("the model was trained on %d of the %d test images of train", len(held), len(held))
	for _, command := range []string{"evaluate", "figures"} {
		if _, _, errs := call(t, command, "r", "--data", "set"); strings.Contains(errs, "was trained on") {
			t.Errorf("%s of the test pictures says %s", command, errs)
		}
		if _, _, errs := call(t, command, "r", "--data", "set/train"); strings.Count(errs, want) != 1 {
			t.Errorf("%s says %q, want %q", command, errs, want)
		}
	}
	if err := os.Rename("set/train", "renamed"); err != nil {
		t.Fatal(err)
	}
	pictures(t, "renamed", 41, 8, 1) // the same and one more
	if _, _, errs := call(t, "evaluate", "r", "--data", "renamed"); !strings.Contains(errs, "the model was trained on") {
		t.Errorf("after renaming, evaluate says %q", errs)
	}
	refused(t, []string{"images that are held out"}, "data", "handwriting", "--held-out")
}
