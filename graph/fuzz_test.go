package graph

import (
	"bytes"
	"testing"

	"github.com/pkg/errors"
)

// FuzzDecode: every error has a type, and a file that is read, written and read again stays the
// same.
func FuzzDecode(f *testing.F) {
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
		file, err := Decode(bytes.NewReader(data))
		if err != nil {
			if file != nil {
				t.Error("there is a file beside the error")
			}
			if !errors.As(err, new(FormatError)) && !errors.As(err, new(UnsupportedError)) && !errors.As(err, new(VersionError)) {
				t.Errorf("the error has no type: %v", err)
			}
			return
		}
		first := encode(t, file)
		again, err := Decode(bytes.NewReader(first))
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
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
