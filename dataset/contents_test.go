package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestHeldOutNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	putClasses(t, filepath.Join(dir, "train"), 6, ".")
	putClasses(t, filepath.Join(dir, "test"), 2, "a")
	d, err := Open(t.Context(), Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	if names, err := d.HeldOut(); err != nil || !slices.Equal(names, []string{"test/a/pa0.png", "test/a/pa1.png"}) {
		t.Errorf("held out are %q (%v)", names, err)
	}
	d, err = openContent(t, "a.npy", npyFile([]int{30, 2, 3}, counting(30, 6)...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	names, err := d.HeldOut()
	if err != nil || len(names) != d.Test.Len() {
		t.Fatalf("held out are %q (%v)", names, err)
	}
	_, test := inner(t, d)
	for k, name := range names {
		if i, err := strconv.Atoi(name); err != nil || int(test.Image(k)[0]) != i {
			t.Errorf("image %d is %d, named %s (%v)", k, test.Image(k)[0], name, err)
		}
	}
	idx := filepath.Join(t.TempDir(), "idx")
	putSmall(t, idx)
	if d, err = Open(t.Context(), Options{Data: idx}); err != nil {
		t.Fatal(err)
	}
	if names, err := d.HeldOut(); err == nil {
		t.Errorf("held out of four files are %q", names)
	}
}

// Test images that are trained on are said, in folders and in arrays.
func TestNoteCommon(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	putClasses(t, filepath.Join(dir, "train"), 6, "x")
	putClasses(t, filepath.Join(dir, "test"), 3, "y")
	content, err := os.ReadFile(filepath.Join(dir, "train", "x", "px4.png"))
	if err != nil {
		t.Fatal(err)
	}
	noted := func(d *Data, want string) {
		t.Helper()
		if !slices.Contains(d.Notes, want) && want != "" || want == "" && strings.Contains(strings.Join(d.Notes, "\n"), "also trained on") {
			t.Errorf("the notes are %q, want %q", d.Notes, want)
		}
	}
	for _, want := range []string{"", "1 of the 4 test images is also trained on, for example test/y/copy.png"} {
		d, err := Open(t.Context(), Options{Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		noted(d, want)
		put(t, filepath.Join(dir, "test", "y"), "copy.png", content)
	}
	d, err := openContent(t, "a.npz", npzFile(t, map[string][]byte{
		"train": npyFile([]int{9, 2, 3}, counting(9, 6)...), "test": npyFile([]int{11, 2, 3}, counting(11, 6)...)}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	noted(d, fmt.Sprintf("9 of the 11 test images are also trained on, for example %d", 0))
}
