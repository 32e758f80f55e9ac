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
	for _, names := range [][2]string{{"train", "test"}, {"Training", "Validation"}, {"TRAIN", "val"}, {"train", "valid"}, {"training", "testing"}} {
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
