package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/mnist"
)

// A data set of IDX files comes back as IDX files, with the same labels, and can be compressed again.
func TestDecompressIDX(t *testing.T) {
	workplace(t)
	for part, n := range map[string]int{"train": 30, "t10k": 20} {
		pixels, labels := make([]byte, n*64), make([]byte, n)
		for i := range pixels {
			pixels[i] = byte(i * 7)
		}
		for i := range labels {
			labels[i] = byte(i % 10)
		}
		if err := mnist.WriteImages("set-"+part, 8, 8, pixels); err != nil {
			t.Fatal(err)
		}
		write(t, "set/"+part+"-images-idx3-ubyte", []byte(read(t, "set-"+part)))
		if err := mnist.WriteLabels(filepath.Join("set", part+"-labels-idx1-ubyte.gz"), labels); err != nil {
			t.Fatal(err)
		}
	}
	works(t, "train", "--data", "set", "--hidden", "8", "--epochs", "1", "--quiet", "--out", "run")
	for part, n := range map[string]string{"train": "30", "t10k": "20"} {
		split := strings.TrimPrefix(strings.Replace(part, "t10k", "test", 1), "-")
		works(t, "compress", "run", "set", "--split", split, "-o", part+".gae")
		images, labels := "back/"+part+"-images-idx3-ubyte.gz", "back/"+part+"-labels-idx1-ubyte.gz"
		write(t, "back/x", nil)
		if out := works(t, "decompress", part+".gae", "--idx", images); out != "wrote "+n+" images of 8 x 8 pixels to "+images+" and their labels to "+labels+"\n" {
			t.Errorf("decompress printed %q", out)
		}
	}
	if out := works(t, "data", "back"); !strings.Contains(out, "20x8x8") {
		t.Errorf("data printed %s", out)
	}
	data, err := mnist.ReadFolder("back")
	if err != nil {
		t.Fatal(err)
	}
	for i := range data.Test.Labels {
		if data.Test.Label(i) != i%10 {
			t.Fatalf("image %d has the label %d", i, data.Test.Label(i))
		}
	}
	works(t, "decompress", "t10k.gae", "-o", "png")
	works(t, "compress", "run", "back", "-o", "again.gae")

	// Without labels there is one file, and nothing is replaced.
	works(t, "compress", "run", "pics", "-o", "pics.gae")
	if out := works(t, "decompress", "pics.gae", "--idx", "pics.idx"); out != "wrote 40 images of 8 x 8 pixels to pics.idx\n" {
		t.Errorf("decompress printed %q", out)
	}
	if exists("pics-labels.idx") {
		t.Error("images without labels have a file of labels")
	}
	works(t, "decompress", "pics.gae", "-o", "pics.npy")
	if array, idx := []byte(read(t, "pics.npy")), []byte(read(t, "pics.idx")); len(idx) != 16+40*64 || !bytes.HasPrefix(idx, []byte("\x00\x00\x08\x03\x00\x00\x00\x28\x00\x00\x00\x08")) || len(array) < 4*40*64 {
		t.Errorf("%d bytes", len(idx))
	}
	refused(t, []string{"pics.idx exists", "--idx"}, "decompress", "pics.gae", "--idx", "pics.idx")
	refused(t, []string{"either --idx or --out"}, "decompress", "pics.gae", "--idx", "a", "--out", "b")
	writeFile(t, "some.gae", nil, []int{1, -1, 300})
	if out := works(t, "decompress", "some.gae", "--idx", "some"); !strings.HasSuffix(out, "to some; no file of labels, because image 1 of them has the label -1 and the format has 0 to 255\n") {
		t.Errorf("decompress printed %q", out)
	}
}
