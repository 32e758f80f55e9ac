package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// bits returns the bytes of values in both orders.
func bits(t testing.TB, values any) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for mark, order := range map[string]binary.ByteOrder{"<": binary.LittleEndian, ">": binary.BigEndian} {
		var b bytes.Buffer
		if err := binary.Write(&b, order, values); err != nil {
			t.Fatal(err)
		}
		all[mark] = b.Bytes()
	}
	all["="], all["|"], all[""] = all["<"], all["<"], all["<"]
	return all
}

// Every type has its numbers, in every order of bytes.
func TestTypes(t *testing.T) {
	for _, c := range []struct {
		kind, name string
		values     any
		want       []float32
	}{
		{"b1", "bool", []byte{0, 1, 2}, []float32{0, 1, 1}},
		{"?", "bool", []byte{1, 0}, []float32{1, 0}},
		{"i1", "int8", []int8{-128, 127}, []float32{-128, 127}},
		{"u1", "uint8", []uint8{0, 255}, []float32{0, 255}},
		{"i2", "int16", []int16{-32768, 258}, []float32{-32768, 258}},
		{"u2", "uint16", []uint16{65535, 258}, []float32{65535, 258}},
		{"i4", "int32", []int32{math.MinInt32, 3}, []float32{-2147483648, 3}},
		{"u4", "uint32", []uint32{1 << 31, 3}, []float32{2147483648, 3}},
		{"i8", "int64", []int64{math.MinInt64, -2}, []float32{-9223372036854775808, -2}},
		{"u8", "uint64", []uint64{1 << 63, 9007199791611905}, []float32{9223372036854775808, 9007200328482816}}, // rounded once
		{"f2", "float16", []uint16{0x3c00, 0xb555}, []float32{1, -0.333251953125}},
		{"f4", "float32", []float32{0.1, -3}, []float32{0.1, -3}},
		{"f8", "float64", []float64{0.1, 1e-300}, []float32{0.1, 0}},
	} {
		for order, data := range bits(t, c.values) {
			n := len(c.want)
			a, err := decode(raw(1, head(order+c.kind, "("+string(rune('0'+n))+",)"), data))
			if err != nil || !slices.Equal(a.Data, c.want) || a.Type.String() != c.name {
				t.Errorf("%s%s: got %v of %v, %v, want %v of %s", order, c.kind, a.Data, a.Type, err, c.want, c.name)
			}
		}
	}
}

// head returns a header as NumPy writes it.
func head(kind, shape string) string {
	return "{'descr': '" + kind + "', 'fortran_order': False, 'shape': " + shape + ", }"
}

// Types that are no plain numbers are refused, with their names.
func TestOtherKinds(t *testing.T) {
	for kind, want := range map[string]string{
		"<c8": "complex numbers", "|O": "Python objects", "<U3": "strings", "|S8": "strings of bytes", "<M8[ns]": "dates",
		"|V8": "raw bytes", "<f16": `type "<f16"`, "<i3": `type "<i3"`, "": `type ""`, "<": `type "<"`, "<i": `type "<i"`, "<f04": `type "<f04"`, "b8": `type "b8"`,
	} {
		_, err := decode(raw(1, head(kind, "(1,)"), make([]byte, 8)))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "astype(numpy.float32)") {
			t.Errorf("%s: got %v, want %s", kind, err, want)
		}
	}
	_, err := decode(raw(1, "{'descr': [('a', '<f4', (2,))], 'fortran_order': False, 'shape': (1,), }", make([]byte, 8)))
	if err == nil || !strings.Contains(err.Error(), "structured array") {
		t.Errorf("fields: got %v", err)
	}
	_, err = decode(raw(1, head("<f8", "(1,)"), bits(t, 1e300)["<"]))
	if err == nil || !strings.Contains(err.Error(), "1e+300") {
		t.Errorf("a number too large for float32: got %v", err)
	}
}

// The first axis of an array in Fortran's order varies fastest.
func TestFortran(t *testing.T) {
	for _, c := range []struct {
		shape string
		want  []float32
	}{
		{"(6,)", []float32{0, 1, 2, 3, 4, 5}},
		{"(2, 3)", []float32{0, 2, 4, 1, 3, 5}},
		{"(1, 2, 3)", []float32{0, 2, 4, 1, 3, 5}},
		{"(3, 1, 2)", []float32{0, 3, 1, 4, 2, 5}},
		{"(2, 3, 1)", []float32{0, 2, 4, 1, 3, 5}},
	} {
		text := strings.Replace(head("|u1", c.shape), "False", "True", 1)
		if a, err := decode(raw(1, text, []byte{0, 1, 2, 3, 4, 5})); err != nil || !slices.Equal(a.Data, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.shape, a.Data, err, c.want)
		}
	}
	// (2, 3, 4): the number at (i, j, k) is i + 2j + 6k.
	data := make([]byte, 24)
	for i := range data {
		data[i] = byte(i)
	}
	a, err := decode(raw(1, strings.Replace(head("|u1", "(2, 3, 4)"), "False", "True", 1), data))
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Data {
		if want := float32(i/12 + 2*(i/4%3) + 6*(i%4)); a.Data[i] != want {
			t.Errorf("number %d is %v, want %v", i, a.Data[i], want)
		}
	}
	if a, err := decode(raw(1, strings.Replace(head("|u1", "(0, 3)"), "False", "True", 1), nil)); err != nil || len(a.Data) != 0 {
		t.Errorf("without numbers: got %v, %v", a, err)
	}
}

// A header is a literal of Python, however it is written.
func TestHeaders(t *testing.T) {
	data := []byte{1, 2, 3, 4, 5, 6}
	for _, text := range []string{
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }    ",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}",
		"{'descr':'|u1','fortran_order':False,'shape':(2,3)}",
		"{'shape': (2, 3), 'fortran_order': False, 'descr': '|u1'}",
		`{"descr": "|u1", "fortran_order": False, "shape": (2, 3)}`,
		"{'descr': u'|u1', u'fortran_order': False, 'shape': (2L, 3L), }",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2,3,), }",
		"  {\n\t'descr' : ('|u1') ,\n 'fortran_order':\tFalse , 'shape' : ( 2 , 3 , ) , } \n",
	} {
		for version := byte(1); version <= 3; version++ {
			if a, err := decode(raw(version, text, data)); err != nil || !slices.Equal(a.Shape, []int{2, 3}) || a.Data[5] != 6 {
				t.Errorf("%s: got %v, %v", text, a, err)
			}
		}
	}
	for text, want := range map[string]string{
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2,621), }":         "(2, 2, 621)", // thousands with a comma
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'x': 1, }":     "4 keys",
		"{'descr': '|u1', 'fortran_order': False, 'x': (2, 3)}":                   `none "shape"`,
		"{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,)}": "twice",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (6)}":                  "want a tuple",
		"{'descr': '|u1', 'fortran_order': False, 'shape': [6]}":                  "want a tuple",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (6.0,)}":               "whole number",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (-6,)}":                `"-6,)`,
		"{'descr': '|u1', 'fortran_order': False, 'shape': (0x6,)}":               "whole number",
		"{'descr': '|u1', 'fortran_order': False, 'shape': ('6',)}":               "whole numbers in the shape",
		"{'descr': '|u1', 'fortran_order': 0, 'shape': (6,)}":                     "True or False",
		"{'descr': '|u1', 'fortran_order': Falsely, 'shape': (6,)}":               "want a value",
		"{'descr': '|u1' 'fortran_order': False, 'shape': (6,)}":                  "want , or }",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (6,)":                  "the end of the header",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (6,)} x":               "nothing after }",
		"{'descr': '|u\\x31', 'fortran_order': False, 'shape': (6,)}":             "without escapes",
		"{1: 2}":                        "strings as keys",
		"(1,)":                          "want {",
		"{'descr': ((((((((((1,)))))))": "levels",
		"{'descr': '|u1', 'fortran_order': False, 'shape': (" + strings.Repeat("1,", 65) + ")}": "at most 64",
	} {
		if _, err := decode(raw(2, text, data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }")
	f.Add(`{"shape":(2L,),"descr":[('a','<f4')],"fortran_order":True}`)
	f.Fuzz(func(t *testing.T, text string) {
		h, _, err := parseHeader(text)
		if err != nil {
			return
		}
		order := map[bool]string{true: "True", false: "False"}[h.fortran]
		again, _, err := parseHeader("{'descr': '<f4', 'fortran_order': " + order + ", 'shape': " + shapeText(h.shape) + "}")
		if err != nil || !slices.Equal(again.shape, h.shape) || again.fortran != h.fortran {
			t.Errorf("%q is %v and then %v, %v", text, h, again, err)
		}
	})
}

// Bytes and uint16 have a known white. Other integers are black or white, and floats are in [0, 1].
func TestPixels(t *testing.T) {
	float, u1, u2, i8, b := Type{kind: 'f', size: 4}, Type{kind: 'u', size: 1}, Type{kind: 'u', size: 2}, Type{kind: 'i', size: 8}, Type{kind: 'b', size: 1}
	for _, c := range []struct {
		of         Type
		data, want []float32
		refused    string
	}{
		{u1, []float32{0, 51, 255}, []float32{0, 0.2, 1}, ""},
		{u1, []float32{0, 1}, []float32{0, 1. / 255}, ""},
		{u2, []float32{0, 257, 65535}, []float32{0, 1. / 255, 1}, ""},
		{b, []float32{0, 1}, []float32{0, 1}, ""},
		{i8, []float32{0, 1}, []float32{0, 1}, ""},
		{i8, []float32{0, 255}, nil, "the white of such integers is not known, got 255"},
		{i8, []float32{0, -1}, nil, "got -1"},
		{float, []float32{0, 0.5, 1}, []float32{0, 0.5, 1}, ""},
		{Type{}, []float32{0.25}, []float32{0.25}, ""},
		{float, []float32{0, 200, 17}, nil, "got numbers up to 200, as bytes have: save array / 255"},
		{float, []float32{0, 1.5}, nil, "got 1.5"},
		{float, []float32{-1, 1}, nil, "got -1"},
		{float, []float32{0, 1000}, nil, "got 1000"},
		{float, []float32{float32(math.NaN())}, nil, "want finite numbers"},
	} {
		got, err := Array{Shape: []int{len(c.data)}, Data: c.data, Type: c.of}.Pixels()
		if c.refused == "" && (err != nil || !slices.Equal(got, c.want)) || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%v of %v: got %v, %v, want %v %s", c.data, c.of, got, err, c.want, c.refused)
		}
	}
}

// ReadBytes keeps uint8 as bytes, in either order of the axes and in archives, and reads other types as Read.
func TestReadBytes(t *testing.T) {
	for header, want := range map[string][]byte{
		"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }": {0, 1, 2, 3, 254, 255},
		"{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }":  {0, 2, 254, 1, 3, 255},
		"{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }": nil,
		"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3), }": nil,
	} {
		file := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), 0)
		file = append(append(file, header...), 0, 1, 2, 3, 254, 255)
		var zipped bytes.Buffer
		z := zip.NewWriter(&zipped)
		w, err := z.Create("x.npy")
		if err == nil {
			_, err = w.Write(file)
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Read(bytes.NewReader(file), int64(len(file)))
		if err != nil || plain.Bytes != nil {
			t.Fatalf("Read gives %+v (%v)", plain, err)
		}
		a, err := ReadBytes(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		archive, err := OpenArchive(bytes.NewReader(zipped.Bytes()), int64(zipped.Len()))
		if err != nil {
			t.Fatal(err)
		}
		b, err := archive.ReadBytes("x")
		if err != nil || !bytes.Equal(a.Bytes, want) || !bytes.Equal(b.Bytes, want) || a.Type != plain.Type || (a.Data == nil) != (want != nil) ||
			want == nil && !slices.Equal(a.Data, plain.Data) {
			t.Errorf("%s: %+v and %+v, want the bytes %v (%v)", header, a, b, want, err)
		}
		if _, err := ReadBytes(bytes.NewReader(file[:len(file)-1]), int64(len(file)-1)); err == nil {
			t.Errorf("%s: a file that is cut off is read", header)
		}
	}
}
