package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
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

// A run does not go on with other pictures, and says in what they differ.
func TestResumeOnOtherPictures(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "set/train", 20, 8, 1)
	pictures(t, "set/test", 5, 8, 2)
	works(t, "train", "--model", "deep", "--hidden", "8", "--latent", "3", "--batch", "8", "--epochs", "1", "--data", "set", "--out", "r")
	write(t, "set/train/new.png", []byte(read(t, "set/test/000.png")))
	if err := os.Remove("set/train/003.png"); err != nil {
		t.Fatal(err)
	}
	status, _, errs := call(t, "train", "--resume", "--out", "r")
	if status == 0 || !strings.Contains(errs, "the data set set is not as it was when the run began: images to train on that are new: 1, that are gone: 1") ||
		!strings.Contains(errs, "1 of the 5 test images is also trained on, for example test/000.png") {
		t.Errorf("status %d, %s", status, errs)
	}
}

// A run of a version that chose the test images by the bytes of files says so, when it is to go on and when
// its model is tested. As long as its images are the same, it goes on.
func TestRunOfOtherParts(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "r")...)
	for _, name := range []string{run.CheckpointName, run.ModelName} {
		write(t, "r/"+name, []byte(strings.Replace(read(t, "r/"+name), `\"by\":\"pixels\"`, `\"of\":\"filess\"`, 1)))
	}
	_, _, errs := call(t, "evaluate", "r", "--data", "pics")
	if want := "the model was trained by a version that chose images for testing in another way: it may have been trained on test images of pics"; strings.Count(errs, want) != 1 {
		t.Errorf("evaluate says %q, want %q", errs, want)
	}
	works(t, quick("--out", "r", "--resume", "--epochs", "3")...)
	write(t, "r/"+run.CheckpointName, []byte(strings.Replace(read(t, "r/"+run.CheckpointName), `\"by\":\"pixels\"`, `\"of\":\"filess\"`, 1)))
	if err := os.Remove("pics/003.png"); err != nil {
		t.Fatal(err)
	}
	status, _, errs := call(t, quick("--out", "r", "--resume", "--epochs", "4")...)
	if want := "the run was begun by a version that told the images of pics apart, and chose those for testing, in another way"; status == 0 || strings.Count(errs, want) != 1 || strings.Contains(errs, "that are gone") {
		t.Errorf("status %d, %s", status, errs)
	}
}

// A run on an array whose shape does not show its channels goes on without the option that does, and its model is
// evaluated without it.
func TestTrainArray(t *testing.T) {
	slow(t)
	workplace(t)
	numbers := make([]float32, 40*3*8*3)
	for i := range numbers {
		numbers[i] = float32(i*i%251) / 255
	}
	var b bytes.Buffer
	if err := npy.Write(&b, npy.Array{Shape: []int{40, 3, 8, 3}, Data: numbers}); err != nil {
		t.Fatal(err)
	}
	write(t, "a.npy", b.Bytes())
	train := []string{"train", "--model", "deep", "--hidden", "8", "--latent", "3", "--batch", "8", "--epochs", "1", "--data", "a.npy", "--out", "r"}
	refused(t, []string{"--layout nhwc"}, train...)
	refused(t, []string{"--layout"}, append(train, "--layout", "hwcn")...)
	works(t, append(train, "--layout", "nchw")...)
	works(t, "train", "--resume", "--out", "r")
	if out := works(t, "evaluate", "r", "--data", "a.npy"); !strings.Contains(out, "of 8 x 3 pixels in colour") {
		t.Errorf("evaluate prints %s", out)
	}
	if out := works(t, "evaluate", "r", "--data", "a.npy", "--layout", "nchw"); !strings.Contains(out, "of 8 x 3 pixels in colour") {
		t.Errorf("evaluate prints %s", out)
	}
}

// What decompress writes as an IDX file, every command reads.
func TestReadIDXFiles(t *testing.T) {
	compressed(t)
	works(t, "decompress", "pics.gae", "--idx", "a.idx.gz")
	works(t, "decompress", "pics.gae", "-o", "a.npy")
	works(t, "encode", "run", "--images", "a.idx.gz", "--out", "idx.npy")
	works(t, "encode", "run", "--images", "a.npy", "--out", "array.npy")
	if read(t, "idx.npy") != read(t, "array.npy") {
		t.Error("the codes of an IDX file are not those of the array with the same images")
	}
	if out := works(t, "compress", "run", "a.idx.gz", "-o", "idx.gae"); !strings.Contains(out, "a.idx.gz: 40 of 8 x 8 pixels") {
		t.Errorf("compress printed %s", out)
	}
	works(t, "compress", "run", "a.npy", "-o", "array.gae")
	for _, file := range []string{"idx", "array"} {
		works(t, "decompress", file+".gae", "-o", file+"-out.npy")
	}
	if read(t, "idx-out.npy") != read(t, "array-out.npy") {
		t.Error("other images come back than from the array")
	}
	if out := works(t, "evaluate", "run", "--data", "a.idx.gz", "--per-image", "each.csv"); !strings.Contains(out, "a, test: ") {
		t.Errorf("evaluate printed %s", out)
	}
	held := strings.Fields(works(t, "data", "a.idx.gz", "--held-out"))
	if lines := strings.Split(read(t, "each.csv"), "\n"); len(lines) != len(held)+2 || !strings.HasPrefix(lines[1], held[0]+",") {
		t.Errorf("held out are %q, and the errors %q", held, lines)
	}
	refused(t, []string{"--layout"}, "encode", "run", "--images", "a.idx.gz", "--layout", "nchw")
	refused(t, []string{"--layout"}, "compress", "run", "a.idx.gz", "--layout", "nchw", "-o", "x.gae")
}
