package run

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A listing is read as it was written, with names that CSV must quote.
func TestListing(t *testing.T) {
	path := ListingPath(filepath.Join(t.TempDir(), "codes.npy"))
	if filepath.Base(path) != "codes.names.csv" {
		t.Errorf("the path is %s", path)
	}
	if none, err := ReadListing(path); none != nil || err != nil {
		t.Errorf("without a file the listing is %v (%v)", none, err)
	}
	l := Listing{{"a, \"b\"\nc/1.png", "cat", 3, 4}, {"", "7", 1, 1}, {"d.JPG", "", 100, 75}}
	if err := l.Write(path); err != nil {
		t.Fatal(err)
	}
	read, err := ReadListing(path)
	if err != nil || !slices.Equal(read, l) {
		t.Errorf("read %v (%v), want %v", read, err, l)
	}
	files, err := Listing{{"a/1.png", "", 1, 1}, {"", "", 1, 1}, {"d.JPG", "", 1, 1}, {"../e.png", "", 1, 1}}.Files("out")
	if want := []string{"out/a/1.png", "out/00001.png", "out/d.JPG.png", "out/e.png"}; err != nil || !slices.Equal(files, filesOf(want)) {
		t.Errorf("files %v (%v), want %v", files, err, want)
	}
	if _, err := (Listing{{"a.png", "", 1, 1}, {"a.png", "", 1, 1}}).Files("out"); err == nil {
		t.Error("two images get one file")
	}
}

func filesOf(slashed []string) []string {
	for i, s := range slashed {
		slashed[i] = filepath.FromSlash(s)
	}
	return slashed
}

// What is no listing is an error that names the file and the fault.
func TestReadListingRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.names.csv")
	for text, want := range map[string]string{
		"":                                         "want the columns",
		"a,b\n":                                    "want the columns",
		"name,label,height,width\na,b,0,1\n":       "row 1: want a height and a width",
		"name,label,height,width\na,b,1,x\n":       "row 1: want a height and a width",
		"name,label,height,width\na,b,1\n":         "wrong number of fields",
		"name,label,height,width\n\"a,b,1,1\n":     "quote",
		"name,label,height,width\na,b,1,9999999\n": "row 1",
	} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadListing(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: the error is %v, want %q", text, err, want)
		}
	}
}

func FuzzReadListing(f *testing.F) {
	f.Add("name,label,height,width\na,b,1,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := readListing(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, p := range l {
			if p.Height < 1 || p.Width < 1 || p.Height > maxSide || p.Width > maxSide {
				t.Errorf("a picture of %d x %d", p.Height, p.Width)
			}
		}
	})
}
