package tensorboard

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/errors"
)

// A record as TensorFlow's TFRecordWriter writes it: of the bytes "hello".
func TestRecordOfTensorFlow(t *testing.T) {
	want := "0500000000000000" + "eab2043e" + hex.EncodeToString([]byte("hello")) + "bb1f1c19"
	if got := hex.EncodeToString(appendRecord(nil, []byte("hello"))); got != want {
		t.Errorf("the record is %s, want %s", got, want)
	}
}

func TestReadRecord(t *testing.T) {
	want := [][]byte{[]byte("first"), {}, bytes.Repeat([]byte("x"), 1000)}
	var file []byte
	for _, data := range want {
		file = appendRecord(file, data)
	}
	read := func(file []byte) (n int, err error) {
		r := bytes.NewReader(file)
		for {
			data, err := readRecord(r, int64(r.Len()))
			if err != nil {
				return n, err
			}
			if n >= len(want) || !bytes.Equal(data, want[n]) {
				return n, errors.Errorf("record %d is %.20q", n, data)
			}
			n++
		}
	}
	if n, err := read(file); n != 3 || err != io.EOF {
		t.Errorf("%d records, then %v", n, err)
	}
	ends := map[int]int{0: 0, 21: 1, 37: 2} // where a file may end without a broken record
	for size := range file {
		n, err := read(file[:size])
		if whole, ok := ends[size]; ok {
			if n != whole || err != io.EOF {
				t.Errorf("the first %d bytes: %d records, then %v", size, n, err)
			}
		} else if !errors.Is(err, errBroken) {
			t.Errorf("the first %d bytes: %v, want %v", size, err, errBroken)
		}
	}
	for i := range file {
		damaged := bytes.Clone(file)
		damaged[i] ^= 16
		if _, err := read(damaged); !errors.Is(err, errBroken) {
			t.Errorf("with byte %d changed: %v, want %v", i, err, errBroken)
		}
	}
}

// FuzzScan reads any file, and a file that ends with it. Cutting leaves whole records of no later steps.
func FuzzScan(f *testing.F) {
	start := event{version: true}.marshal()
	begin := event{step: 2, start: true}.marshal()
	numbers := event{step: 1, values: []value{scalar("loss", 0.5, "of all"), scalar("val_loss", 0.25, "")}}.marshal()
	f.Add([]byte{})
	f.Add(appendRecord(nil, start))
	f.Add(appendRecord(appendRecord(appendRecord(nil, start), begin), numbers))
	f.Add(appendRecord(nil, []byte{0x2a, 0x02, 0x0a, 0x7f}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, appendRecord(appendRecord(nil, start), data)} {
			dir := t.TempDir()
			path := filepath.Join(dir, prefix+"1"+suffix)
			if err := os.WriteFile(path, file, 0o666); err != nil {
				t.Fatal(err)
			}
			if last, err := unbroken(dir, lossTag); err != nil || last < 0 {
				t.Fatal(last, err)
			}
			if _, err := cut(dir, 3, sessionEndTag); err != nil {
				t.Fatal(err)
			}
			left, err := os.ReadFile(path)
			if os.IsNotExist(err) {
				continue
			}
			if err != nil || !bytes.HasPrefix(file, left) {
				t.Fatalf("%d bytes are left of %d, %v", len(left), len(file), err)
			}
			end, err := scan(path, func(_ int64, e seen) bool {
				if e.step > 3 {
					t.Errorf("step %d is left", e.step)
				}
				return true
			})
			if err != nil || end != int64(len(left)) {
				t.Errorf("whole records up to %d of %d bytes, %v", end, len(left), err)
			}
		}
	})
}
