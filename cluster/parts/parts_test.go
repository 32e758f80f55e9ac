package parts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Part{"1/1": {1, 1}, "3/10": {3, 10}, "1000000/1000000": {Most, Most}} {
		if got, err := Parse(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %v (%v)", text, got, err)
		}
	}
	for text, want := range map[string]string{"": "want I/N", "3": "want I/N", "11/10": "want I/N", "-1/10": "want I/N", "1/0": "want I/N", "1/2/3": "want I/N", "1/1000001": "want I/N",
		"0/10": "add 1 to an index that begins with 0"} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

// Each image is in one part, whatever its name, and no part is much larger than others.
func TestTakes(t *testing.T) {
	const n, images = 7, 7000
	counts := make([]int, n+1)
	for k := range images {
		in := 0
		for i := 1; i <= n; i++ {
			if (Part{i, n}).Takes(fmt.Sprintf("%d.png", k)) {
				in++
				counts[i]++
			}
		}
		if in != 1 {
			t.Fatalf("%d.png is in %d parts", k, in)
		}
	}
	for i := 1; i <= n; i++ {
		if counts[i] < 900 || counts[i] > 1100 {
			t.Errorf("part %d has %d of %d images, want about %d", i, counts[i], images, images/n)
		}
	}
	// printf a.png | sha256sum begins with 7f071235805fbf58, which is 2 modulo 10. This may never change, or
	// the parts of jobs that were begun would mix.
	golden := []int{}
	for _, name := range []string{"a.png", "cats/7.png", "é"} {
		for i := 1; i <= 10; i++ {
			if (Part{i, 10}).Takes(name) {
				golden = append(golden, i)
			}
		}
	}
	if want := []int{3, 5, 2}; !reflect.DeepEqual(golden, want) {
		t.Errorf("got parts %v, want %v", golden, want)
	}
}

func TestStretch(t *testing.T) {
	for _, c := range [][2]int{{0, 3}, {1, 3}, {10, 3}, {7, 7}, {5, 9}, {1 << 48, Most}} {
		end := 0
		for i := 1; i <= c[1]; i++ {
			lo, hi := Part{i, c[1]}.Stretch(c[0])
			if lo != end || hi < lo || hi-lo > c[0]/c[1]+1 {
				t.Fatalf("part %d of %d of %d images is %d to %d, and the part before ended at %d", i, c[1], c[0], lo, hi, end)
			}
			end = hi
		}
		if end != c[0] {
			t.Errorf("%d parts of %d images end at %d", c[1], c[0], end)
		}
	}
}

func TestManifest(t *testing.T) {
	sum := strings.Repeat("0f", 32)
	want := &Manifest{
		File:    File{Name: "a.gae", SHA256: sum, Bytes: 9, Images: 3, Skipped: 2, Part: "1/2", Job: "1234", Model: "abcd"},
		Parts:   []File{{Name: "b.gae", SHA256: sum}},
		Skipped: []Skipped{{"x<y>.png", "unexpected EOF"}, {"two\nlines", "é"}},
	}
	path := filepath.Join(t.TempDir(), "a.gae"+Suffix)
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
	text, _ := os.ReadFile(path)
	if n := bytes.Count(text, []byte("\n")); n != 4 {
		t.Errorf("got %d lines, want 4: %s", n, text)
	}
	cut := text[:bytes.LastIndexByte(text[:len(text)-1], '\n')+1]
	for name, c := range map[string]struct{ text, want string }{
		"cut off":     {string(cut), "want the 2 skipped images"},
		"empty":       {"", "want a manifest"},
		"no JSON":     {"{", "line 1 of the manifest"},
		"no file":     {`{"kind":"skipped","name":"x"}`, `want kind "file" in the first line`},
		"two files":   {string(text) + string(text), `got "file"`},
		"no checksum": {`{"kind":"file","sha256":"xy"}`, "want a SHA-256"},
		"long":        {strings.Repeat(" ", maxLine+1), "token too long"},
	} {
		if _, err := Decode(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := Read(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"kind":"file","name":"a.gae","sha256":"` + strings.Repeat("0f", 32) + `","skipped":1}` + "\n" + `{"kind":"skipped","name":"x","reason":"y"}` + "\n"))
	f.Add([]byte(`{"kind":"part"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Decode(bytes.NewReader(text))
		if err == nil && len(m.Skipped) != m.File.Skipped {
			t.Errorf("%d skipped images are counted as %d", len(m.Skipped), m.File.Skipped)
		}
	})
}
