package dataset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// alone hides the user's folders from a test: it unsets MNIST_DIR and makes an empty cache. It
// returns the folder for MNIST in that cache.
func alone(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("MNIST_DIR", "")
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "gorgonae", "mnist")
}

// offline returns options with a mirror that has no files.
func offline(t *testing.T, data string) Options {
	return Options{Data: data, Mirrors: []string{serve(t, http.NotFound)}}
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// putSmall writes four small files: 5 images of 4x6 to train on, and 3 to test with.
func putSmall(t *testing.T, dir string) {
	t.Helper()
	put(t, dir, "train-images-idx3-ubyte", idxFile(5, 4, 6))
	put(t, dir, "train-labels.idx1-ubyte.gz", pack(t, idxFile(5)))
	put(t, dir, "t10k-images.idx3-ubyte", idxFile(3, 4, 6))
	put(t, dir, "t10k-labels-idx1-ubyte.gz", pack(t, idxFile(3)))
}

// putPNG writes a grey picture. Pictures of different names differ.
func putPNG(t *testing.T, dir, name string, width, height int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i, h := range sha256.Sum256([]byte(name)) {
		m.Pix[i%len(m.Pix)] += h
	}
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

// inner returns the two parts of a data set in memory.
func inner(t *testing.T, d *Data) (train, test *images.Set) {
	t.Helper()
	train, ok := d.Train.(*images.Set)
	test, ok2 := d.Test.(*images.Set)
	if !ok || !ok2 {
		t.Fatalf("the parts are of type %T and %T", d.Train, d.Test)
	}
	return train, test
}

// idxFile returns an IDX file with these axes. Its data count up from 0.
func idxFile(axes ...int) []byte {
	file := []byte{0, 0, 8, byte(len(axes))}
	size := 1
	for _, n := range axes {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
		size *= n
	}
	for i := range size {
		file = append(file, byte(i))
	}
	return file
}

func pack(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

func entries(t *testing.T, dir string) int {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(found)
}
