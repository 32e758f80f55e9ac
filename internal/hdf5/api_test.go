package hdf5

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/pkg/errors"
)

// A member is a group or a dataset, or there is none.
func TestMembers(t *testing.T) {
	root, err := open(t, "testdata/refused.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	if !root.Has("good") || root.Has("bad") {
		t.Error("Has: want good and not bad")
	}
	if ok, err := root.IsDataset("good"); !ok || err != nil {
		t.Errorf("good: got %v, %v, want a dataset", ok, err)
	}
	if ok, err := root.IsGroup("good"); ok || err != nil {
		t.Errorf("good: got %v, %v, want no group", ok, err)
	}
	if ok, err := root.IsDataset("committed"); ok || err != nil {
		t.Errorf("a datatype: got %v, %v, want no dataset", ok, err)
	}
	if _, err := root.IsGroup("bad"); !errors.Is(err, ErrNotExist) {
		t.Errorf("bad: got %v", err)
	}
	if _, err := root.IsGroup("soft"); !errors.As(err, new(*UnsupportedError)) {
		t.Errorf("a soft link: got %v", err)
	}
}

// A single value is read as one, and an array is not.
func TestSingleValues(t *testing.T) {
	root, err := open(t, "testdata/old.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	attr := func(name string) Value {
		v, err := root.Attr(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if s, err := attr("text").Text(); s != "vlen \u00e9" || err != nil {
		t.Errorf("text: got %q, %v", s, err)
	}
	if n, err := attr("int").Int(); n != -5 || err != nil {
		t.Errorf("int: got %d, %v", n, err)
	}
	if x, err := attr("float").Float(); x != 1.5 || err != nil {
		t.Errorf("float: got %g, %v", x, err)
	}
	if x, err := attr("int").Float(); x != -5 || err != nil {
		t.Errorf("int as float: got %g, %v", x, err)
	}
	_, text := attr("names").Text()
	_, integer := attr("ints").Int()
	_, float := attr("none").Float()
	_, kind := attr("text").Int()
	for want, err := range map[string]error{
		"want one string, got 3": text, "want one integer, got 6": integer, "want one number, got 0": float,
		`want integers, got values of the type "string"`: kind,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// counted counts the bytes that are read.
type counted struct {
	io.ReaderAt
	n int
}

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, at)
	c.n += n
	return n, err
}

// A group is read once, also on a path that goes in circles: in a hostile file there may be any number of them.
func TestGroupsAreReadOnce(t *testing.T) {
	b, err := os.ReadFile("testdata/old.h5")
	if err != nil {
		t.Fatal(err)
	}
	r := &counted{ReaderAt: bytes.NewReader(b)}
	f, err := Open(r, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Root()
	if err != nil {
		t.Fatal(err)
	}
	path := "layers"
	if _, err := root.Group(path + "/dense/vars"); err != nil {
		t.Fatal(err)
	}
	before := r.n
	for range 100 {
		path += "/dense/vars/again"
		g, err := root.Group(path)
		if err != nil || g.Path() != "/"+path {
			t.Fatal(g, err)
		}
	}
	if r.n != before {
		t.Errorf("%d bytes were read again", r.n-before)
	}
}
