package keras

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The sizes that an archive claims for its members are checked against what the file can hold, before anything
// is allocated for them.
func TestSizesOfMembers(t *testing.T) {
	for _, c := range []struct {
		name   string
		method uint16
		claim  func(h *zip.FileHeader)
		want   string
	}{
		{"model.weights.h5", zip.Store, func(h *zip.FileHeader) {}, ""},
		{"model.weights.h5", zip.Store, func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }, "model.weights.h5: want as many bytes as are stored"},
		{"model.weights.h5", zip.Store, func(h *zip.FileHeader) { h.UncompressedSize64, h.CompressedSize64 = 1<<40, 1<<40 }, "that follow in the file, got 1099511627776"},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) {}, ""},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64 = 3 << 30 }, "model.weights.h5: want at most 1032 times"},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64, h.CompressedSize64 = 3<<30, 1<<40 }, "model.weights.h5: want at most 1032 times"},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }, "model.weights.h5: want at most 4294967296 bytes, got 1099511627776"},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64++ }, "model.weights.h5: unexpected EOF"},
		{"model.weights.h5", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64-- }, "model.weights.h5: zip: not a valid zip file"},
		{"config.json", zip.Deflate, func(h *zip.FileHeader) { h.UncompressedSize64 = 60 << 20 }, "config.json: want at most 1032 times"},
	} {
		path := filepath.Join(t.TempDir(), "hostile.keras")
		claim(t, "testdata/tutorial.keras", path, c.name, c.method, c.claim)
		_, err := Read(path, Options{})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s by method %d: the error is %v, want %q", c.name, c.method, err, c.want)
		}
	}
}

// claim copies an archive, and packs one member by a method, with what change makes of its header.
func claim(t *testing.T, from, to, name string, method uint16, change func(h *zip.FileHeader)) {
	t.Helper()
	in, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range in.File {
		if m.Name != name {
			if err := z.Copy(m); err != nil {
				t.Fatal(err)
			}
			continue
		}
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		h := &zip.FileHeader{Name: name, Method: method, CRC32: crc32.ChecksumIEEE(text), UncompressedSize64: uint64(len(text))}
		if method == zip.Deflate {
			var packed bytes.Buffer
			w, err := flate.NewWriter(&packed, 6)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(text); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			text = packed.Bytes()
		}
		h.CompressedSize64 = uint64(len(text))
		change(h)
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
