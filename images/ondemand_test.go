package images

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// Pictures that are read one at a time are those of a folder, and good ones stand for bad ones.
func TestOnDemand(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		side int
	}{{"1.png", 4}, {"2.png", 5}, {"3.png", 4}, {"4.png", 5}, {"5.png", 4}} {
		put(t, dir, c.name, ramp(t, c.side, c.side, c.name[0], 3))
	}
	put(t, dir, "6.png", ramp(t, 4, 4, 0, 1)[:50])
	names, err := FolderNames(dir)
	if err != nil || strings.Join(names, " ") != "1.png 2.png 3.png 4.png 5.png 6.png" {
		t.Fatalf("got %q (%v)", names, err)
	}
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, name))
	}
	size, err := SizeAmong(paths, 100, Options{Color: Grey})
	if want := (Size{1, 4, 4}); err != nil || size != want {
		t.Fatalf("got the size %v (%v), want %v", size, err, want)
	}
	if size, err = SizeAmong(paths[:2], 100, Options{Color: Grey}); err != nil || size.Height != 4 {
		t.Errorf("got the size %v (%v), want the first of two", size, err)
	}
	if _, err = SizeAmong(paths[5:], 1, Options{}); err == nil || !strings.Contains(err.Error(), "6.png") {
		t.Errorf("got %v, want an error that names the file", err)
	}
	strict, _ := NewOnDemand(paths, Size{1, 4, 4}, Options{Color: Grey})
	lenient, _ := NewOnDemand(paths, Size{1, 4, 4}, Options{Color: Grey, ListDamaged: true})
	x := make([]float32, 16)
	for i, want := range []byte{'1', '3', '3', '5', '5', '1'} {
		if err := lenient.Example(0, i, x, nil); err != nil || ToBytes(x)[0] != want {
			t.Errorf("picture %d: got %q (%v), want %q", i, ToBytes(x)[0], err, want)
		}
		if err := strict.Example(0, i, x, nil); (err == nil) != (want == byte('1'+i)) {
			t.Errorf("picture %d, without --skip-bad: %v", i, err)
		}
	}
	none, _ := NewOnDemand(paths[5:], Size{1, 4, 4}, Options{ListDamaged: true})
	if err := none.Example(0, 0, x, nil); err == nil || !strings.Contains(err.Error(), "none of 1 pictures can be used") {
		t.Errorf("got %v", err)
	}
}

// Some of the pictures of a folder have the classes of all.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/1.png", "b/1.png", "b/2.png"} {
		put(t, dir, name, ramp(t, 4, 4, 0, 3))
	}
	put(t, dir, "b/3.png", nil)
	f, err := OpenFolder(t.Context(), dir, Options{ListDamaged: true, Keep: func(name string) bool { return name != "a/1.png" && name != "b/1.png" }})
	if err != nil || f.Len() != 1 || f.File(0) != "b/2.png" || f.Label(0) != 1 || len(f.Classes) != 2 {
		t.Errorf("got %+v (%v)", f, err)
	}
	if len(f.Damaged) != 1 || f.Damaged[0].Name != "b/3.png" || f.Damaged[0].Err == nil {
		t.Errorf("got the damaged files %v", f.Damaged)
	}
	f, err = OpenFolder(t.Context(), dir, Options{Keep: func(string) bool { return false }})
	if err != nil || f.Len() != 0 || len(f.Classes) != 2 {
		t.Errorf("no file: got %+v (%v)", f, err)
	}
}

func TestStretch(t *testing.T) {
	s := &Set{Channels: 1, Height: 1, Width: 1, Pixels: []byte{10, 20, 30, 40}, Labels: []byte{1, 2, 3, 4}, Files: []string{"a", "b", "c", "d"}}
	part, err := NewStretch(s, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	read, x := part.Bytes(part), make([]float32, 1)
	for i, want := range []byte{20, 30} {
		if err := part.Example(0, i, x, nil); err != nil || !bytes.Equal(read(0, i, nil), []byte{want}) || ToBytes(x)[0] != want || part.Label(i) != i+2 || part.File(i) != s.Files[i+1] {
			t.Errorf("image %d is another one (%v)", i, err)
		}
	}
	if part.Len() != 2 || part.Example(0, 2, x, nil) == nil || part.Example(0, -1, x, nil) == nil {
		t.Error("a stretch has images of its neighbours")
	}
	for _, c := range [][2]int{{-1, 2}, {3, 2}, {0, 5}} {
		if _, err := NewStretch(s, c[0], c[1]); err == nil {
			t.Errorf("a stretch from %d to %d of 4 images was made", c[0], c[1])
		}
	}
}
