package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/codec"
)

func TestDecompressSome(t *testing.T) {
	compressed(t)
	for only, want := range map[string][]string{
		"7":       {"007.png"},
		"38-39":   {"038.png", "039.png"},
		"012.png": {"012.png"},
	} {
		works(t, "decompress", "pics.gae", "--only", only, "--out", "some-"+only)
		if got := names(t, "some-"+only); !slices.Equal(got, want) {
			t.Errorf("--only %s: got %v, want %v", only, got, want)
		}
	}
	for _, only := range []string{"40", "5-3", "-1", "3-", "x.png"} {
		refused(t, []string{"--only", "0 to 39"}, "decompress", "pics.gae", "--only", only, "--out", "none")
	}
	if exists("none") {
		t.Error("a refused command made its folder")
	}
}

// Names in a file decide where images are written, but never outside of the folder.
func TestDecompressNames(t *testing.T) {
	compressed(t)
	writeFile(t, "good.gae", []string{"b.JPG", "b.png", "sub/c", "d.txt"}, nil)
	works(t, "decompress", "good.gae", "--out", "good")
	if got, want := append(names(t, "good"), names(t, "good/sub")...), []string{"b.JPG.png", "b.png", "d.txt.png", "sub", "c.png"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, name := range []string{"../evil.png", "/evil.png", "a/../../evil.png"} {
		writeFile(t, "bad.gae", []string{name}, nil)
		refused(t, []string{"leads out", "bad.gae"}, "decompress", "bad.gae", "--out", "bad")
	}
	writeFile(t, "twice.gae", []string{"a.png", "a.png"}, nil)
	refused(t, []string{`want a name for each image, got "a.png" twice`}, "decompress", "twice.gae", "--out", "twice")
}

// A damaged chunk costs its images alone, and the exit status says so.
func TestDecompressDamaged(t *testing.T) {
	compressed(t)
	writeFile(t, "file.gae", make([]string, 12), nil)
	whole, err := os.ReadFile("file.gae")
	if err != nil {
		t.Fatal(err)
	}
	f, err := codec.Open(bytes.NewReader(whole), int64(len(whole)), codec.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Info()
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	at := info.Bytes.Total - info.Bytes.Index - 40 // in a chunk
	damaged[at] ^= 1
	write(t, "damaged.gae", damaged)
	if status, out, errs := call(t, "decompress", "damaged.gae", "--only", "0-11", "--out", "some"); status != 1 || !strings.HasPrefix(out, "wrote 8 images") ||
		!strings.HasSuffix(errs, "8 images could be read\n") {
		t.Errorf("--only of a damaged file: status %d, %q, %q", status, out, errs)
	}
	status, out, errs := call(t, "decompress", "damaged.gae", "--out", "out")
	if got := names(t, "out"); status != 1 || len(got) != 8 || !strings.HasPrefix(out, "wrote 8 images") {
		t.Errorf("status %d, %q, files %v, want 8 of 12 images", status, out, got)
	}
	if !strings.Contains(errs, "WARNING: chunk ") || !strings.HasSuffix(errs, "gorgonae: damaged.gae: the file is damaged: 8 images could be read\n") {
		t.Errorf("standard error is %q", errs)
	}
	if status, _, _ := call(t, "verify", "damaged.gae"); status != 1 {
		t.Errorf("verify: status %d for a damaged file", status)
	}
	write(t, "cut.gae", whole[:len(whole)-30])
	if status, out, errs := call(t, "decompress", "cut.gae", "--out", "cut"); status != 1 || !strings.HasPrefix(out, "wrote 12 images") || !strings.Contains(errs, "cut off") {
		t.Errorf("a file without its end: status %d, %q, %q", status, out, errs)
	}
	write(t, "pics.png", []byte("no such file"))
	refused(t, []string{"want a .gae file", "pics.png"}, "decompress", "pics.png", "--out", "none")
	refused(t, []string{"want a .gae file", "pics.png"}, "info", "pics.png")
}

// The loss of names is said, and the pixels are written.
func TestDecompressLostNames(t *testing.T) {
	compressed(t)
	file := []byte(read(t, "pics.gae"))
	at := bytes.LastIndex(file, []byte("000")) // in the names of the only chunk
	if at < 0 {
		t.Fatal("no name in the file")
	}
	file[at] ^= 1
	write(t, "lost.gae", file)
	for _, args := range [][]string{{"--only", "3", "-o", "one"}, {"-o", "all"}} {
		status, out, errs := call(t, append([]string{"decompress", "lost.gae"}, args...)...)
		if status != 1 || !strings.HasPrefix(out, "wrote ") || !strings.Contains(errs, "section 'n'") && !strings.Contains(errs, `section "n"`) {
			t.Errorf("%v: status %d, %q, %q", args, status, out, errs)
		}
		if !exists(filepath.Join(args[len(args)-1], "00003.png")) {
			t.Errorf("%v: image 3 was not written", args)
		}
	}
}
