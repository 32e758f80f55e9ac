package hdf5

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// described is what testdata/describe.py writes about an object.
type described struct {
	Attributes map[string]array
	Names      []string // of a group
	Dataset    *array
}

// array is what h5py reads.
type array struct {
	Type   string
	Shape  []int // nil for an empty one
	Values []any // string, json.Number, or a float as hexadecimal text
}

// open opens a file that is read once.
func open(t testing.TB, path string) *File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return f
}

// compare compares all of a file with what h5py reads.
func compare(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]described{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		t.Fatal(err)
	}
	root, err := open(t, name).Root()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("h5py found nothing")
	}
	for p, want := range all {
		if err := compareObject(root, p, want); err != nil {
			t.Errorf("%s: %s: %v", filepath.Base(name), p, err)
		}
	}
}

func compareObject(root *Group, p string, want described) error {
	var o *object
	if want.Dataset == nil {
		g, err := root.Group(p)
		if err != nil {
			return err
		}
		if o = &g.object; !slices.Equal(g.Names(), want.Names) {
			return fmt.Errorf("names: got %q, want %q", g.Names(), want.Names)
		}
	} else {
		d, err := root.Dataset(p)
		if err != nil {
			return err
		}
		o = &d.object
		if err := compareArray(d.Type(), d.Shape(), *want.Dataset, dataValues(d)); err != nil {
			return err
		}
	}
	if o.Path() != path.Clean(p) {
		return fmt.Errorf("path: got %s", o.Path())
	}
	names, err := o.AttrNames()
	if err != nil || len(names) != len(want.Attributes) {
		return fmt.Errorf("attributes: got %q, %v, want %d", names, err, len(want.Attributes))
	}
	for name, a := range want.Attributes {
		v, err := o.Attr(name)
		if err != nil {
			return err
		}
		if err := compareArray(v.Type(), v.Shape(), a, v); err != nil {
			return fmt.Errorf("attribute %q: %v", name, err)
		}
	}
	if _, err := o.Attr("not there"); !errors.Is(err, ErrNotExist) {
		return fmt.Errorf("an attribute that is not there: got %v", err)
	}
	return nil
}

// values are read from a dataset or an attribute.
type values interface {
	Texts() ([]string, error)
	Ints() ([]int64, error)
	Floats() ([]float64, error)
}

// dataset has the values of a dataset as those of an attribute.
type dataset struct{ *Dataset }

func dataValues(d *Dataset) values { return dataset{d} }

func (d dataset) Texts() ([]string, error) { return d.Strings(1 << 20) }
func (d dataset) Ints() ([]int64, error)   { return d.Dataset.Ints(1 << 20) }
func (d dataset) Floats() ([]float64, error) {
	all, err := d.Dataset.Floats(1 << 20)
	wide := make([]float64, len(all))
	for i, v := range all {
		wide[i] = float64(v)
	}
	return wide, err
}

func compareArray(typ string, shape []int, want array, got values) error {
	if want.Type != typ {
		return fmt.Errorf("type: got %s, want %s", typ, want.Type)
	}
	if !slices.Equal(shape, want.Shape) || (shape == nil) != (want.Shape == nil) {
		return fmt.Errorf("shape: got %d, want %d", shape, want.Shape)
	}
	var texts []string
	var err error
	switch _, rounded := got.(dataset); {
	case typ == "string":
		texts, err = got.Texts()
	case strings.Contains(typ, "int"):
		var all []int64
		all, err = got.Ints()
		for _, v := range all {
			texts = append(texts, strconv.FormatInt(v, 10))
		}
	default:
		var all []float64
		all, err = got.Floats()
		for i, v := range all {
			texts = append(texts, fmt.Sprint(v))
			if i < len(want.Values) {
				want.Values[i] = float(want.Values[i].(string), rounded)
			}
		}
	}
	if err != nil || len(texts) != len(want.Values) {
		return fmt.Errorf("got %d values, %v, want %d", len(texts), err, len(want.Values))
	}
	for i, v := range want.Values {
		if texts[i] != fmt.Sprint(v) {
			return fmt.Errorf("value %d: got %.80q, want %.80q", i, texts[i], v)
		}
	}
	return nil
}

// float formats a float that Python wrote in hexadecimal.
func float(s string, rounded bool) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && s != "nan" {
		v = math.Inf(len(s) - len("inf")*2) // no float is so
	}
	if rounded {
		v = float64(float32(v))
	}
	return fmt.Sprint(v)
}

// The files of testdata are read as h5py reads them.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.h5")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, name := range files {
		if _, err := os.Stat(name + ".json"); err != nil {
			continue // most of refused.h5 is not read (TestRefused), and pages.h5 has too many values (TestPages)
		}
		compare(t, name)
	}
}

// Keras writes the names of the weights of a layer without weights as no numbers.
func TestNamesOfNoWeights(t *testing.T) {
	root, err := open(t, "testdata/keras.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	g, err := root.Group("model_weights/dropout")
	if err != nil {
		t.Fatal(err)
	}
	v, err := g.Attr("weight_names")
	if err != nil || v.Type() != "float64" {
		t.Fatalf("got %s, %v, want the type that Keras writes", v.Type(), err)
	}
	if names, err := v.Texts(); err != nil || len(names) != 0 {
		t.Errorf("got %q, %v", names, err)
	}
}

// The indices of many chunks have pages and levels, most of which may be empty.
func TestPages(t *testing.T) {
	root, err := open(t, "testdata/pages.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	for name, count := range map[string]int{"fixed": 2500, "extensible": 140_000, "tree": 300} {
		d, err := root.Dataset(name)
		if err != nil {
			t.Fatal(err)
		}
		values, err := d.Ints(count)
		if err != nil || len(values) != count {
			t.Fatalf("%s: got %d values, %v", name, len(values), err)
		}
		for i, v := range values {
			want := int64(200) // never written
			for _, at := range []int{0, 20, 200, 900, 1500, 2400, 139_000} {
				if i >= at && (i < at+10 || name == "tree") {
					want = int64(i % 100)
				}
			}
			if v != want {
				t.Fatalf("%s: value %d is %d, want %d", name, i, v, want)
			}
		}
	}
}
