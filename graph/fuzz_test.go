package graph

import (
	"bytes"
	"testing"

	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// FuzzReadFile reads model files; what can be read can be written, and is then the same.
func FuzzReadFile(f *testing.F) {
	x := Input("x", 3)
	m := New("m", x, LeakyReLU("out", Dense("dense", x, 2), 0.3))
	if err := m.Init(1); err != nil {
		f.Fatal(err)
	}
	y := Input("y", 3)
	shared := New("shared", y, Concat("both", m.Apply(y), m.Apply(Tanh("tanh", y))))
	for _, file := range []*File{
		{Model: m},
		{Model: shared, Meta: map[string]string{"data": "mnist"}, Extra: []Tensor{{Name: "a", Shape: []int{1, 1}, Data: []float32{1}}}},
	} {
		f.Add(encode(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		file, err := decodeFile(s)
		if err != nil {
			if file != nil {
				t.Error("there is a file beside the error")
			}
			return
		}
		first := encode(t, file)
		s, err = safetensors.Read(bytes.NewReader(first), int64(len(first)))
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeFile(s)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, encode(t, again)) {
			t.Errorf("written again, %q differs", first)
		}
	})
}

func encode(t testing.TB, f *File) []byte {
	t.Helper()
	s, err := f.encode()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
