package safetensors

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pkg/errors"
)

// encode returns the bytes that Write writes.
func encode(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(b []byte) (*File, error) { return Read(bytes.NewReader(b), int64(len(b))) }

// diff describes how two files differ, and is empty if they agree. The order of the tensors does
// not matter. Values are compared by their bits.
func diff(a, b *File) string {
	if !maps.Equal(a.Metadata, b.Metadata) {
		return fmt.Sprintf("metadata %q, want %q", b.Metadata, a.Metadata)
	}
	if len(a.Tensors) != len(b.Tensors) {
		return fmt.Sprintf("%d tensors, want %d", len(b.Tensors), len(a.Tensors))
	}
	bits := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
	for _, want := range a.Tensors {
		if !slices.ContainsFunc(b.Tensors, func(got Tensor) bool {
			return got.Name == want.Name && slices.Equal(got.Shape, want.Shape) && slices.EqualFunc(got.Data, want.Data, bits)
		}) {
			return fmt.Sprintf("tensors %.200v, want %.200v among them", b.Tensors, want)
		}
	}
	return ""
}

// randomFile returns a file with up to nine tensors of up to four axes, some of size 0, and values
// of every bit pattern, NaN included.
func randomFile(rng *rand.Rand) *File {
	letters := []rune("abc/_09 \"\\\n\x00<&>äé世\u2028😀")
	text := func() string {
		r := make([]rune, rng.IntN(12))
		for i := range r {
			r[i] = letters[rng.IntN(len(letters))]
		}
		return string(r)
	}
	f := &File{Metadata: map[string]string{}}
	for range rng.IntN(4) {
		f.Metadata[text()] = text()
	}
	for i := range rng.IntN(10) {
		t := Tensor{Name: fmt.Sprint(text(), i)}
		n := 1
		for range rng.IntN(5) {
			size := rng.IntN(7)
			t.Shape = append(t.Shape, size)
			n *= size
		}
		t.Data = make([]float32, n)
		for j := range t.Data {
			t.Data[j] = math.Float32frombits(rng.Uint32())
		}
		f.Tensors = append(f.Tensors, t)
	}
	rng.Shuffle(len(f.Tensors), func(i, j int) { f.Tensors[i], f.Tensors[j] = f.Tensors[j], f.Tensors[i] })
	return f
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := randomFile(rng)
		b := encode(t, want)
		got, err := decode(b)
		if err != nil {
			t.Fatalf("%v\n%q", err, b)
		}
		if d := diff(want, got); d != "" {
			t.Fatal(d)
		}
		rng.Shuffle(len(got.Tensors), func(i, j int) {
			got.Tensors[i], got.Tensors[j] = got.Tensors[j], got.Tensors[i]
		})
		if again := encode(t, got); !bytes.Equal(b, again) {
			t.Fatalf("the same content gave other bytes:\n%q\n%q", b, again)
		}
	}
}

// TestRoundTripLarge writes more values than the buffers of reader and writer hold. Its reader
// returns few bytes at a time.
func TestRoundTripLarge(t *testing.T) {
	want := &File{}
	for i, n := range []int{1, 1<<16 + 1, 3, 1 << 17, 0, 70_000} {
		x := make([]float32, n)
		for j := range x {
			x[j] = float32(i*1_000_000 + j)
		}
		want.Tensors = append(want.Tensors, Tensor{fmt.Sprint("t", i), []int{n}, x})
	}
	b := encode(t, want)
	for name, r := range map[string]io.Reader{
		"whole": bytes.NewReader(b),
		"half":  iotest.HalfReader(bytes.NewReader(b)),
		"byte":  iotest.OneByteReader(bytes.NewReader(b)),
		"more":  io.MultiReader(bytes.NewReader(b), strings.NewReader("what follows")),
	} {
		got, err := Read(r, int64(len(b)))
		if err != nil {
			t.Fatal(name, err)
		}
		if d := diff(want, got); d != "" {
			t.Error(name, d)
		}
	}
}

// TestReferenceBytes compares with files that version 0.8.0 of the reference library wrote.
func TestReferenceBytes(t *testing.T) {
	tests := []struct {
		file File
		want string
	}{
		{File{}, "\x08\x00\x00\x00\x00\x00\x00\x00{}      "},
		{File{
			Metadata: map[string]string{"format": `{"v":1}`},
			Tensors: []Tensor{
				{"b", nil, []float32{1}},
				{"a/kernel", []int{1, 2}, []float32{-2, 0.5}},
				{"c", []int{0, 3}, nil},
			}},
			"\xd8\x00\x00\x00\x00\x00\x00\x00" +
				`{"__metadata__":{"format":"{\"v\":1}"},` +
				`"a/kernel":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},` +
				`"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},` +
				`"c":{"dtype":"F32","shape":[0,3],"data_offsets":[12,12]}}     ` +
				"\x00\x00\x00\xc0\x00\x00\x00\x3f\x00\x00\x80\x3f"},
	}
	for _, tt := range tests {
		if got := encode(t, &tt.file); string(got) != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
		got, err := decode([]byte(tt.want))
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(&tt.file, got); d != "" {
			t.Error(d)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	one := []float32{1}
	tests := []struct {
		file File
		want string
	}{
		{File{Tensors: []Tensor{{"a", nil, one}, {"b", nil, one}, {"a", nil, one}}}, `want each name once, got "a" twice`},
		{File{Tensors: []Tensor{{"", nil, one}}}, `want a tensor's name in UTF-8 other than __metadata__, got ""`},
		{File{Tensors: []Tensor{{"__metadata__", nil, one}}}, `want a tensor's name in UTF-8 other than __metadata__, got "__metadata__"`},
		{File{Tensors: []Tensor{{"a\xff", nil, one}}}, `want a tensor's name in UTF-8 other than __metadata__, got "a\xff"`},
		{File{Tensors: []Tensor{{"a", []int{2}, one}}}, `tensor "a": want 2 values for shape [2], got 1`},
		{File{Tensors: []Tensor{{"a", nil, nil}}}, `tensor "a": want 1 values for shape [], got 0`},
		{File{Tensors: []Tensor{{"a", []int{-1, -1}, one}}}, `tensor "a": want sizes of 0 or more, got shape [-1 -1]`},
		{File{Tensors: []Tensor{{"a", []int{1 << 31, 1 << 31}, one}}}, `tensor "a": want at most 1152921504606846975 values, got shape [2147483648 2147483648]`},
		{File{Tensors: []Tensor{{"a", make([]int, 65), nil}}}, `tensor "a": want a shape of at most 64 axes, got 65`},
		{File{Metadata: map[string]string{"k": "\xff"}}, `metadata "k": want UTF-8, got other bytes: encode them as text`},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if err := Write(&b, &tt.file); err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %s", err, tt.want)
		}
		if b.Len() > 0 {
			t.Errorf("%d bytes were written before the error %q", b.Len(), tt.want)
		}
	}
}

func TestWriteBoundsHeader(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a header of 100 MB takes seconds under the race detector")
	}
	f := &File{Metadata: map[string]string{"k": strings.Repeat("\x00", maxHeader/6)}} // \u0000 each
	want := "want a header of at most 100000000 bytes, got 100000024: shorten the metadata"
	if err := Write(io.Discard, f); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestWriteReportsWriter lets the writer fail at each byte of a file.
func TestWriteReportsWriter(t *testing.T) {
	f := randomFile(rand.New(rand.NewPCG(3, 4)))
	full := errors.New("no space")
	for n := range len(encode(t, f)) {
		if err := Write(&limited{n, full}, f); err != full {
			t.Fatalf("room for %d bytes: error %v", n, err)
		}
	}
}

// limited is a writer that accepts n bytes and then fails.
type limited struct {
	n   int
	err error
}

func (w *limited) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, w.err
	}
	w.n -= len(p)
	return len(p), nil
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	want := randomFile(rand.New(rand.NewPCG(5, 6)))
	if err := WriteFile(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff(want, got); d != "" {
		t.Fatal(d)
	}

	bad := &File{Tensors: []Tensor{{"a", []int{2}, nil}}}
	err = WriteFile(path, bad)
	if err == nil || err.Error() != "cannot write "+path+`: tensor "a": want 2 values for shape [2], got 0` {
		t.Errorf("error %v", err)
	}
	if got, err := ReadFile(path); err != nil || diff(want, got) != "" {
		t.Errorf("a failed write touched the old file: %v", err)
	}

	missing := filepath.Join(dir, "none")
	short := filepath.Join(dir, "short")
	if err := os.WriteFile(short, []byte("ab\x00"), 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		short: "want 8 bytes of header length, got a file of 3 bytes",
		dir:   "want a regular file, got mode d",
	} {
		f, err := ReadFile(path)
		if f != nil || err == nil || !strings.HasPrefix(err.Error(), "cannot read "+path+": "+want) {
			t.Errorf("got %v, error %v", f, err)
		}
	}
	_, err = ReadFile(missing)
	if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), missing) != 1 {
		t.Errorf("error %v", err)
	}
}

// TestReferenceFiles reads files that the reference library wrote, and writes them again. The files
// are not part of the project.
func TestReferenceFiles(t *testing.T) {
	dir := os.Getenv("GOLDEN_DIR")
	if dir == "" {
		t.Skip("SKIPPED: set GOLDEN_DIR to the folder with layers.safetensors and tutorial/initial.safetensors")
	}
	for name, tensors := range map[string]int{"layers.safetensors": 312, "tutorial/initial.safetensors": 8} {
		f, err := ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Tensors) != tensors {
			t.Errorf("%s: %d tensors, want %d", name, len(f.Tensors), tensors)
		}
		again, err := decode(encode(t, f))
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(f, again); d != "" {
			t.Error(name, d)
		}
	}
}
