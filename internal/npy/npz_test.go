package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func archive(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewArchive(&b)
	for i, name := range names {
		if err := w.Add(name, Array{Shape: []int{2, i}, Data: make([]float32, 2*i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fromArchive(file []byte, name string) (Array, error) {
	return ReadMember(bytes.NewReader(file), int64(len(file)), name)
}

// zipped returns an archive with one member, deflated as numpy.savez_compressed writes it.
func zipped(t testing.TB, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchive(t *testing.T) {
	file := archive(t, "a", "faces/b")
	if !bytes.Equal(file, archive(t, "a", "faces/b")) {
		t.Error("the same arrays make other bytes")
	}
	if !IsArchive(bytes.NewReader(file)) || IsArchive(bytes.NewReader(nil)) {
		t.Error("an archive is not told from other files")
	}
	if r, err := OpenArchive(bytes.NewReader(file), int64(len(file))); err != nil || !slices.Equal(r.Names(), []string{"a", "faces/b"}) {
		t.Errorf("the names are read as %v, %v", r, err)
	}
	for name, width := range map[string]int{"a": 0, "faces/b": 1, "faces/b.npy": 1} {
		if a, err := fromArchive(file, name); err != nil || !slices.Equal(a.Shape, []int{2, width}) {
			t.Errorf("%s: got %v, %v", name, a, err)
		}
	}
	whole := encode(t, Array{Shape: []int{2}, Data: []float32{1, 2}})
	for name, member := range map[string]string{"arr_0.npy": "", "x.npy": "x"} {
		if a, err := fromArchive(zipped(t, name, whole), member); err != nil || !slices.Equal(a.Data, []float32{1, 2}) {
			t.Errorf("%s: got %v, %v", name, a, err)
		}
	}
	for _, c := range []struct {
		file         []byte
		member, want string
	}{
		{file, "", "got an archive of 2, a, faces/b: name one, as in FILE.npz:a"},
		{file, "c", `want the array "c", got an archive of a, faces/b`},
		{zipped(t, "data.pkl", whole), "", "a ZIP archive without arrays"},
		{zipped(t, "x.npy", []byte("1,2,3\n")), "", `array "x": want a NumPy array (.npy), got a file of text`},
		{zipped(t, "x.npy", whole[:len(whole)-1]), "", `array "x": want the data of an array of shape (2,)`},
		{zipped(t, "x.npy", append(bytes.Clone(whole), 0)), "", "got 9 bytes of data"},
		{whole, "", "want a NumPy archive (.npz), got a NumPy array (.npy)"},
		{nil, "", "got an empty file"},
		{file[:len(file)-1], "a", "damaged"},
	} {
		if _, err := fromArchive(c.file, c.member); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("member %q: got %v, want %s", c.member, err, c.want)
		}
	}
	if _, err := decode(file); err == nil || !strings.Contains(err.Error(), "got a NumPy archive (.npz)") {
		t.Errorf("an archive in place of an array: got %v", err)
	}
}

// Damaged data are found by their checksum.
func TestDamagedArchive(t *testing.T) {
	var b bytes.Buffer
	w := NewArchive(&b)
	if err := w.Add("x", Array{Shape: []int{2}, Data: []float32{1.5, 2.5}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b.Bytes(), binary.LittleEndian.AppendUint32(nil, 0x40200000)) // 2.5
	b.Bytes()[at] ^= 1
	if a, err := fromArchive(b.Bytes(), "x"); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("got %v, %v", a, err)
	}
}

// A member that promises terabytes takes no memory for them.
func TestPromises(t *testing.T) {
	text := head("<f4", "(1073741760,)")
	content := raw(1, text, nil)
	file := zipped(t, "x.npy", content)
	at := bytes.LastIndex(file, binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) // in the directory
	binary.LittleEndian.PutUint32(file[at:], uint32(1<<32-1<<8+len(content)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := fromArchive(file, "x"); err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("got %v", err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("it took %d bytes", used)
	}
}

func TestNames(t *testing.T) {
	w := NewArchive(&bytes.Buffer{})
	for _, name := range []string{"", "/a", "a\x00", "twice"} {
		err := w.Add(name, Array{Shape: []int{0}})
		if name == "twice" && err == nil {
			err = w.Add(name, Array{Shape: []int{0}})
		}
		if err == nil {
			t.Errorf("%q: want an error", name)
		}
	}
}

func FuzzReadMember(f *testing.F) {
	f.Add(archive(f, "a", "b"), "b")
	f.Add(zipped(f, "x.npy", encode(f, Array{Shape: []int{2}, Data: []float32{1, 2}})), "")
	f.Fuzz(func(t *testing.T, file []byte, name string) {
		if a, err := fromArchive(file, name); err == nil && numbers(a.Shape) != len(a.Data) {
			t.Errorf("shape %v and %d numbers", a.Shape, len(a.Data))
		}
	})
}
