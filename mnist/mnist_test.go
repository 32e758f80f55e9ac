package mnist

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// alone takes the user's folders from a test: no MNIST_DIR, and an empty cache, whose folder for MNIST it returns.
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

// offline are options for which nothing can be downloaded.
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

// putSmall writes four small files: 5 images of 4x6 to train on, 3 to test with.
func putSmall(t *testing.T, dir string) {
	t.Helper()
	put(t, dir, "train-images-idx3-ubyte", idxFile(5, 4, 6))
	put(t, dir, "train-labels.idx1-ubyte.gz", pack(t, idxFile(5)))
	put(t, dir, "t10k-images.idx3-ubyte", idxFile(3, 4, 6))
	put(t, dir, "t10k-labels-idx1-ubyte.gz", pack(t, idxFile(3)))
}

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
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMNIST(t *testing.T) {
	if os.Getenv("MNIST_DIR") == "" {
		t.Skip("MNIST_DIR is not set: the reading of the real MNIST is NOT tested")
	}
	d, err := Open(t.Context(), Options{Data: "mnist"})
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Name != "mnist" || d.Test.Name != "mnist" || d.Warning != "" {
		t.Errorf("names %q, %q, warning %q", d.Train.Name, d.Test.Name, d.Warning)
	}
	if d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Train.Height != 28 || d.Train.Width != 28 {
		t.Errorf("%d + %d images of %dx%d", d.Train.Len(), d.Test.Len(), d.Train.Height, d.Train.Width)
	}
	if got := string(d.Train.Labels[:4]); got != "\x05\x00\x04\x01" {
		t.Errorf("the first labels are %v, want 5 0 4 1", []byte(got))
	}
	mean, nonZero := d.Train.Ink()
	if math.Abs(mean-0.1307) > 5e-5 || math.Abs(nonZero-0.1912) > 5e-5 {
		t.Errorf("mean pixel %.4f, share not 0 %.4f, want 0.1307 and 0.1912", mean, nonZero)
	}
	var text strings.Builder
	if err := d.Describe(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"60000 images", "0.1307", "class 0: 5923, 1: 6742", "genuine MNIST", mnist().files[3].unpacked} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("Describe lacks %q:\n%s", want, &text)
		}
	}
}

func TestOpenFolderOfFiles(t *testing.T) {
	alone(t)
	for base, name := range map[string]string{"digits": "digits", "mnist": "mnist-folder"} {
		dir := filepath.Join(t.TempDir(), base)
		putSmall(t, dir)
		d, err := Open(t.Context(), offline(t, dir))
		if err != nil {
			t.Fatal(err)
		}
		if d.Name() != name || d.Test.Name != name {
			t.Errorf("folder %s: names %q, %q", base, d.Name(), d.Test.Name)
		}
		if d.Train.Len() != 5 || d.Test.Len() != 3 || d.Train.Height != 4 || d.Train.Width != 6 ||
			d.Train.Image(1)[2] != 26 || d.Train.Labels[4] != 4 || len(d.Test.Labels) != 3 {
			t.Errorf("came %+v, %+v", d.Train, d.Test)
		}
		if len(d.Files) != 4 || d.Files[0].Genuine != "" || d.Files[1].Path != filepath.Join(dir, "train-labels.idx1-ubyte.gz") {
			t.Errorf("files %+v", d.Files)
		}
		if d.Warning != "" {
			t.Errorf("a folder asked for gives the warning %q", d.Warning)
		}
	}
}

func TestOpenFolderOfPictures(t *testing.T) {
	alone(t)
	dir := filepath.Join(t.TempDir(), "handwriting")
	for i := range 20 {
		putPNG(t, filepath.Join(dir, string(rune('a'+i%2))), fmt.Sprint(i)+".png", 5, 3)
	}
	t.Chdir(filepath.Dir(dir))
	d, err := Open(t.Context(), offline(t, "./handwriting"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Name() != "handwriting-folder" || d.Train.Len() != 18 || d.Test.Len() != 2 || d.Train.Width != 5 ||
		len(d.Test.Labels) != 2 || len(d.Train.Classes) != 2 {
		t.Errorf("came %+v, %+v", d.Train, d.Test)
	}
	var text strings.Builder
	if err := d.Describe(&text); err != nil || !strings.Contains(text.String(), "a: ") {
		t.Errorf("Describe: %v\n%s", err, &text)
	}
}

func TestOpenBadFolder(t *testing.T) {
	alone(t)
	for name, c := range map[string]struct {
		make func(t *testing.T, dir string)
		want []string // in the message
	}{
		"nothing": {func(t *testing.T, dir string) { put(t, dir, "a.txt", nil) },
			[]string{"neither", "train-images-idx3-ubyte", "PNG or JPEG"}},
		"no folder": {func(*testing.T, string) {}, []string{"handwriting, mnist, fashion-mnist, kmnist"}},
		"a file": {func(t *testing.T, dir string) { put(t, filepath.Dir(dir), "set", nil) },
			[]string{"handwriting, mnist, fashion-mnist, kmnist", "is a file"}},
		"one image": {func(t *testing.T, dir string) { putPNG(t, dir, "a.png", 2, 2) }, []string{"at least 2"}},
		"two sizes": {func(t *testing.T, dir string) { putPNG(t, dir, "a.png", 2, 2); putPNG(t, dir, "b.png", 3, 2) }, []string{"a.png", "b.png", "3x2"}},
		"one file":  {func(t *testing.T, dir string) { put(t, dir, "train-images-idx3-ubyte", idxFile(5, 4, 6)) }, []string{"lacks train-labels-idx1-ubyte, t10k-images"}},
		"three files": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			os.Remove(filepath.Join(dir, "t10k-images.idx3-ubyte"))
		}, []string{"lacks t10k-images-idx3-ubyte"}},
		"truncated": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "train-images-idx3-ubyte", idxFile(5, 4, 6)[:99])
		}, []string{"train-images-idx3-ubyte", "has 99"}},
		"gzip truncated": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "t10k-labels-idx1-ubyte.gz", pack(t, idxFile(3))[:25])
		}, []string{"t10k-labels-idx1-ubyte.gz", "EOF"}},
		"swapped": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "train-images-idx3-ubyte", idxFile(5))
		}, []string{"train-images-idx3-ubyte", "0x00000803"}},
		"fewer labels": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "train-labels.idx1-ubyte.gz", idxFile(4))
		}, []string{"train-images-idx3-ubyte has 5 images", "train-labels.idx1-ubyte.gz has 4 labels"}},
		"more labels": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "t10k-labels-idx1-ubyte.gz", idxFile(4))
		}, []string{"t10k-images.idx3-ubyte has 3 images", "t10k-labels-idx1-ubyte.gz has 4 labels"}},
		"another size": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "t10k-images.idx3-ubyte", idxFile(3, 6, 4))
		}, []string{"train-images-idx3-ubyte has 4x6", "t10k-images.idx3-ubyte has 6x4"}},
	} {
		dir := filepath.Join(t.TempDir(), "set")
		c.make(t, dir)
		_, err := Open(t.Context(), offline(t, dir))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range append(c.want, dir) {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the message lacks %q: %v", name, want, err)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", name, err)
		}
	}
}

// TestLookup is about the order MNIST_DIR, cache, download, handwriting, and that no fault makes it go on.
func TestLookup(t *testing.T) {
	damage := func(t *testing.T, dir string) { put(t, dir, "t10k-labels-idx1-ubyte.gz", []byte("damaged")) }
	t.Run("MNIST_DIR", func(t *testing.T) {
		putSmall(t, alone(t))
		dir := filepath.Join(t.TempDir(), "mine")
		t.Setenv("MNIST_DIR", dir)
		for _, data := range []string{"", "mnist"} {
			if _, err := Open(t.Context(), offline(t, data)); err == nil || !strings.Contains(err.Error(), "MNIST_DIR") {
				t.Errorf("data %q, the folder of MNIST_DIR is missing: %v", data, err)
			}
		}
		putSmall(t, dir)
		for _, data := range []string{"", "mnist"} {
			d, err := Open(t.Context(), offline(t, data))
			if err != nil || d.Name() != "mine" || d.Source != dir || !strings.Contains(d.Warning, "SHA-256") {
				t.Errorf("data %q: %+v, %v", data, d, err)
			}
		}
		damage(t, dir)
		for _, data := range []string{"", "mnist"} {
			if _, err := Open(t.Context(), offline(t, data)); err == nil || !strings.Contains(err.Error(), dir) {
				t.Errorf("data %q, a damaged file: %v", data, err)
			}
		}
	})
	t.Run("cache", func(t *testing.T) {
		cache := alone(t)
		putSmall(t, cache)
		if d, err := Open(t.Context(), offline(t, "")); err != nil || d.Source != cache || d.Train.Len() != 5 {
			t.Errorf("%+v, %v", d, err)
		}
		damage(t, cache)
		if _, err := Open(t.Context(), offline(t, "")); err == nil || !strings.Contains(err.Error(), "t10k-labels") {
			t.Errorf("a damaged file: %v", err)
		}
		os.Remove(filepath.Join(cache, "t10k-labels-idx1-ubyte.gz"))
		if _, err := Open(t.Context(), offline(t, "")); err == nil || !strings.Contains(err.Error(), "lacks t10k-labels") {
			t.Errorf("a missing file: %v", err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		cache := alone(t)
		d, err := Open(t.Context(), offline(t, ""))
		if err != nil {
			t.Fatal(err)
		}
		if d.Name() != "handwriting" || !strings.Contains(d.Warning, "404") || !strings.Contains(d.Warning, "MNIST_DIR") {
			t.Errorf("%s, warning %q", d.Name(), d.Warning)
		}
		if _, err := Open(t.Context(), offline(t, "mnist")); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("asked for by name: %v", err)
		}
		if n := entries(t, cache); n != 0 {
			t.Errorf("%d files left in the cache", n)
		}
		put(t, filepath.Dir(filepath.Dir(cache)), "blocked", nil)
		for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(name, filepath.Join(filepath.Dir(filepath.Dir(cache)), "blocked"))
		}
		_, err = find(t.Context(), offline(t, ""), mnist())
		if none := (*unavailable)(nil); !errors.As(err, &none) {
			t.Errorf("a cache that cannot be made: %v, want *unavailable", err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		alone(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Open(ctx, offline(t, "")); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
	})
}

func TestOpenHandwriting(t *testing.T) {
	putSmall(t, alone(t))
	d, err := Open(t.Context(), offline(t, "handwriting"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Name() != "handwriting" || d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Warning != "" || len(d.Files) != 0 {
		t.Errorf("%s, %d + %d images, warning %q", d.Name(), d.Train.Len(), d.Test.Len(), d.Warning)
	}
}
