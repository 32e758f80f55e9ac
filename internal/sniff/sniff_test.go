package sniff

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// archiveOf returns a ZIP archive with members of these names.
func archiveOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestName(t *testing.T) {
	header := binary.LittleEndian.AppendUint64(nil, 20)
	for _, c := range []struct {
		first []byte
		want  string
	}{
		{[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"), "a pointer of Git LFS"},
		{archiveOf(t, "archive/data.pkl", "archive/version"), "a PyTorch file (.pt)"},
		{[]byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."), "a PyTorch file (.pt)"},
		{[]byte("\x80\x04\x95\x05"), "a Python pickle"},
		{[]byte("\x89HDF\r\n\x1a\n\x00"), "an HDF5 file (.h5)"},
		{[]byte("\n<!DOCTYPE html>\n<html>"), "an HTML page"},
		{[]byte("\ufeff<HTML lang='en'>"), "an HTML page"},
		{[]byte("\x93NUMPY\x01\x00"), "a NumPy array (.npy)"},
		{archiveOf(t, "x.npy", "y.npy"), "a NumPy archive (.npz)"},
		{archiveOf(t, "metadata.json", "config.json"), "a Keras model (.keras)"},
		{archiveOf(t, "word/document.xml"), "a ZIP archive"},
		{[]byte("PK\x03\x04"), "a ZIP archive"},
		{[]byte("\x8bGAE\r\n\x1a\n"), "a compressed file of images (.gae)"},
		{append(header, `{"a":{"dtype":`...), "a safetensors file"},
		{[]byte("\x1f\x8b\x08\x00"), "a gzip file"},
		{[]byte("\x89PNG\r\n\x1a\n"), "a PNG image"},
		{[]byte("\xff\xd8\xff\xe0"), "a JPEG image"},
		{[]byte("\x1c\x00\x00\x00TFL3\x14\x00"), "a TensorFlow Lite model"},
		{[]byte("\x08\x08\x12\x07pytorch\x1a\x052.1.0"), "an ONNX model"},
		{[]byte("\x08\x01\x12\x0a\x0a\x05"), "a SavedModel of TensorFlow"},
		{[]byte("GGUF\x03\x00"), "a GGUF file"},
		{[]byte("1,2,3\n"), "a file of text"},
		{[]byte("Größe"[:3]), "a file of text"}, // the last character is cut
	} {
		if got := Name(c.first); !strings.HasPrefix(got, c.want) {
			t.Errorf("%.30q is %q, want %q", c.first, got, c.want)
		}
	}
	for _, unknown := range []string{"", "\x00\x01\x02\x03", "\xff\xff", "abc\x00", "PK"[:1] + "\x00", "\x08\x08\x12\x07pyt", "\x08\x08\x12\x02a\x01"} {
		if got := Name([]byte(unknown)); got != "" {
			t.Errorf("%q is %q, want no name", unknown, got)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add(archiveOf(f, "a.npy"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, first []byte) {
		if name := Name(first); len(name) > 200 {
			t.Errorf("the name is %q", name)
		}
	})
}

func TestIsArrays(t *testing.T) {
	for _, c := range []struct {
		first []byte
		want  bool
	}{{archiveOf(t, "x.npy", "y.txt"), true}, {archiveOf(t, "y.txt", "x.npy"), false}, {archiveOf(t, "x.npy")[:20], false}, {[]byte("\x93NUMPY.npy"), false}, {nil, false}} {
		if got := IsArrays(c.first); got != c.want {
			t.Errorf("%.40q: %v", c.first, got)
		}
	}
}
