package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// array writes a NumPy array of the images of a folder.
func array(t *testing.T, dir, path string) {
	t.Helper()
	set, err := images.ReadFolder(dir, images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(set.Pixels))
	for i, b := range set.Pixels {
		x[i] = float32(b) / 255
	}
	var b bytes.Buffer
	if err := npy.Write(&b, npy.Array{Shape: []int{set.Len(), set.Height, set.Width}, Data: x}); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.Bytes())
}

// An array is compressed as the folder with the same images, but without names. Arrays pass through
// pipes in both directions.
func TestCompressArrays(t *testing.T) {
	compressed(t)
	array(t, "pics", "pics.npy")
	if out := works(t, "compress", "run", "pics.npy", "-o", "array.gae"); !strings.Contains(out, "pics.npy: 40 of 8 x 8 pixels") {
		t.Errorf("compress printed %s", out)
	}
	for _, file := range []string{"pics", "array"} {
		works(t, "decompress", file+".gae", "-o", file+"-out.npy")
	}
	if read(t, "pics-out.npy") != read(t, "array-out.npy") {
		t.Error("other images come back than from the folder")
	}
	piped := func(in, out string, args ...string) {
		t.Helper()
		cmd := program(t, args...)
		from, err := os.Open(in)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		to, err := os.Create(out)
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		cat := exec.Command("cat", in) // so that standard input is a pipe
		cmd.Stdout = to
		if cmd.Stdin, err = cat.StdoutPipe(); err != nil {
			t.Fatal(err)
		}
		if err := cat.Start(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Run(); err != nil {
			t.Fatal(err, read(t, cmd.Stderr.(*os.File).Name()))
		}
		if err := cat.Wait(); err != nil {
			t.Fatal(err)
		}
		if errs := read(t, cmd.Stderr.(*os.File).Name()); !strings.Contains(errs, "40") {
			t.Errorf("%v: the report is %q", args, errs)
		}
	}
	piped("pics.npy", "piped.gae", "compress", "run", "-", "-o", "-")
	if read(t, "piped.gae") != read(t, "array.gae") {
		t.Error("a pipe makes another file")
	}
	piped("piped.gae", "piped.npy", "decompress", "-", "-o", "-")
	if read(t, "piped.npy") != read(t, "pics-out.npy") {
		t.Error("a pipe makes another array")
	}
	write(t, "text.npy", []byte("a text"))
	refused(t, []string{"cannot read text.npy: want a NumPy array"}, "compress", "run", "text.npy", "-o", "none.gae")
	refused(t, []string{"--split is for data sets, and pics.npy is an array"}, "compress", "run", "pics.npy", "--split", "train", "-o", "none.gae")
	refused(t, []string{"pics.npy is what the command reads"}, "compress", "run", "pics.npy", "--force", "-o", "pics.npy")
}

// Files of images keep their paths as names.
func TestCompressFiles(t *testing.T) {
	compressed(t)
	works(t, "compress", "run", "pics/003.png", "pics/017.png", "-o", "two.gae")
	works(t, "decompress", "two.gae", "-o", "out")
	if got, want := append(names(t, "out"), names(t, "out/pics")...), []string{"pics", "003.png", "017.png"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if out := works(t, "compress", "run", "pics/003.png", "--like", "pics.gae", "-o", "one.gae"); !strings.Contains(out, "pics/003.png: 1 of 8 x 8 pixels") {
		t.Errorf("compress printed %s", out)
	}
	works(t, "decompress", "one.gae", "-o", "one.npy")
	works(t, "decompress", "pics.gae", "--only", "3", "-o", "third.npy")
	if read(t, "one.npy") != read(t, "third.npy") {
		t.Error("a single image differs from the same one of a folder")
	}
	write(t, "a/003.png", []byte(read(t, "pics/003.png")))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"pics", "pics/003.png"}, "among them pics"},
		{[]string{"pics/003.png", "pics/missing.png"}, "pics/missing.png: no such file"},
		{[]string{"pics/003.png", "./pics/003.png"}, `want a name for each image, got "pics/003.png" for pics/003.png and for ./pics/003.png`},
	} {
		refused(t, []string{c.want}, append([]string{"compress", "run", "-o", "none.gae"}, c.args...)...)
	}
	works(t, "compress", "run", "pics/003.png", "a/003.png", "--like", "pics.gae", "-o", "alike.gae")
}
