package main

import (
	"bytes"
	"fmt"
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
	writeFile(t, "good.gae", []string{"sub/c"}, nil)
	good := []byte(read(t, "good.gae"))
	for name, want := range map[string]string{"../c": "leads out", "/b/c": "leads out", "s/\x00x": "files can have"} {
		write(t, "bad.gae", sealed(bytes.Replace(good, []byte("sub/"), []byte(name), 1)))
		refused(t, []string{want, "bad.gae"}, "decompress", "bad.gae", "--out", "bad")
	}
	// Names are checked before any image is written, also those of the last chunk.
	few := []string{"a.png", "b.png", "c.png", "d.png"}
	for name, last := range map[string]string{
		"want a name for each image, got \"a.png\" twice": "a.png", "whose folder is an image": "a.png/x", "for a folder": "x",
	} {
		writeFile(t, "twice.gae", append(few, "x.png/y", last), nil)
		refused(t, []string{name, "take --out FILE.npy"}, "decompress", "twice.gae", "--out", "twice")
		refused(t, []string{name, "take --out FILE.npy"}, "decompress", "twice.gae", "--only", "0-5", "--out", "twice")
		works(t, "decompress", "twice.gae", "--out", "twice.npy", "--force")
		works(t, "decompress", "twice.gae", "--only", "5", "--out", "one")
		os.RemoveAll("one")
	}
	if exists("bad") || exists("twice") {
		t.Error("a refused command wrote images")
	}
	// A pipe cannot be checked before: what was written is said.
	status, out, errs := piped(t, "twice.gae", "decompress", "-", "--out", "pipe")
	if want := "note: 4 images written to pipe, each as a whole\ngorgonae: standard input: want "; status != 1 || out != "" || !strings.HasPrefix(errs, want) || len(names(t, "pipe")) != 4 {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}

// piped runs the program with a file as standard input.
func piped(t *testing.T, path string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	old := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = old }()
	return call(t, args...)
}

// Arguments that cannot do what they seem to do are refused, and one that has no effect is named.
func TestDecompressArguments(t *testing.T) {
	compressed(t)
	refused(t, []string{"--idx: want the path", "two files"}, "decompress", "pics.gae", "--idx", "-")
	refused(t, []string{"--idx: want the path"}, "decompress", "pics.gae", "--idx", "")
	refused(t, []string{"--only", "got nothing"}, "decompress", "pics.gae", "--only", "", "-o", "none")
	refused(t, []string{"--only", "write it into a file first"}, "decompress", "-", "--only", "1", "-o", "none")
	refused(t, []string{"standard input: want a file", "write it into a file first"}, "info", "-")
	for _, args := range [][]string{{"decompress", "pics.gae", "-o", "out"}, {"verify", "pics.gae"}} {
		if status, _, errs := call(t, append(args, "--model", "run")...); status != 0 || errs != "note: --model run is not used: the file holds its decoder\n" {
			t.Errorf("%v: status %d, %q", args, status, errs)
		}
	}
	works(t, "compress", "run", "pics", "-o", "external.gae", "--external")
	refused(t, []string{"external.gae: --model pics.gae: ", "name the model itself"}, "verify", "external.gae", "--model", "pics.gae")
	refused(t, []string{"--model external.gae: ", "name the model itself"}, "verify", "external.gae", "--model", "external.gae")
	refused(t, []string{"cannot read pics.gae: want a model file, got a compressed file"}, "compress", "pics.gae", "pics", "-o", "none")
	refused(t, []string{"cannot read pics.gae: want a model file, got a compressed file"}, "evaluate", "pics.gae", "--data", "pics")
	refused(t, []string{"run/model.safetensors is what the command reads"},
		"decompress", "external.gae", "--model", "run", "--idx", "run/model.safetensors", "--force")
	for _, name := range []string{"-", "none", "none.npy"} {
		if exists(name) {
			t.Errorf("a refused command left %s", name)
		}
	}
	writeFile(t, "one.gae", []string{"a.png"}, nil)
	if out := works(t, "verify", "one.gae"); out != "one.gae is whole: 1 image of 8 x 8 pixels in 1 chunk\n" {
		t.Errorf("verify printed %q", out)
	}
}

// Arrays are the same from a file, from a pipe, and into a pipe. Chunks whose checksums are right and that
// cannot be decoded cost their images alone.
func TestDecompressArrays(t *testing.T) {
	compressed(t)
	works(t, "decompress", "pics.gae", "-o", "a.npy")
	for _, args := range [][]string{{"-o", "b.npy"}, {"-o", "-"}} {
		status, out, errs := piped(t, "pics.gae", append([]string{"decompress", "-"}, args...)...)
		if args[1] != "-" {
			out = read(t, args[1])
		}
		if status != 0 || out != read(t, "a.npy") {
			t.Errorf("%v: status %d, %d bytes, %q", args, status, len(out), errs)
		}
	}
	writeFile(t, "whole.gae", make([]string, 12), nil)
	whole := []byte(read(t, "whole.gae"))
	f, err := codec.Open(bytes.NewReader(whole), int64(len(whole)), codec.ReadOptions{Inspect: true})
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Info()
	if err != nil {
		t.Fatal(err)
	}
	whole[info.Bytes.Total-info.Bytes.Index-18-4-1] ^= 255 // the last byte of the last chunk's codes
	write(t, "hostile.gae", sealed(bytes.Clone(whole)))
	status, out, errs := call(t, "decompress", "hostile.gae", "-o", "hostile.npy")
	if status != 1 || out != "wrote 8 images of 8 x 8 pixels to hostile.npy\n" || strings.Count(errs, "WARNING") != 1 {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
	works(t, "decompress", "whole.gae", "--only", "0-7", "-o", "eight.npy")
	if read(t, "eight.npy") != read(t, "hostile.npy") {
		t.Error("a damaged file gives other images")
	}
	if status, _, errs := call(t, "decompress", "hostile.gae", "-o", "-"); status != 1 || !strings.Contains(errs, "take --out FILE.npy") {
		t.Errorf("status %d, %q", status, errs)
	}
}

// A command that cannot go on says how many images it has written. All of them are whole.
func TestDecompressPart(t *testing.T) {
	compressed(t)
	writeFile(t, "file.gae", make([]string, 12), nil)
	if err := os.MkdirAll("part/00009.png", 0o777); err != nil { // in the last of three chunks
		t.Fatal(err)
	}
	status, out, errs := call(t, "decompress", "file.gae", "-o", "part", "--force")
	n := len(names(t, "part")) - 1
	want := fmt.Sprintf("note: %d of 12 images written to part, each as a whole\ngorgonae: file.gae: ", n)
	if status != 1 || out != "" || !strings.HasPrefix(errs, want) || n < 8 {
		t.Errorf("status %d, %q, %q, want %q", status, out, errs, want)
	}
	for _, name := range names(t, "part") {
		if name != "00009.png" && !strings.HasSuffix(read(t, filepath.Join("part", name)), "IEND\xaeB`\x82") {
			t.Errorf("%s is not whole", name)
		}
	}
}

// info fails with the reason of verify, after it has printed what it could read.
func TestInfoDamaged(t *testing.T) {
	compressed(t)
	writeFile(t, "file.gae", make([]string, 12), nil)
	whole := []byte(read(t, "file.gae"))
	for at := 20; at < len(whole); at += 37 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 4
		write(t, "damaged.gae", damaged)
		status, out, errs := call(t, "info", "damaged.gae")
		statusOf, _, want := call(t, "verify", "damaged.gae")
		if status != 1 || statusOf != 1 || errs != want {
			t.Fatalf("byte %d: info has status %d and says %q, and verify %q", at, status, errs, want)
		}
		if strings.Contains(errs, "images could be read") && !strings.Contains(out, "8 x 8 pixels") {
			t.Fatalf("byte %d: info prints %q", at, out)
		}
	}
	write(t, "damaged.gae", whole[:len(whole)-30])
	_, _, want := call(t, "verify", "damaged.gae")
	if status, out, errs := call(t, "info", "damaged.gae"); status != 1 || errs != want || !strings.Contains(out, "12 of 8 x 8 pixels") {
		t.Errorf("status %d, %q, %q, want %q", status, out, errs, want)
	}
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
