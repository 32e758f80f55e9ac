package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// putClasses writes n pictures into each class of a part.
func putClasses(t *testing.T, dir string, n int, classes ...string) {
	t.Helper()
	for _, class := range classes {
		for i := range n {
			putPNG(t, filepath.Join(dir, class), fmt.Sprintf("p%s%d.png", strings.Trim(class, "."), i), 4, 3)
		}
	}
}

// Subfolders for training and testing are the parts, under any of their names.
func TestSplitFolders(t *testing.T) {
	for _, names := range [][2]string{{"train", "test"}, {"Training", "Validation"}, {"TRAIN", "val"}, {"train", "valid"}, {"training", "testing"}, {"training_set", "test_set"}, {"Train-Images", "TestImages"}, {"train", "dev"}} {
		dir := filepath.Join(t.TempDir(), "set")
		putClasses(t, filepath.Join(dir, names[0]), 6, "b", "a10", "a2")
		putClasses(t, filepath.Join(dir, names[1]), 2, "b", "c")
		d, err := Open(t.Context(), Options{Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		if d.Train.Len() != 18 || d.Test.Len() != 4 || !slices.Equal(d.Classes, []string{"a2", "a10", "b", "c"}) {
			t.Errorf("%v: %d and %d pictures of %v", names, d.Train.Len(), d.Test.Len(), d.Classes)
		}
		for i := range d.Test.Len() {
			if name, class := d.TestFiles.File(i), d.Classes[d.Test.Label(i)]; !strings.HasPrefix(name, names[1]+"/"+class+"/") {
				t.Errorf("%s has class %s", name, class)
			}
		}
		if !slices.Contains(d.Notes, names[0]+" is trained on, "+names[1]+" is the test set") {
			t.Errorf("the notes are %q", d.Notes)
		}
	}
}

func TestSplitFoldersWithMore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	for i, part := range []string{"train", "val", "test"} {
		putClasses(t, filepath.Join(dir, part), 3+i, ".")
	}
	d, err := Open(t.Context(), Options{Data: dir})
	if err != nil || d.Train.Len() != 3 || d.Test.Len() != 5 || d.Train.Label(0) != -1 || !slices.Contains(d.Notes, "val is not used") {
		t.Fatalf("got %+v (%v)", d, err)
	}
	putClasses(t, filepath.Join(dir, "eval"), 1, ".")
	if d, err = Open(t.Context(), Options{Data: dir}); err != nil || d.Test.Len() != 5 || !slices.Contains(d.Notes, "eval, val are not used") {
		t.Errorf("with a third folder to test with, the notes are %q (%v)", d.Notes, err)
	}
	putPNG(t, dir, "loose.png", 4, 3)
	if d, err = Open(t.Context(), Options{Data: dir}); err != nil || !strings.Contains(strings.Join(d.Notes, "\n"), "not used, for example loose.png") {
		t.Errorf("the notes are %q (%v)", d.Notes, err)
	}
	putClasses(t, filepath.Join(dir, "cats"), 1, ".")
	if _, err := Open(t.Context(), Options{Data: dir}); err == nil || !strings.Contains(err.Error(), "got cats as well") {
		t.Errorf("the error for another subfolder is %v", err)
	}
	only := filepath.Join(t.TempDir(), "only")
	putClasses(t, filepath.Join(only, "train"), 20, ".")
	if d, err = Open(t.Context(), Options{Data: only}); err != nil || d.Train.Len()+d.Test.Len() != 20 || d.Classes != nil {
		t.Errorf("a folder with train alone is %+v (%v)", d, err)
	}
}

// Folders in a folder, and classes with parts of their own, are read where it is clear what they are.
func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		make        map[string]int // pictures in each folder
		train, test int
		classes     []string
		note        string
		first       string // the first picture to test with
	}{
		"parts in a folder":                {map[string]int{"images/train/a": 3, "images/train/b": 2, "images/test/a": 1}, 5, 1, []string{"a", "b"}, "images/train is trained on, images/test is the test set", "images/test/a/pa0.png"},
		"two folders deep":                 {map[string]int{"x/y/Train": 3, "x/y/Val": 2}, 3, 2, nil, "x/y/Train is trained on, x/y/Val is the test set", "x/y/Val/pVal0.png"},
		"classes with parts":               {map[string]int{"a/train": 3, "a/test": 1, "b/train": 2, "b/test": 2}, 5, 3, []string{"a", "b"}, "a/train, b/train are trained on, a/test, b/test are the test set", "a/test/ptest0.png"},
		"classes with parts in a folder":   {map[string]int{"set/a/train": 3, "set/a/val": 1, "set/b/train": 2, "set/b/val": 2}, 5, 3, []string{"a", "b"}, "set/a/train, set/b/train are trained on, set/a/val, set/b/val are the test set", "set/a/val/pval0.png"},
		"a folder without pictures beside": {map[string]int{"train/a": 3, "test/a": 2, "annotations": 0}, 3, 2, []string{"a"}, "annotations holds no pictures", "test/a/pa0.png"},
	} {
		dir := filepath.Join(t.TempDir(), "set")
		for folder, n := range c.make {
			putPictures(t, filepath.Join(dir, folder), "p"+filepath.Base(folder), n)
		}
		d, err := Open(t.Context(), Options{Data: dir})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Len() != c.train || d.Test.Len() != c.test || !slices.Equal(d.Classes, c.classes) || !slices.Contains(d.Notes, c.note) || d.TestFiles.File(0) != c.first {
			t.Errorf("%s: %d and %d pictures of %v, first %s, notes %q", name, d.Train.Len(), d.Test.Len(), d.Classes, d.TestFiles.File(0), d.Notes)
		}
		if c.classes != nil && d.Classes[d.Test.Label(d.Test.Len()-1)] != c.classes[len(c.classes)-1] && c.make["b/test"] > 0 {
			t.Errorf("%s: the last picture has class %s", name, d.Classes[d.Test.Label(d.Test.Len()-1)])
		}
	}
}

// Folders that would be passed over as too deep are refused with what to do, if they are parts by their names.
func TestDoubtfulLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		folders []string
		want    string // with DIR for the folder
	}{
		"parts in one of two":      {[]string{"images/train/a", "images/test/a", "labels"}, "DIR: images has subfolders to train on and to test with, but not labels: name DIR/images as the data set, or move the rest away"},
		"parts beside a picture":   {[]string{".", "images/train/a", "images/test/a"}, "but not what lies beside it: name DIR/images as the data set"},
		"a class without a part":   {[]string{"a/train", "a/test", "b/train"}, "DIR: want subfolders to train on and to test with in each class, as a has them, got b without one of them: add it, or move b away"},
		"a class without parts":    {[]string{"a/train", "a/test", "b/train", "b/val", "c"}, "as a has them, got c without one of them: add it, or move c away"},
		"classes without tests":    {[]string{"a/train", "b/train"}, "got one of both in a, b: add the other, or name one class as the data set, such as DIR/a"},
		"tests alone":              {[]string{"val/a", "test/a"}, "DIR: want a subfolder to train on beside test and val: name it train, or name one of the subfolders as the data set, such as DIR/test"},
		"tests beside another":     {[]string{"Test/a", "mine"}, "want a subfolder to train on beside Test: name it train"},
		"parts in one of five":     {[]string{"x/train", "x/test", "a", "b", "c", "d"}, "but not a, b, c and others: name DIR/x as the data set"},
		"two folders to train on":  {[]string{"train/a", "Training/a", "test/a"}, "want one subfolder to train on, got Training and train: move one away"},
		"two deeper ones to train": {[]string{"x/train/a", "x/Training/a", "x/test/a"}, "DIR/x: want one subfolder to train on"},
	} {
		dir := filepath.Join(t.TempDir(), "set")
		for _, folder := range c.folders {
			putPNG(t, filepath.Join(dir, folder), "p.png", 4, 3)
		}
		want := strings.ReplaceAll(filepath.FromSlash(c.want), "DIR", dir)
		if d, err := Open(t.Context(), Options{Data: dir}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want %q", name, d, err, want)
		}
	}
	dir := filepath.Join(t.TempDir(), "set") // a class may be called test
	putPictures(t, filepath.Join(dir, "test"), "t", 5)
	putPictures(t, filepath.Join(dir, "other"), "o", 5)
	if d, err := Open(t.Context(), Options{Data: dir}); err != nil || !slices.Equal(d.Classes, []string{"other", "test"}) {
		t.Errorf("classes test and other: %+v (%v)", d, err)
	}
}

// Without a part to test with, a tenth of what lies in the only folder is held out.
func TestOnlyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	putPictures(t, filepath.Join(dir, "images", "cats"), "c", 12)
	putPictures(t, filepath.Join(dir, "images", "dogs"), "d", 9)
	d, err := Open(t.Context(), Options{Data: dir})
	if err != nil || d.Train.Len()+d.Test.Len() != 21 || !slices.Equal(d.Classes, []string{"cats", "dogs"}) || !slices.Contains(d.Notes, "the pictures are those of images") {
		t.Errorf("got %+v (%v)", d, err)
	}
	one := filepath.Join(t.TempDir(), "one")
	putPictures(t, filepath.Join(one, "cats"), "c", 12)
	if d, err = Open(t.Context(), Options{Data: one}); err != nil || !slices.Equal(d.Classes, []string{"cats"}) || !strings.HasPrefix(d.TrainFiles.File(0), "cats/") {
		t.Errorf("a single class gives %+v (%v)", d, err)
	}
}

// putPictures writes n different pictures and another file into a folder.
func putPictures(t *testing.T, dir, name string, n int) {
	t.Helper()
	put(t, dir, "notes.txt", []byte("no picture"))
	for i := range n {
		putPNG(t, dir, fmt.Sprintf("%s%d.png", name, i), 4, 3)
	}
}

// testNames returns the base names of the pictures that are held out.
func testNames(t *testing.T, dir string) (names []string) {
	t.Helper()
	d, err := Open(t.Context(), Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Test.Len() {
		names = append(names, filepath.Base(d.TestFiles.File(i)))
	}
	slices.Sort(names)
	return names
}

// Adding, removing, renaming and sorting pictures moves no other picture between the parts.
func TestHeldOutByContent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	putClasses(t, dir, 60, ".")
	before := testNames(t, dir)
	if len(before) < 2 {
		t.Fatalf("held out are %v", before)
	}
	putPNG(t, dir, "another.png", 4, 3)
	grown := testNames(t, dir)
	if got := slices.DeleteFunc(slices.Clone(grown), func(n string) bool { return n == "another.png" }); !slices.Equal(got, before) {
		t.Errorf("after adding one, held out are %v, before %v", grown, before)
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	rename(before[0], "0-first.png")
	renamed := testNames(t, dir)
	if len(renamed) != len(grown) || !slices.Contains(renamed, "0-first.png") {
		t.Errorf("after renaming one, held out are %v, before %v", renamed, grown)
	}
	rename("0-first.png", "x/"+before[0])
	if err := os.Remove(filepath.Join(dir, "another.png")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if !e.IsDir() {
			rename(e.Name(), []string{"x/", "y/"}[i%2]+e.Name())
		}
	}
	if sorted := testNames(t, dir); !slices.Equal(sorted, before) {
		t.Errorf("sorted into classes, held out are %v, before %v", sorted, before)
	}
}
