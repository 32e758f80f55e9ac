package dataset

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/mnist"

	"github.com/gorgonae/gorgonae/images"
)

func TestOpenMNIST(t *testing.T) {
	if os.Getenv("MNIST_DIR") == "" {
		t.Skip("MNIST_DIR is not set: the reading of the real MNIST is NOT tested")
	}
	d, err := Open(t.Context(), Options{Data: "mnist"})
	if err != nil {
		t.Fatal(err)
	}
	train, test := inner(t, d)
	if d.Name != "mnist" || train.Name != "mnist" || test.Name != "mnist" || d.Warning != "" {
		t.Errorf("names %q, %q, %q, warning %q", d.Name, train.Name, test.Name, d.Warning)
	}
	if d.Train.Len() != 60000 || d.Test.Len() != 10000 || train.Height != 28 || train.Width != 28 {
		t.Errorf("%d + %d images of %dx%d", d.Train.Len(), d.Test.Len(), train.Height, train.Width)
	}
	if got := string(train.Labels[:4]); got != "\x05\x00\x04\x01" {
		t.Errorf("the first labels are %v, want 5 0 4 1", []byte(got))
	}
	mean, nonZero, err := brightness(d.Train)
	if err != nil || math.Abs(mean-0.1307) > 5e-5 || math.Abs(nonZero-0.1912) > 5e-5 {
		t.Errorf("mean pixel %.4f, share not 0 %.4f, want 0.1307 and 0.1912", mean, nonZero)
	}
	var text strings.Builder
	if err := d.Describe(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"60000 images", "0.1307", "class 0: 5923, 1: 6742", "genuine MNIST",
		"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"} {
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
		train, test := inner(t, d)
		if d.Name != name || train.Name != name || test.Name != name {
			t.Errorf("folder %s: names %q, %q, %q", base, d.Name, train.Name, test.Name)
		}
		if d.Train.Len() != 5 || d.Test.Len() != 3 || train.Height != 4 || train.Width != 6 ||
			train.Image(1)[2] != 26 || train.Labels[4] != 4 || len(test.Labels) != 3 {
			t.Errorf("got %+v, %+v", train, test)
		}
		if len(d.Facts) != 4 || !strings.Contains(d.Facts[0].Lines[1], "of no set that has a name") ||
			d.Facts[1].Lines[0] != filepath.Join(dir, "train-labels.idx1-ubyte.gz") {
			t.Errorf("files %+v", d.Facts)
		}
		if d.Warning != "" {
			t.Errorf("a folder that the user named gives the warning %q", d.Warning)
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
	if d.Name != "handwriting-folder" || d.Train.Len()+d.Test.Len() != 20 || d.Test.Len() < 1 || d.Train.Size() != (images.Size{Channels: 1, Height: 3, Width: 5}) ||
		d.Test.Label(0) < 0 || len(d.Classes) != 2 {
		t.Errorf("got %+v", d)
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
			[]string{"neither", "train-images-idx3-ubyte", "pictures", "a.txt"}},
		"no folder": {func(*testing.T, string) {}, []string{"handwriting, mnist, fashion-mnist, kmnist"}},
		"a file": {func(t *testing.T, dir string) { put(t, filepath.Dir(dir), "set", nil) },
			[]string{"handwriting, mnist, fashion-mnist, kmnist", "an empty file"}},
		"one image": {func(t *testing.T, dir string) { putPNG(t, dir, "a.png", 2, 2) }, []string{"at least 2"}},
		"two sizes": {func(t *testing.T, dir string) { putPNG(t, dir, "a.png", 2, 2); putPNG(t, dir, "b.png", 3, 2) }, []string{"a.png of 2 x 2", "b.png of 2 x 3"}},
		"truncated": {func(t *testing.T, dir string) {
			putSmall(t, dir)
			put(t, dir, "train-images-idx3-ubyte", idxFile(5, 4, 6)[:99])
		}, []string{"train-images-idx3-ubyte", "got 99"}},
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

// Open tries MNIST_DIR, the cache, a download and the handwriting, in this order. Damaged files end
// the search.
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
			if err != nil || d.Name != "mine" || d.Source != dir || !strings.Contains(d.Warning, "SHA-256") {
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
		if d.Name != "handwriting" || !strings.Contains(d.Warning, "404") || !strings.Contains(d.Warning, "MNIST_DIR") {
			t.Errorf("%s, warning %q", d.Name, d.Warning)
		}
		if _, err := Open(t.Context(), offline(t, "mnist")); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("opened by name: %v", err)
		}
		if n := entries(t, cache); n != 0 {
			t.Errorf("%d files left in the cache", n)
		}
		put(t, filepath.Dir(filepath.Dir(cache)), "blocked", nil)
		for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(name, filepath.Join(filepath.Dir(filepath.Dir(cache)), "blocked"))
		}
		_, err = openFamily(t.Context(), offline(t, "mnist"))
		if none := (*mnist.Unavailable)(nil); !errors.As(err, &none) {
			t.Errorf("a cache that cannot be made: %v, want *Unavailable", err)
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
	if d.Name != "handwriting" || d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Warning != "" || len(d.Facts) != 0 {
		t.Errorf("%s, %d + %d images, warning %q", d.Name, d.Train.Len(), d.Test.Len(), d.Warning)
	}
}

// Each set has a folder of its own in the cache. Only MNIST may come from MNIST_DIR, or be replaced
// by the handwriting.
func TestLookupOfOthers(t *testing.T) {
	for name, title := range map[string]string{"fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST"} {
		cache := filepath.Join(filepath.Dir(alone(t)), name)
		dir := filepath.Join(t.TempDir(), "mine")
		putSmall(t, dir)
		t.Setenv("MNIST_DIR", dir)
		_, err := Open(t.Context(), offline(t, name))
		if err == nil || !strings.Contains(err.Error(), "cannot open "+title) || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s without network: %v", name, err)
		}
		putSmall(t, cache)
		d, err := Open(t.Context(), offline(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if d.Source != cache || d.Name != name+"-folder" || !strings.Contains(d.Warning, "not those of "+title) {
			t.Errorf("%s: %s from %s, warning %q", name, d.Name, d.Source, d.Warning)
		}
		if err := os.RemoveAll(cache); err != nil {
			t.Fatal(err)
		}
	}
}
