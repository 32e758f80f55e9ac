package images

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// put writes content to dir/name, and makes the folders that are missing.
func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// pngOf returns a PNG of width x height. All its pixels have this value.
func pngOf(t testing.TB, width, height int, value byte) []byte {
	t.Helper()
	return encoded(t, gray(bytes.Repeat([]byte{value}, width*height), height, width))
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pictures")
	put(t, dir, "b.PNG", pngOf(t, 3, 2, 20))
	put(t, dir, "a.png", pngOf(t, 3, 2, 10))
	put(t, dir, "c.jpg", pngOf(t, 3, 2, 30)) // the content counts
	put(t, dir, "notes.txt", []byte("not an image"))
	put(t, dir, "README", []byte("not an image"))
	put(t, dir, "._a.png", []byte("what macOS leaves in archives"))
	put(t, dir, "empty/notes.txt", nil)
	s, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := append(append(bytes.Repeat([]byte{10}, 6), bytes.Repeat([]byte{20}, 6)...), bytes.Repeat([]byte{30}, 6)...)
	if s.Name != "pictures" || s.Height != 2 || s.Width != 3 || !bytes.Equal(s.Pixels, want) {
		t.Errorf("got %+v", s)
	}
	if s.Labels != nil || s.Classes != nil {
		t.Errorf("labels %v, classes %v without subfolders", s.Labels, s.Classes)
	}
	t.Chdir(dir)
	if s, err := ReadFolder(".", Options{}); err != nil || s.Name != "pictures" {
		t.Errorf("folder .: %+v, %v", s, err)
	}
}

func TestReadFolderLabels(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "dog/1.png", pngOf(t, 1, 1, 3))
	put(t, dir, "cat/2.png", pngOf(t, 1, 1, 2))
	put(t, dir, "cat/1.png", pngOf(t, 1, 1, 1))
	put(t, dir, "notes/readme.txt", nil)
	put(t, dir, "zebra/1.jpeg", pngOf(t, 1, 1, 4))
	s, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Pixels, []byte{1, 2, 3, 4}) || !bytes.Equal(s.Labels, []byte{0, 0, 1, 2}) ||
		!slices.Equal(s.Classes, []string{"cat", "dog", "zebra"}) {
		t.Errorf("got %+v", s)
	}
}

// lyingPNG returns a PNG with a header that states a wrong size.
func lyingPNG(t testing.TB, width, height uint32) []byte {
	file := pngOf(t, 4, 4, 7)
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestReadFolderErrors(t *testing.T) {
	good := pngOf(t, 4, 4, 7)
	for name, c := range map[string]struct {
		files map[string][]byte
		want  []string // in the message
	}{
		"no images":     {map[string][]byte{"a.txt": nil}, []string{"no pictures", "files with other extensions: 1 (a.txt)"}},
		"too deep":      {map[string][]byte{"a/b/c.png": good}, []string{"no pictures", "folders too deep: 1 (a/b)"}},
		"sizes":         {map[string][]byte{"a.png": good, "b.png": pngOf(t, 4, 5, 7)}, []string{"a.png of 4 x 4", "b.png of 5 x 4", "height x width", "--size", "--fit", "--patch"}},
		"truncated":     {map[string][]byte{"a.png": good, "b.png": good[:len(good)-20]}, []string{"1 of 2", "b.png: ", "--skip-damaged"}},
		"empty":         {map[string][]byte{"a.png": nil, "b.png": good}, []string{"a.png"}},
		"not an image":  {map[string][]byte{"a.png": good, "c.jpg": []byte("GIF89a or text")}, []string{"c.jpg"}},
		"all at once":   {map[string][]byte{"a.png": good, "b.png": good[:40], "c.png": good[:20], "d.png": good[:len(good)-20]}, []string{"3 of 4", "b.png: ", "c.png: ", "d.png: "}},
		"absurd size":   {map[string][]byte{"a.png": lyingPNG(t, 100000, 400000)}, []string{"a.png"}},
		"lying size":    {map[string][]byte{"a.png": lyingPNG(t, 4096, 4096)}, []string{"a.png"}},
		"none is whole": {map[string][]byte{"a.png": good[:20]}, []string{"1 of 1", "a.png"}},
	} {
		dir := t.TempDir()
		for file, content := range c.files {
			put(t, dir, file, content)
		}
		_, err := ReadFolder(dir, Options{})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the message lacks %q: %v", name, want, err)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", name, err)
		}
		if errors.Is(err, ErrNoImages) != (name == "no images" || name == "too deep") {
			t.Errorf("%s: errors.Is ErrNoImages is wrong", name)
		}
	}
	if _, err := ReadFolder(filepath.Join(t.TempDir(), "none"), Options{}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("missing folder: %v", err)
	}
}

func TestEach(t *testing.T) {
	for _, cores := range []int{1, 4} {
		before := runtime.GOMAXPROCS(cores)
		for range 50 {
			done := make([]int, 100)
			err := each(100, func(i int) error {
				done[i]++
				if i >= 17 && i%3 != 0 {
					return errors.Errorf("%d", i)
				}
				return nil
			})
			if err == nil || err.Error() != "17" {
				t.Errorf("%d cores: error %v, want that of 17, the lowest", cores, err)
			}
			if first := done[:18]; slices.Max(first) != 1 || slices.Min(first) != 1 {
				t.Errorf("%d cores: calls up to the first error: %v", cores, first)
			}
		}
		runtime.GOMAXPROCS(before)
	}
	if err := each(0, func(int) error { return errors.New("called") }); err != nil {
		t.Error(err)
	}
}

func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s := numbered(12)
	put(t, dir, "00011.png", []byte("old"))
	if err := WriteFolder(t.Context(), dir, s); err != nil {
		t.Fatal(err)
	}
	back, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Labels = nil
	if back.Fingerprint(back) != s.Fingerprint(s) {
		t.Error("ReadFolder does not read what WriteFolder wrote")
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 12 || names[0].Name() != "00000.png" || names[11].Name() != "00011.png" {
		t.Errorf("files %v, %v", names, err)
	}
	put(t, dir, "file", nil)
	if err := WriteFolder(t.Context(), filepath.Join(dir, "file"), s); err == nil {
		t.Error("no error where a file is in the way")
	}
}

func FuzzReadFolder(f *testing.F) {
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 4, 4)), nil); err != nil {
		f.Fatal(err)
	}
	good := pngOf(f, 4, 4, 9)
	f.Add(good)
	f.Add(good[:len(good)-15])
	f.Add(photo.Bytes())
	f.Add(photo.Bytes()[:photo.Len()-9])
	f.Add(lyingPNG(f, 4, 4000000000))
	f.Add([]byte("text"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		put(t, dir, "0.png", good)
		put(t, dir, "1.png", content)
		s, err := ReadFolder(dir, Options{})
		if err != nil {
			if !strings.Contains(err.Error(), "1.png") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		if s.Height != 4 || s.Width != 4 || s.Len() != 2 || !bytes.Equal(s.Image(0), bytes.Repeat([]byte{9}, 16)) {
			t.Errorf("got %+v", s)
		}
	})
}

// Each image has the path of its file, in both parts of a split too.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"b/2.png", "a/1.png", "a/0.png", "b/x.jpg"} {
		put(t, dir, name, pngOf(t, 2, 2, byte(40*i)))
	}
	s, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]byte{"a/0.png": 80, "a/1.png": 40, "b/2.png": 0, "b/x.jpg": 120}
	if len(s.Files) != s.Len() {
		t.Fatalf("%d files of %d images", len(s.Files), s.Len())
	}
	for i, file := range s.Files {
		if s.Image(i)[0] != want[file] {
			t.Errorf("%s holds %d, want %d", file, s.Image(i)[0], want[file])
		}
	}
}
