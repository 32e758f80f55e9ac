package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/cluster/parts"
)

// partsOf compresses all parts of a folder, from the last to the first, and returns their files.
func partsOf(t *testing.T, n int, model, images string, more ...string) (files []string) {
	t.Helper()
	for i := n; i > 0; i-- {
		works(t, append([]string{"compress", model, images, "--part", fmt.Sprintf("%d/%d", i, n)}, more...)...)
		files = append(files, fmt.Sprintf("images-%d-of-%d.gae", i, n))
	}
	return files
}

// Jobs that do not know each other have one codec, and merge has all images, each once.
func TestParts(t *testing.T) {
	compressed(t)
	files := partsOf(t, 5, "run", "pics")
	out := works(t, append([]string{"merge", "-o", "all.gae"}, files...)...)
	if !strings.HasPrefix(out, "wrote 40 images of 8 x 8 pixels from 5 files to all.gae: ") {
		t.Errorf("merge printed %s", out)
	}
	works(t, "decompress", "all.gae", "-o", "all")
	works(t, "decompress", "pics.gae", "-o", "whole")
	if got := names(t, "all"); !slices.Equal(got, names(t, "whole")) || len(got) != 40 {
		t.Fatalf("got the images %q", got)
	}
	for _, name := range names(t, "whole") { // the codec is that of compress without parts
		if read(t, filepath.Join("all", name)) != read(t, filepath.Join("whole", name)) {
			t.Errorf("%s differs from that of a file that was compressed at once", name)
		}
	}
	slices.Reverse(files) // the order of the files does not matter
	works(t, append([]string{"merge", "-o", "again.gae"}, files...)...)
	if read(t, "all.gae") != read(t, "again.gae") {
		t.Error("another order of the files makes another file")
	}
	m, err := parts.Check("all.gae")
	if err != nil || m.File.Images != 40 || len(m.Parts) != 5 || m.Parts[2].Part != "3/5" || m.Parts[2].Name != "images-3-of-5.gae" || m.File.Model != m.Parts[0].Model {
		t.Errorf("got the manifest %+v (%v)", m, err)
	}

	refused(t, []string{"want all 5 parts, got 3: missing 2, 4"}, "merge", files[0], files[2], files[4], "-o", "no.gae")
	write(t, "copy.gae", []byte(read(t, files[1])))
	refused(t, []string{"got part 2/5 twice, in copy.gae and in images-2-of-5.gae"}, append([]string{"merge", "copy.gae", "-o", "no.gae"}, files...)...)
	refused(t, []string{"part 1/5, and pics.gae, which is no part"}, "merge", files[0], "pics.gae", "-o", "no.gae")
	works(t, "compress", "run", "pics", "--part", "1/4", "-o", "other.gae")
	refused(t, []string{"want parts of one job, got images-1-of-5.gae"}, "merge", files[0], "other.gae", "-o", "no.gae")
	damaged := []byte(read(t, files[2]))
	damaged[len(damaged)/2] ^= 1
	write(t, files[2], damaged)
	refused(t, []string{"images-3-of-5.gae: want the ", "the file was damaged or replaced"}, append([]string{"merge", "-o", "no.gae"}, files...)...)
	if exists("no.gae") {
		t.Error("a refused command left a file")
	}
	for _, bad := range []string{"0/5", "6/5", "x", "1/0"} {
		refused(t, []string{"--part: want"}, "compress", "run", "pics", "--part", bad)
	}
	refused(t, []string{"--range LOW:HIGH with --part"}, "compress", "run", "pics", "--part", "1/2", "--range", "auto")
	refused(t, []string{"want a file as --out with --part"}, "compress", "run", "pics", "--part", "1/2", "-o", "-")
}

// A part that is repeated is recognised as done, and the file of another job is never replaced.
func TestPartDone(t *testing.T) {
	compressed(t)
	again := []string{"compress", "run", "pics", "--part", "2/3"}
	works(t, again...)
	const file = "images-2-of-3.gae"
	content, info := read(t, file), stat(t, file)
	if out := works(t, again...); !strings.HasPrefix(out, "part 2/3 is done: images-2-of-3.gae has ") || strings.Count(out, "\n") != 1 {
		t.Errorf("got %q", out)
	}
	if !os.SameFile(info, stat(t, file)) {
		t.Error("a part that is done was written again")
	}
	works(t, append(again, "--force")...)
	if read(t, file) != content {
		t.Error("a part that was made twice has other bytes")
	}
	refused(t, []string{file + " exists, and has part 2/3, not 1/3"}, "compress", "run", "pics", "--part", "1/3", "-o", file)
	refused(t, []string{"is a part of another job"}, "compress", "run", "pics", "--part", "2/4", "-o", file)
	refused(t, []string{"was fitted to error 0, bits 0"}, append(again, "--bits", "40")...)
	refused(t, []string{"is no part of a job"}, append(again, "-o", "pics.gae")...)
	write(t, "text", []byte("text"))
	refused(t, []string{"is no compressed file"}, append(again, "-o", "text")...)

	pictures(t, "more", 41, 8, 6) // one picture more is another job
	refused(t, []string{"is a part of another job"}, "compress", "run", "more", "--part", "2/3")

	// The codec of one part serves the others; the file of such a part is that of a part without --like.
	works(t, "compress", "run", "pics", "--part", "1/3")
	works(t, "compress", "run", "pics", "--part", "3/3", "--like", file)
	alike := read(t, "images-3-of-3.gae")
	works(t, "compress", "run", "pics", "--part", "3/3", "--force")
	if read(t, "images-3-of-3.gae") != alike {
		t.Error("--like with a part of the job makes another file")
	}
	if out := works(t, "compress", "run", "pics", "--part", "3/3", "--like", file); !strings.Contains(out, "is done") {
		t.Errorf("with --like: got %q", out)
	}
	works(t, "compress", "run", "pics", "--weight-bits", "3", "-o", "coarse.gae")
	refused(t, []string{"has another codec than coarse.gae"}, "compress", "run", "pics", "--part", "3/3", "--like", "coarse.gae")
	write(t, file, []byte(content)[:len(content)-1])
	refused(t, []string{"the file was damaged or replaced"}, again...)
	os.Remove(file + parts.Suffix)
	write(t, file, []byte(content))
	refused(t, []string{"has no manifest"}, again...)
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// Images without names are cut into stretches, so that merge has them in their order. A part may have
// no image.
func TestPartsWithoutNames(t *testing.T) {
	compressed(t)
	works(t, "decompress", "pics.gae", "-o", "all.npy")
	whole := works(t, "compress", "run", "all.npy", "-o", "whole.gae")
	if !strings.Contains(whole, "40 of 8 x 8") {
		t.Errorf("got %s", whole)
	}
	files := partsOf(t, 3, "run", "all.npy")
	works(t, append([]string{"merge", "-o", "joined.gae"}, files...)...)
	works(t, "decompress", "joined.gae", "-o", "joined.npy")
	works(t, "decompress", "whole.gae", "-o", "whole.npy")
	if read(t, "joined.npy") != read(t, "whole.npy") {
		t.Error("the parts joined differ from the whole")
	}
	pictures(t, "few", 2, 8, 3)
	for _, images := range []string{"few", filepath.Join("few", "000.png")} {
		var files []string
		none := false
		for i := range 5 {
			file := fmt.Sprintf("%d.gae", i)
			out := works(t, "compress", "run", images, "--part", fmt.Sprintf("%d/5", i+1), "-o", file, "--force")
			none = none || strings.Contains(out, "wrote no image")
			files = append(files, file)
		}
		want := map[bool]string{true: "wrote 2 images", false: "wrote 1 image "}[images == "few"]
		if out := works(t, append([]string{"merge", "-o", "few.gae", "--force"}, files...)...); !strings.HasPrefix(out, want) || !none {
			t.Errorf("%s: got %q", images, out)
		}
	}
}

// An image that is damaged or odd does not stop the others. Manifest and exit status say so.
func TestSkipBad(t *testing.T) {
	compressed(t)
	write(t, "pics/cut.png", []byte(read(t, "pics/000.png"))[:40])
	write(t, "pics/empty.png", nil)
	pictures(t, "odd", 1, 9, 5)
	write(t, "pics/odd.png", []byte(read(t, "odd/000.png")))
	refused(t, []string{"cut.png"}, "compress", "run", "pics", "-o", "no.gae")
	skips := func(n int, args ...string) {
		t.Helper()
		status, out, errs := call(t, args...)
		if want := fmt.Sprintf("gorgonae: %d images were left out: see ", n); status != leftOutStatus || !strings.Contains(out, "wrote ") || !strings.HasPrefix(errs, want) {
			t.Errorf("%q: status %d, got %q and %q, want %d and %q", args, status, out, errs, leftOutStatus, want)
		}
	}
	skips(3, "compress", "run", "pics", "-o", "good.gae", "--skip-bad")
	m, err := parts.Check("good.gae")
	if err != nil || m.File.Images != 40 || len(m.Skipped) != 3 {
		t.Fatalf("got %+v (%v)", m, err)
	}
	for i, want := range [][2]string{{"cut.png", "ends too early"}, {"empty.png", ""}, {"odd.png", "want a picture of 8 x 8 pixels, got 9 x 9 pixels"}} {
		if s := m.Skipped[i]; s.Name != want[0] || s.Reason == "" || !strings.Contains(s.Reason, want[1]) {
			t.Errorf("got %+v, want %q", s, want)
		}
	}
	if info := works(t, "info", "good.gae"); !strings.Contains(info, "the file is as it says; 3 images left out") {
		t.Errorf("info printed %s", info)
	}
	works(t, "verify", "good.gae")
	if read(t, "good.gae") != read(t, "pics.gae") {
		t.Error("bad pictures beside them change the file of good ones")
	}
	works(t, "merge", "pics.gae", "pics.gae", "-o", "replaced.gae")
	write(t, "replaced.gae"+parts.Suffix, []byte(read(t, "good.gae"+parts.Suffix)))
	refused(t, []string{"replaced.gae: want the ", "was damaged or replaced"}, "verify", "replaced.gae")
	// The parts together leave out the same, and each job has one codec although some of its sample is bad.
	left := 0
	var files []string
	for i := range 3 {
		file := fmt.Sprintf("%d.gae", i)
		args := []string{"compress", "run", "pics", "--skip-bad", "--part", fmt.Sprintf("%d/3", i+1), "-o", file}
		status, _, errs := call(t, args...)
		m, err := parts.Check(file)
		if err != nil || (status == leftOutStatus) != (len(m.Skipped) > 0) || status != 0 && status != leftOutStatus {
			t.Fatalf("part %d: status %d, %s, manifest %+v (%v)", i+1, status, errs, m, err)
		}
		left += len(m.Skipped)
		files = append(files, file)
		if out := works(t, args...); !strings.Contains(out, "is done") {
			t.Errorf("got %q", out)
		}
	}
	if left != 3 {
		t.Errorf("the parts left out %d images, want 3", left)
	}
	if out := works(t, append([]string{"merge", "-o", "joined.gae"}, files...)...); !strings.HasPrefix(out, "wrote 40 images ") || !strings.Contains(out, "; 3 images left out, in ") {
		t.Errorf("merge printed %q", out)
	}
	if m, err := parts.Check("joined.gae"); err != nil || len(m.Skipped) != 3 || m.File.Skipped != 3 {
		t.Errorf("got %+v (%v)", m, err)
	}
	refused(t, []string{"odd.png: want a picture of 8 x 8", "--skip-bad goes on without"}, "compress", "run", "pics", "--skip-damaged", "--part", partWith("odd.png", 3), "-o", "no.gae")
	refused(t, []string{"want a file as --out with --skip-bad"}, "compress", "run", "pics", "--skip-bad", "-o", "-")
	pictures(t, "good", 3, 8, 5)
	works(t, "compress", "run", "good", "--skip-bad", "-o", "none.gae") // nothing is left out
	works(t, "compress", "run", "good", "-o", "none.gae", "--force")
	if exists("none.gae" + parts.Suffix) {
		t.Error("a file without a manifest has that of the file before it")
	}
}

// Codes and errors of good images do not wait for bad ones.
func TestSkipBadElsewhere(t *testing.T) {
	compressed(t)
	write(t, "pics/cut.png", []byte(read(t, "pics/000.png"))[:40])
	pictures(t, "odd", 1, 9, 5)
	skips := func(text string, args ...string) {
		t.Helper()
		status, _, errs := call(t, args...)
		if status != leftOutStatus || !strings.Contains(errs, text) {
			t.Errorf("%q: status %d and %q, want %d and %q", args, status, errs, leftOutStatus, text)
		}
	}
	refused(t, []string{"cut.png"}, "evaluate", "run", "--data", "pics")
	skips("note: cut.png: damaged PNG: ", "evaluate", "run", "--data", "pics", "--skip-bad")
	skips("1 image was left out: see errors.csv"+parts.Suffix, "evaluate", "run", "--data", "pics", "--skip-bad", "--per-image", "errors.csv")
	if m, err := parts.Check("errors.csv"); err != nil || len(m.Skipped) != 1 || m.Skipped[0].Name != "cut.png" {
		t.Errorf("got %+v (%v)", m, err)
	}
	write(t, "pics/odd.png", []byte(read(t, "odd/000.png")))
	skips("2 images were left out: see codes.npy"+parts.Suffix, "encode", "run", "--images", "pics", "--skip-bad", "--out", "codes.npy")
	m, err := parts.Check("codes.npy")
	if err != nil || m.File.Images != 40 || len(m.Skipped) != 2 || m.Skipped[1].Name != "odd.png" {
		t.Errorf("got %+v (%v)", m, err)
	}
	os.Remove("pics/odd.png")
	os.Remove("pics/cut.png")
	works(t, "encode", "run", "--images", "pics", "--out", "good.npy")
	if read(t, "good.npy") != read(t, "codes.npy") {
		t.Error("bad pictures beside them change the codes of good ones")
	}
	refused(t, []string{"--skip-bad is for pictures in files"}, "encode", "run", "--skip-bad", "--data", "handwriting-9")
	works(t, "encode", "run", "--images", "pics", "--skip-bad", "--out", "good.npy")

	// A model of any size takes pictures of all sizes for an archive, and those of most for an array.
	works(t, "train", "--model", "conv", "--data", "pics", "--epochs", "1", "--quiet", "--out", "conv")
	pictures(t, "large", 3, 16, 2)
	pictures(t, "large/small", 1, 8, 2)
	write(t, "large/bad.png", []byte("bad"))
	skips("1 image was left out", "encode", "conv", "--images", "large", "--skip-bad", "--out", "sizes.npz")
	skips("2 images were left out", "encode", "conv", "--images", "large", "--skip-bad", "--out", "sizes.npy")
	skips("2 images were left out", "compress", "conv", "large", "--skip-bad", "--out", "sizes.gae")
	if info := works(t, "info", "sizes.gae"); !strings.Contains(info, "3 of 16 x 16 pixels") {
		t.Errorf("info printed %s", info)
	}
	pictures(t, "only", 1, 8, 2)
	write(t, "only/000.png", []byte("bad"))
	refused(t, []string{"none of 1 picture can be used, for example 000.png: "}, "compress", "run", "only", "--skip-bad", "--out", "none.gae")
}

// partWith returns the part of n that has a name.
func partWith(name string, n int) string {
	for i := 1; ; i++ {
		if p := (parts.Part{I: i, N: n}); p.Takes(name) {
			return p.String()
		}
	}
}
