package main

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/jpeg"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// train, evaluate and data all report a fault in the files of a data set, with the name of the
// file.
func TestDamagedIDX(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	const images, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
	for name, c := range map[string]struct {
		file   string
		change func(text []byte) []byte
		want   string
	}{
		"truncated": {images, func(b []byte) []byte { return b[:len(b)-1] }, images},
		"headless":  {images, func(b []byte) []byte { return b[:7] }, images},
		"empty":     {labels, func(b []byte) []byte { return nil }, labels},
		"long":      {labels, func(b []byte) []byte { return append(b, 0) }, labels},
		"magic":     {images, func(b []byte) []byte { return append([]byte{0, 0, 10}, b[3:]...) }, "magic number"},
		"none":      {labels, func(b []byte) []byte { return []byte{0, 0, 8, 1, 0, 0, 0, 0} }, "at least 1"},
		"huge":      {images, func(b []byte) []byte { b[4], b[8] = 255, 255; return b }, "at most"},
		"gzip":      {images, func(b []byte) []byte { z := packed(b); return z[:len(z)-9] }, images},
		"packed":    {images, func(b []byte) []byte { return packed(append(b, 1)) }, "more bytes"},
	} {
		dir := "idx." + name
		idx(t, dir, 30, 10, 8, 8)
		path := filepath.Join(dir, c.file)
		write(t, path, c.change([]byte(read(t, path))))
		refusedIn(t, []string{c.want}, dir)
	}
	idx(t, "idx.counts", 30, 10, 8, 8)
	idx(t, "more", 31, 10, 8, 8)
	write(t, "idx.counts/"+labels, []byte(read(t, "more/"+labels)))
	refusedIn(t, []string{"30 images", "31 labels"}, "idx.counts")
	idx(t, "idx.sizes", 30, 10, 8, 8)
	idx(t, "larger", 30, 10, 9, 8)
	write(t, "idx.sizes/t10k-images-idx3-ubyte", []byte(read(t, "larger/t10k-images-idx3-ubyte")))
	refusedIn(t, []string{"8x8", "9x8"}, "idx.sizes")
	t.Setenv("MNIST_DIR", "idx.counts") // damaged data must not be replaced by other data
	refused(t, []string{"31 labels"}, "train", "--out", "new")
	if exists("new") {
		t.Errorf("the refused command left a folder with %q", names(t, "new"))
	}
}

func packed(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// refusedIn runs commands on a damaged data set and checks that each is refused.
func refusedIn(t *testing.T, texts []string, dir string) {
	t.Helper()
	refused(t, texts, quick("--data", dir, "--out", "new")...)
	refused(t, texts, "evaluate", "run", "--data", dir)
	refused(t, texts, "data", dir)
	if exists("new") {
		t.Errorf("the refused command left a folder with %q", names(t, "new"))
	}
}

func TestDamagedPictures(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	whole := []byte(read(t, "pics/005.png"))
	pictures(t, "other", 1, 9, 1)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, want string
		text       []byte
	}{
		"cut":    {"005.png", "ends too early", whole[:len(whole)-20]},
		"empty":  {"005.png", "an empty file", nil},
		"text":   {"005.png", "another kind", []byte("no picture")},
		"jpeg":   {"a.jpg", "a.jpg", photo.Bytes()[:photo.Len()/2]},
		"format": {"005.gif", "damaged GIF", []byte("GIF89a")},
		"avif":   {"005.png", "got AVIF: convert it", []byte("\x00\x00\x00\x1cftypavif")},
	} {
		dir := "pics." + name
		pictures(t, dir, 20, 8, 1)
		write(t, filepath.Join(dir, c.file), c.text)
		refusedIn(t, []string{filepath.Join(dir, c.file), c.want}, dir)
		refused(t, []string{c.want}, "encode", "run", "--images", dir)
	}
	pictures(t, "single", 1, 8, 1)
	refusedIn(t, []string{"single", "want at least 2 pictures"}, "single")
	pictures(t, "sizes", 20, 8, 1)
	write(t, "sizes/005.png", []byte(read(t, "other/000.png")))
	for _, args := range [][]string{quick("--data", "sizes", "--out", "new"), {"evaluate", "run", "--data", "sizes"}, {"compress", "run", "sizes"}} {
		refused(t, []string{"000.png of 8 x 8 pixels", "005.png of 9 x 9 pixels", "height x width", "--size HxW"}, args...)
	}
	if out := works(t, "data", "sizes"); !strings.Contains(out, "2 sizes, 8 to 9 pixels high and 8 to 9 wide, grey") {
		t.Errorf("data prints %q", out)
	}
	write(t, "nothing/notes.txt", nil)
	refusedIn(t, []string{"nothing holds neither"}, "nothing")
	refused(t, []string{"nothing"}, "encode", "run", "--images", "nothing")
	if exists("codes.npy") {
		t.Error("codes were written although encode was refused")
	}
}

func TestDamagedArrays(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	good := "good.npy"
	writeNPY(t, good, "<f4", []int{2, 2}, []float32{1, 2, 3, 4})
	text := read(t, good)
	for name, c := range map[string]struct{ text, want string }{
		"empty":    {"", "want a NumPy array"},
		"magic":    {"\x93NUMPI" + text[6:], "want a NumPy array"},
		"version":  {text[:6] + "\x09" + text[7:], "version 9"},
		"cut.head": {text[:30], "header"},
		"cut.data": {text[:len(text)-1], "bytes of data"},
		"long":     {text + "x", "bytes of data"},
		"type":     {strings.Replace(text, "<f4", "<c8", 1), "complex numbers"},
		"strings":  {strings.Replace(text, "<f4", "<U1", 1), "<U1"},
		"pointer":  {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"},
		"pickle":   {"\x80\x02\x8a\x0al\xfc\x9cF\xf9\x20j\xa8P\x19.", "a PyTorch file (.pt)"},
		"page":     {"<!DOCTYPE html>\n<html>", "an HTML page"},
		"model":    {read(t, "run/model.safetensors"), "a safetensors file"},
		"header":   {strings.Replace(text, "'shape'", "'sharp'", 1), "header: want the keys"},
		"huge":     {strings.Replace(text, "(2, 2)", "(9223372036854775807, 9223372036854775807)", 1), "shape"},
	} {
		write(t, name, []byte(c.text))
		refused(t, []string{"cannot read " + name + ": ", c.want}, "decode", "run", name)
		refused(t, []string{"cannot read " + name + ": ", c.want}, "encode", "run", "--images", name)
	}
	for name, c := range map[string]struct {
		shape  []int
		values []float32
		want   string
	}{
		"narrow": {[]int{2, 1}, []float32{1, 2}, "(2, 1)"},
		"wide":   {[]int{1, 3}, []float32{1, 2, 3}, "(1, 3)"},
		"flat":   {[]int{3}, []float32{1, 2, 3}, "got (3)"},
		"deep":   {[]int{2, 2, 2}, []float32{1, 2, 3, 4, 5, 6, 7, 8}, "(2, 2, 2)"},
		"images": {[]int{1, 8, 8}, make([]float32, 64), "got (1, 8, 8), the shape of images, which encode takes"},
		"nan":    {[]int{1, 2}, []float32{1, float32(math.NaN())}, "NaN"},
		"inf":    {[]int{1, 2}, []float32{1, float32(math.Inf(1))}, "infinity"},
	} {
		writeNPY(t, name, "<f4", c.shape, c.values)
		refused(t, []string{"cannot read " + name + ": ", c.want}, "decode", "run", name)
	}
	writeNPY(t, "overflow", "<f8", []int{1, 2}, []float64{1, 1e300})
	refused(t, []string{"cannot read overflow: ", "got 1e+300"}, "decode", "run", "overflow")
	refused(t, []string{"cannot read good.npy: ", "the shape of codes of this model, which decode takes"}, "encode", "run", "--images", good)
	refused(t, []string{"cannot read pics: ", "regular file"}, "decode", "run", "pics")
	refused(t, []string{"cannot read no-such-file: no such file"}, "decode", "run", "no-such-file")
	refused(t, []string{"cannot read no-such-file: no such file"}, "encode", "run", "--images", "no-such-file")
	if exists("decoded") || exists("codes.npy") {
		t.Errorf("something was written although it was refused: %q", names(t, "."))
	}
	refused(t, []string{"cannot write pics: "}, "encode", "run", "--images", "pics", "--out", "pics")
	refused(t, []string{"cannot write no-such-folder/c.npy: "}, "encode", "run", "--images", "pics", "--out", "no-such-folder/c.npy")
	refused(t, []string{"good.npy/x"}, "decode", "run", good, "--out", "good.npy/x")
}
