package main

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// compressed trains a small model, run, and compresses the folder pics into pics.gae.
func compressed(t *testing.T) {
	t.Helper()
	workplace(t)
	works(t, quick("--quiet", "--out", "run")...)
	works(t, "compress", "run", "pics", "-o", "pics.gae")
}

// Decompressed files have the names and the numbers of the compressed ones, and the pixels that the
// decoder makes.
func TestCompress(t *testing.T) {
	compressed(t)
	out := works(t, "decompress", "pics.gae", "--out", "out")
	if want := "wrote 40 images of 8 x 8 pixels to out\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	if got, want := names(t, "out"), names(t, "pics"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	checkPixels(t, "out")
	works(t, "decompress", "pics.gae", "--out", "out.npy")
	if out := works(t, "encode", "run", "--images", "out.npy", "--out", "codes.npy"); !strings.Contains(out, "codes of 40 images") {
		t.Errorf("the array was read as %q", out)
	}
	if out := works(t, "verify", "pics.gae"); out != "pics.gae is whole: 40 images of 8 x 8 pixels in 1 chunk\n" {
		t.Errorf("verify printed %q", out)
	}
	info := works(t, "info", "pics.gae")
	for _, text := range []string{"40 of 8 x 8 pixels", "architecture", "tutorial", "bytes: names", "bytes: whole file"} {
		if !strings.Contains(info, text) {
			t.Errorf("want %q in the output of info, got %s", text, info)
		}
	}
}

// checkPixels compares the files of a folder with what package codec makes of the same images.
func checkPixels(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	m, err := run.Read("run")
	if err != nil {
		t.Fatal(err)
	}
	set, err := images.ReadFolder("pics", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model, err := codec.Fit(ctx, m.Autoencoder, set, codec.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := codec.WriteTo(ctx, &file, model, set, nil, codec.Options{Effort: defaultEffort}); err != nil {
		t.Fatal(err)
	}
	f, err := codec.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), codec.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := images.ReadFolder(dir, images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Len() {
		want, err := f.Image(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Image(i), want) {
			t.Fatalf("image %d differs from the one of package codec", i)
		}
	}
}

// A data set without names of files gets numbers, and a folder for each class.
func TestCompressData(t *testing.T) {
	workplace(t)
	for _, class := range []string{"cats", "dogs"} {
		pictures(t, filepath.Join("pets", class), 10, 8, 3)
	}
	works(t, "train", "--data", "pets", "--hidden", "8", "--epochs", "1", "--quiet", "--out", "run")
	works(t, "compress", "run", "pets", "-o", "pets.gae")
	works(t, "decompress", "pets.gae", "--out", "out")
	for _, class := range []string{"cats", "dogs"} {
		if got, want := names(t, filepath.Join("out", class)), names(t, filepath.Join("pets", class)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", class, got, want)
		}
	}
	writeFile(t, "numbers.gae", nil, []int{1, 0, 1})
	works(t, "decompress", "numbers.gae", "--out", "numbers")
	if got, want := append(names(t, "numbers/ink"), names(t, "numbers/0")...), []string{"00000.png", "00002.png", "00001.png"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// writeFile compresses the first images of pics with the model run, with these names or labels.
func writeFile(t *testing.T, path string, names []string, labels []int) {
	t.Helper()
	ctx := context.Background()
	m, err := run.Read("run")
	if err != nil {
		t.Fatal(err)
	}
	set, err := images.ReadFolder("pics", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model, err := codec.Fit(ctx, m.Autoencoder, set, codec.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	o := codec.Options{Chunk: 4, Classes: []string{"../x", "ink"}}
	if len(labels) > 0 && slices.Max(labels) >= len(o.Classes) {
		o.Classes = nil
	}
	w, err := codec.NewWriter(&file, model, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range max(len(names), len(labels)) {
		name, label := "", -1
		if names != nil {
			name = names[i]
		}
		if labels != nil {
			label = labels[i]
		}
		if err := w.Write(ctx, set.Image(i), name, label); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(ctx); err != nil {
		t.Fatal(err)
	}
	write(t, path, file.Bytes())
}

// A file without its decoder needs the model that compressed it.
func TestCompressExternal(t *testing.T) {
	compressed(t)
	works(t, "compress", "run", "pics", "-o", "external.gae", "--external")
	refused(t, []string{"external.gae", "want the decoder"}, "decompress", "external.gae", "--out", "none")
	works(t, "train", "--data", "pics", "--hidden", "8", "--epochs", "1", "--quiet", "--seed", "9", "--out", "other")
	refused(t, []string{"external.gae", "want the decoder"}, "verify", "external.gae", "--model", "other")
	works(t, "verify", "external.gae", "--model", "run")
	works(t, "decompress", "external.gae", "--model", "run", "--out", "out")
	pictures(t, "large", 4, 16, 2)
	works(t, "train", "--model", "conv", "--data", "pics", "--epochs", "1", "--quiet", "--out", "conv")
	works(t, "compress", "conv", "large", "-o", "large.gae")
	refused(t, []string{"16 x 16 pixels in large", "without --external"}, "compress", "conv", "large", "-o", "other.gae", "--external")
	if info := works(t, "info", "external.gae"); !strings.Contains(info, "not in the file") {
		t.Errorf("info printed %s", info)
	}
}

// Nothing is replaced without --force.
func TestCompressRefuses(t *testing.T) {
	compressed(t)
	before := read(t, "pics.gae")
	refused(t, []string{"pics.gae exists", "--force"}, "compress", "run", "pics", "-o", "pics.gae")
	refused(t, []string{"pics exists"}, "decompress", "pics.gae", "--out", "pics")
	refused(t, []string{"--out", "want a path"}, "compress", "run", "pics", "-o", "")
	refused(t, []string{"--out", "want a path"}, "decompress", "pics.gae", "--out", "", "--force")
	refused(t, []string{"what the command reads"}, "compress", "run", "pics", "-o", "run/model.safetensors", "--force")
	refused(t, []string{"what the command reads"}, "compress", "run", "pics", "-o", "pics/003.png", "--force")
	refused(t, []string{"what the command reads"}, "decompress", "pics.gae", "-o", "pics.gae", "--force")
	refused(t, []string{"--weight-bits"}, "compress", "run", "pics", "-o", "x.gae", "--weight-bits", "1")
	refused(t, []string{"--split"}, "compress", "run", "pics", "-o", "x.gae", "--split", "train")
	refused(t, []string{"2 to 12 bits", "got 13"}, "compress", "run", "no-such-folder", "-o", "x.gae", "--weight-bits", "13")
	refused(t, []string{"finite squared error"}, "compress", "run", "pics", "-o", "x.gae", "--error", "-1")
	refused(t, []string{"give one of them"}, "compress", "run", "pics", "-o", "x.gae", "--error", "1", "--bits", "20")
	if exists("x.gae") || read(t, "pics.gae") != before {
		t.Error("a refused command changed a file")
	}
	works(t, "compress", "run", "pics", "-o", "pics.gae", "--force")
	if read(t, "pics.gae") != before {
		t.Error("the same images give another file")
	}
	works(t, "decompress", "pics.gae", "--out", "pics", "--force")
	if len(names(t, "pics")) != 40 {
		t.Errorf("got the files %v", names(t, "pics"))
	}
	refused(t, []string{"want a squared error of 0.0001"}, "compress", "run", "pics", "-o", "small.gae", "--error", "0.0001")
}

// Both commands work in pipes, with the same bytes as with files.
func TestCompressPipes(t *testing.T) {
	compressed(t)
	status, out, errs := call(t, "compress", "run", "pics", "-o", "-")
	if status != 0 || out != read(t, "pics.gae") || !strings.Contains(errs, "to standard output") {
		t.Fatalf("status %d, %d bytes, %q", status, len(out), errs)
	}
	file, err := os.Open("pics.gae")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	old := os.Stdin
	os.Stdin = file
	defer func() { os.Stdin = old }()
	works(t, "decompress", "-", "--out", "piped")
	first, err := os.Open("piped/000.png")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := png.Decode(first); err != nil {
		t.Error(err)
	}
}
