package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// labelsIn returns the different labels of a listing, in order.
func labelsIn(t *testing.T, path string) []string {
	t.Helper()
	var labels []string
	for _, row := range strings.Split(strings.TrimSpace(read(t, path)), "\n")[1:] {
		labels = append(labels, strings.Split(row, ",")[1])
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// Labels are named by the classes of the data set that is read, not by those of the training, and those of
// binarized images have names, too.
func TestLabelsOfAnotherSet(t *testing.T) {
	slow(t)
	workplace(t)
	for i, class := range []string{"first/ant", "first/bee", "second/cat", "second/dog"} {
		pictures(t, class, 20, 8, uint64(i+10))
	}
	works(t, "train", "--data", "first", "--hidden", "8", "--batch", "8", "--epochs", "1", "--out", "run")
	want := []string{"cat", "dog"}
	works(t, "evaluate", "run", "--data", "second", "--split", "train", "--per-image", "errors.csv")
	if got := labelsIn(t, "errors.csv"); !slices.Equal(got, want) {
		t.Errorf("evaluate --per-image writes the labels %q, want %q", got, want)
	}
	works(t, "encode", "run", "--data", "second", "--split", "train", "--out", "codes.npy")
	if got := labelsIn(t, "codes.names.csv"); !slices.Equal(got, want) {
		t.Errorf("encode writes the labels %q, want %q", got, want)
	}
	names := []string{"plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	write(t, "cifar/batches.meta.txt", []byte(strings.Join(names, "\n")))
	for _, file := range []string{"data_batch_1.bin", "test_batch.bin"} {
		var records []byte
		for i := range 20 {
			records = append(append(records, byte(i%10)), bytes.Repeat([]byte{byte(12 * i), byte(i)}, 3*16*32)...)
		}
		write(t, "cifar/"+file, records)
	}
	works(t, "train", "--data", "cifar", "--hidden", "8", "--batch", "8", "--epochs", "1", "--binarize", "threshold", "--out", "binary")
	works(t, "compress", "binary", "cifar", "--out", "x.gae")
	if out := works(t, "info", "x.gae"); !strings.Contains(out, "plane, car, bird") {
		t.Errorf("the file of binarized images has no names of classes: %s", out)
	}
}
