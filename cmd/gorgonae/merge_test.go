package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// The pieces of a job are compressed with one model, and merged into a file with all images.
func TestMerge(t *testing.T) {
	compressed(t)
	pictures(t, "more", 12, 8, 3)
	if out := works(t, "compress", "run", "more", "--like", "pics.gae", "-o", "more.gae"); !strings.Contains(out, "12 of 8 x 8") {
		t.Errorf("compress printed %s", out)
	}
	out := works(t, "merge", "pics.gae", "more.gae", "-o", "both.gae")
	if !strings.HasPrefix(out, "wrote 52 images of 8 x 8 pixels from 2 files to both.gae: ") {
		t.Errorf("merge printed %s", out)
	}
	works(t, "verify", "both.gae")
	works(t, "decompress", "both.gae", "--only", "40-51", "-o", "last.npy")
	works(t, "decompress", "more.gae", "-o", "more.npy")
	if read(t, "last.npy") != read(t, "more.npy") {
		t.Error("merged images differ from those of their piece")
	}
	if info := works(t, "info", "both.gae"); !strings.Contains(info, "architecture") {
		t.Errorf("what both files say is not kept: %s", info)
	}

	works(t, "compress", "run", "more", "-o", "fitted.gae")
	works(t, "train", "--data", "pics", "--hidden", "8", "--epochs", "1", "--quiet", "--seed", "9", "--out", "other")
	write(t, "cut.gae", []byte(read(t, "more.gae"))[:len(read(t, "more.gae"))-25])
	refused(t, []string{"fitted.gae: want the decoder of the first file"}, "merge", "pics.gae", "fitted.gae", "-o", "no.gae")
	refused(t, []string{"cut.gae", "the file is cut off"}, "merge", "pics.gae", "cut.gae", "-o", "no.gae")
	refused(t, []string{"missing.gae: no such file"}, "merge", "pics.gae", "missing.gae", "-o", "no.gae")
	refused(t, []string{"both.gae exists"}, "merge", "pics.gae", "more.gae", "-o", "both.gae")
	refused(t, []string{"pics.gae is what the command reads"}, "merge", "more.gae", "pics.gae", "-o", "pics.gae", "--force")
	refused(t, []string{"FILE... is missing"}, "merge")
	refused(t, []string{"either --like or --bits"}, "compress", "run", "more", "--like", "pics.gae", "--bits", "9", "-o", "no.gae")
	refused(t, []string{"pics.gae", "other weights"}, "compress", "other", "more", "--like", "pics.gae", "-o", "no.gae")
	if _, err := os.Stat("no.gae"); err == nil {
		t.Error("a refused command left a file")
	}
	works(t, "merge", "more.gae", "pics.gae", "-o", "both.gae", "--force")

	// Both folders have 000.png. A file may take the place of the one whose model it has.
	refused(t, []string{"both.gae", `"000.png" twice`}, "decompress", "both.gae", "-o", "none")
	works(t, "compress", "run", "more", "--like", "more.gae", "-o", "more.gae", "--force")
	works(t, "merge", "pics.gae", "more.gae", "-o", "again.gae")
	works(t, "compress", "run", "pics", "--external", "-o", "external.gae")
	refused(t, []string{"external.gae: want files that all hold their decoder"}, "merge", "pics.gae", "external.gae", "-o", "no.gae")
	if exists("none") || exists("no.gae") {
		t.Error("a refused command left an output")
	}
}

// A file with the model of another one has its classes: labels get the numbers that these have there.
func TestLikeClasses(t *testing.T) {
	workplace(t)
	for _, class := range []string{"ants", "bees", "cats"} {
		pictures(t, "all/"+class, 5, 8, 2)
	}
	pictures(t, "some/cats", 3, 8, 4)
	pictures(t, "other/dogs", 3, 8, 4)
	works(t, "train", "--data", "all", "--hidden", "8", "--epochs", "1", "--quiet", "--out", "run")
	works(t, "compress", "run", "all", "-o", "all.gae")
	works(t, "compress", "run", "some", "-o", "some.gae", "--like", "all.gae")
	works(t, "merge", "all.gae", "some.gae", "-o", "both.gae")
	works(t, "decompress", "both.gae", "--idx", "both")
	if labels := read(t, "both-labels"); labels[8:] != "\x00\x00\x00\x00\x00\x01\x01\x01\x01\x01\x02\x02\x02\x02\x02\x02\x02\x02" {
		t.Errorf("got the labels %q", labels[8:])
	}
	works(t, "compress", "run", "pics", "-o", "pics.gae", "--like", "all.gae")
	works(t, "merge", "all.gae", "pics.gae", "-o", "three.gae")
	refused(t, []string{`got the class "dogs"`, "all.gae"}, "compress", "run", "other", "-o", "no.gae", "--like", "all.gae")
	works(t, "compress", "run", "pics", "-o", "plain.gae")
	refused(t, []string{`got the class "ants"`, "plain.gae"}, "compress", "run", "all", "-o", "no.gae", "--like", "plain.gae")
}

// More files are merged than may be open at once: they are read in turns.
func TestTurns(t *testing.T) {
	workplace(t)
	write(t, "a", []byte("0123456789"))
	write(t, "b", []byte("abcdefghij"))
	var all turns
	a, b := &turn{all: &all, path: "a"}, &turn{all: &all, path: "b"}
	text := ""
	for range 3 {
		for _, in := range []*turn{a, b} {
			piece := make([]byte, 4)
			n, err := in.Read(piece)
			if err != nil || all.open != in || a.file != nil && b.file != nil {
				t.Fatalf("got %v, and open are %v and %v", err, a.file, b.file)
			}
			text += string(piece[:n])
		}
	}
	if text != "0123abcd4567efgh89ij" {
		t.Errorf("got %q", text)
	}
	if n, err := a.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d bytes and %v", n, err)
	}
	a.Close()
	b.Close()
	if all.open != nil {
		t.Error("a file is still open")
	}
	if _, err := (&turn{all: &all, path: "missing"}).Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "missing") {
		t.Errorf("a missing file: %v, want the fault alone", err)
	}
}
