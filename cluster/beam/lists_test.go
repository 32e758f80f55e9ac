package beam

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
)

func TestTogether(t *testing.T) {
	list := []string{"a.png", "b.jpg", "x.npy", "c.png", "d.png", "e.png", "folder", "f.PNG"}
	want := []string{"a.png\nb.jpg", "x.npy", "c.png\nd.png", "e.png", "folder", "f.PNG"}
	if got, err := Together(list, 2); err != nil || !slices.Equal(got, want) {
		t.Errorf("want %q, got %q (%v)", want, got, err)
	}
	for most, list := range map[int][]string{0: {"a.png"}, 2: {"a\nb.png"}} {
		if got, err := Together(list, most); err == nil {
			t.Errorf("%q, %d together: want an error, got %q", list, most, got)
		}
	}
}

// A list names pictures one by one. Each has a name of its own in the files, and those that are torn, are not there or have another
// size are left out with the reason, also if they are all of an archive.
func TestPicturesOfList(t *testing.T) {
	one, two, odd := pictures(t, 4, 28, 0), pictures(t, 3, 28, 60), pictures(t, 1, 20, 0)
	path := func(dir, name string) string { return filepath.Join(dir, name) }
	list := []string{path(one, "0.png"), path(one, "1.png"), path(two, "0.png"), path(odd, "0.png"), path(one, "2.png"), path(two, "1.png"),
		path(two, "2.png"), path(one, "no.png"), path(one, "3.png"), path(two, "2.png") + ".png", path(two, "no.png")}
	bad := []string{list[3], list[6], list[7], list[9], list[10]}
	slices.Sort(bad)
	archives, err := Together(list, 3)
	if err != nil {
		t.Fatal(err)
	}
	conv := train(t, "conv", 1, dataset.Reading{Size: "28x28", Fit: "crop"}) // takes pictures of any size
	like := filepath.Join(t.TempDir(), CodecName)
	if err := FitCodec(t.Context(), Work{Task: CompressTask, Model: conv, SkipBad: true}, archives, like); err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{CompressTask, EncodeTask, EvaluateTask} {
		w := Work{Task: task, Model: conv, Like: like, Out: t.TempDir()}
		if r, err := worker(t, w).Do(t.Context(), archives[1]); err == nil {
			t.Errorf("%s: want an error for a picture of another size, got %+v", task, r)
		}
		w.SkipBad = true
		for range 2 { // the second time what is there is done
			var names, skipped []string
			images := 0
			for _, a := range archives {
				r, err := worker(t, w).Do(t.Context(), a)
				if err != nil {
					t.Fatalf("%s: %v", task, err)
				}
				images += r.Images
				for _, s := range r.Skipped {
					skipped = append(skipped, s.Name)
				}
				if r.File.Name != "" && task == CompressTask {
					names = append(names, namesIn(t, filepath.Join(w.Out, r.File.Name))...)
				}
			}
			slices.Sort(names)
			slices.Sort(skipped)
			if images != len(list)-len(bad) || !slices.Equal(skipped, bad) {
				t.Errorf("%s: want %d images without %q, got %d without %q", task, len(list)-len(bad), bad, images, skipped)
			}
			if task == CompressTask && (len(slices.Compact(names)) != images || !slices.Contains(names, strings.TrimPrefix(list[0], "/"))) {
				t.Errorf("want %d names of files, got %q", images, names)
			}
		}
	}
}

// namesIn returns the names of the images in a compressed file.
func namesIn(t *testing.T, path string) (names []string) {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := codec.Open(in, info.Size(), codec.ReadOptions{Inspect: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Len() {
		name, err := f.Name(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
