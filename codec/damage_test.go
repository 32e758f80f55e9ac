package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// tiny is a file of 25 images in chunks of 8. Its decoder is outside of it.
func tiny(t testing.TB) (file []byte, o ReadOptions, f *File) {
	m := fit(t, small(), FitOptions{External: true})
	set := *small().test
	set.Pixels, set.Labels = set.Pixels[:25*set.Size().Numbers()], set.Labels[:25]
	file, _ = write(t, m, &set, Options{Chunk: 8, Classes: digits, Meta: map[string]string{"k": "v"}}, numbered)
	o = ReadOptions{Decoder: m.Decoder}
	f, err := Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		t.Fatal(err)
	}
	return file, o, f
}

// readAll reads a file to its end: the chunks that came, and all errors.
func readAll(t testing.TB, file []byte, o ReadOptions) (chunks []*Chunk, errs []error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file), o)
	if err != nil {
		return nil, []error{err}
	}
	for range len(file) + 2 {
		c, err := r.Next(t.Context())
		switch {
		case err == io.EOF:
			return chunks, errs
		case err != nil:
			errs = append(errs, err)
		default:
			chunks = append(chunks, c)
		}
	}
	t.Fatal("the reader does not end")
	return nil, nil
}

// typedError says if an error is one that callers can tell from others.
func typedError(err error) bool {
	var format *FormatError
	var damage *DamageError
	var version *VersionError
	var missing *ModelMissingError
	return errors.As(err, &format) || errors.As(err, &damage) || errors.As(err, &version) || errors.As(err, &missing)
}

// Each damaged byte of a file is noticed. If it belongs to a chunk, at most this chunk is lost; if
// it stands behind the chunks, nothing is.
func TestEachByte(t *testing.T) {
	file, o, whole := tiny(t)
	want, errs := readAll(t, file, o)
	if len(want) != 4 || len(errs) > 0 {
		t.Fatal(len(want), errs)
	}
	last := whole.chunks[3].offset + whole.chunks[3].size
	for at := range file {
		if testing.Short() && at%10 > 0 {
			continue
		}
		for _, mask := range []byte{1 << (at % 8), 0xff} {
			damaged := slices.Clone(file)
			damaged[at] ^= mask
			what := fmt.Sprintf("byte %d of %d, mask %#x", at, len(file), mask)
			chunk := -1 // may be lost
			for k, e := range whole.chunks {
				if int64(at) >= e.offset && int64(at) < e.offset+e.size {
					chunk = k
				}
			}
			got, errs := readAll(t, damaged, o)
			if len(errs) == 0 {
				t.Fatalf("%s: no error", what)
			}
			for _, err := range errs {
				if !typedError(err) {
					t.Fatalf("%s: the error has no type: %v", what, err)
				}
			}
			if chunk < 0 && int64(at) < last {
				continue // the model
			}
			checkChunks(t, what, got, want, chunk)
			checkFile(t, what, damaged, o, want, chunk)
		}
	}
}

// checkChunks compares the chunks that were read from a damaged file. One of them may be missing.
func checkChunks(t *testing.T, what string, got, want []*Chunk, lost int) {
	t.Helper()
	for k, w := range want {
		i := slices.IndexFunc(got, func(c *Chunk) bool { return c.First == w.First })
		if i < 0 {
			if k != lost {
				t.Fatalf("%s: chunk %d is lost", what, k)
			}
			continue
		}
		g := got[i]
		if !bytes.Equal(g.Pixels, w.Pixels) || k != lost && (!slices.Equal(g.Names, w.Names) || !slices.Equal(g.Labels, w.Labels)) {
			t.Fatalf("%s: chunk %d differs", what, k)
		}
	}
	if len(got) > len(want) {
		t.Fatalf("%s: %d chunks", what, len(got))
	}
}

func checkFile(t *testing.T, what string, damaged []byte, o ReadOptions, want []*Chunk, lost int) {
	t.Helper()
	f, err := Open(bytes.NewReader(damaged), int64(len(damaged)), o)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var got []*Chunk
	for k := range f.Chunks() {
		c, err := f.Chunk(t.Context(), k)
		if err != nil {
			if !typedError(err) {
				t.Fatalf("%s: the error has no type: %v", what, err)
			}
			continue
		}
		got = append(got, c)
	}
	if lost < 0 && f.Damage() == nil {
		t.Fatalf("%s: the file is not damaged", what)
	}
	checkChunks(t, what, got, want, lost)
}

// A file that ends too early gives all chunks that are whole, and an error.
func TestTruncated(t *testing.T) {
	file, o, whole := tiny(t)
	want, _ := readAll(t, file, o)
	for n := range file {
		if testing.Short() && n%10 > 0 {
			continue
		}
		got, errs := readAll(t, file[:n], o)
		if len(errs) != 1 || !typedError(errs[0]) {
			t.Fatalf("%d of %d bytes: errors %v", n, len(file), errs)
		}
		chunks := 0
		for _, e := range whole.chunks {
			if int64(n) >= e.offset+e.size {
				chunks++
			}
		}
		if len(got) != chunks {
			t.Fatalf("%d of %d bytes: %d chunks, want %d", n, len(file), len(got), chunks)
		}
		checkChunks(t, fmt.Sprintf("%d bytes", n), got, want[:chunks], -1)
		f, err := Open(bytes.NewReader(file[:n]), int64(n), o)
		if int64(n) < whole.chunks[0].offset {
			if err == nil {
				t.Fatalf("%d of %d bytes: no error", n, len(file))
			}
			continue
		}
		if err != nil || f.Damage() == nil || f.Chunks() != chunks {
			t.Fatalf("%d of %d bytes: %v, %v", n, len(file), err, f)
		}
	}
	// More bytes behind the end are noticed too.
	if got, errs := readAll(t, append(slices.Clone(file), 0), o); len(got) != 4 || len(errs) != 1 {
		t.Errorf("with a byte behind the end: %d chunks, errors %v", len(got), errs)
	}
}

// Lost chunks in the middle: a Reader says so, and a File has the others.
func TestMissingChunk(t *testing.T) {
	file, o, whole := tiny(t)
	e := whole.chunks[1]
	cut := slices.Concat(file[:e.offset], file[e.offset+e.size:])
	got, errs := readAll(t, cut, o)
	if len(got) != 3 || len(errs) == 0 || !typedError(errs[0]) {
		t.Fatal(len(got), errs)
	}
	f, err := Open(bytes.NewReader(cut), int64(len(cut)), o)
	if err != nil || f.Damage() == nil || f.Len() != 25 || f.Chunks() != 3 {
		t.Fatal(err, f)
	}
	if _, err := f.Image(t.Context(), 9); !typedError(err) {
		t.Errorf("image 9: %v", err)
	}
	if _, err := f.Image(t.Context(), 20); err != nil {
		t.Errorf("image 20: %v", err)
	}
}

// What is no file, what is a newer one, and what lacks its decoder has an error of its own type.
func TestRefused(t *testing.T) {
	file, o, _ := tiny(t)
	head := func(format, arith byte) []byte {
		b := slices.Clone(file[:headerSize-checkSize])
		b[8], b[10] = format, arith
		b = appendCheck(b)
		return append(b, file[headerSize:]...)
	}
	var format *FormatError
	var version *VersionError
	var missing *ModelMissingError
	for _, c := range []struct {
		name string
		file []byte
		o    ReadOptions
		as   any
	}{
		{"empty", nil, o, &format},
		{"text", []byte("a text of more bytes than a header"), o, &format},
		{"as text", bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), o, &format},
		{"newer", head(2, arithmetic), o, &version},
		{"other bits", head(1, arithmetic+1), o, &version},
		{"no decoder", file, ReadOptions{}, &missing},
		{"another decoder", file, ReadOptions{Decoder: small().ae.Encoder}, &missing},
		{"unknown section", insert(file, headerSize, appendSection(nil, 'Z', nil)), o, &format},
		{"twice", insert(file, headerSize, appendSection(nil, headType, head2())), o, &format},
	} {
		_, err := NewReader(bytes.NewReader(c.file), c.o)
		if err == nil || !errors.As(err, c.as) {
			t.Errorf("%s: %T %v", c.name, err, err)
		} else {
			t.Logf("%s: %v", c.name, err)
		}
	}
	// Sections that may be unknown are skipped, in front of chunks too.
	_, _, f := tiny(t)
	for _, at := range []int{headerSize, int(f.chunks[1].offset)} {
		got, errs := readAll(t, insert(file, at, appendSection(nil, 'z', []byte("new"))), o)
		if len(got) != 4 || len(errs) > 0 {
			t.Errorf("an unknown section at %d: %d chunks, errors %v", at, len(got), errs)
		}
	}
	if _, errs := readAll(t, insert(file, int(f.chunks[1].offset), appendSection(nil, 'Z', nil)), o); len(errs) != 1 {
		t.Errorf("an unknown critical section: %v", errs)
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{Inspect: true})
	if err != nil {
		t.Fatal(err)
	}
	if name, err := f.Name(t.Context(), 24); err != nil || name != numbered(24) {
		t.Errorf("without the decoder: name %q, %v", name, err)
	}
	if _, err := f.Image(t.Context(), 24); err == nil {
		t.Error("without the decoder there is an image")
	}
}

func insert(file []byte, at int, b []byte) []byte { return slices.Concat(file[:at], b, file[at:]) }

func head2() []byte { return head{images.Size{Channels: 1, Height: 28, Width: 28}, 8}.append(nil) }

// The first bytes say if a file was copied as text, is damaged, or is another kind of file.
func TestMagic(t *testing.T) {
	file, o, _ := tiny(t)
	first := func(magic string) []byte { return slices.Concat([]byte(magic), file[8:]) }
	sevenBits := slices.Clone(file)
	for i := range sevenBits {
		sevenBits[i] &= 0x7f
	}
	flip := func(at int, mask byte) []byte {
		b := slices.Clone(file)
		b[at] ^= mask
		return b
	}
	var cases = map[string][][]byte{
		"copied as text": {
			bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")),
			bytes.ReplaceAll(file, []byte("\r"), []byte("\n")), sevenBits, file[:6], []byte(string([]rune(string(file)))),
			first("\x8bGAE\r\n\x1a\r\n"),
		},
		"got some of them":     {flip(0, 0x80), flip(0, 1), flip(1, 0x20), flip(4, 8), flip(6, 1), flip(7, 0xff)},
		"another kind of file": {[]byte("GAEL is a name"), []byte("\x89PNG\r\n\x1a\n and more"), []byte("PK\x03\x04 and some more bytes"), nil, []byte("GAE")},
	}
	for want, files := range cases {
		for i, b := range files {
			_, err := NewReader(bytes.NewReader(b), o)
			if err == nil || !typedError(err) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q, %d: %v", want, i, err)
			}
		}
	}
}
