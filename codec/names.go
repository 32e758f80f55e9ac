package codec

import (
	"encoding/binary"
	"path"
	"strings"

	"github.com/pkg/errors"
)

// Names of a chunk are often alike: "0041.png", "0042.png". So a name is the next one in counting,
// or the beginning that it shares with the name before, a middle, and the end that it shares. Four
// packed lists hold the lengths of the three parts and the bytes of the middles.

// CheckName refuses a name under which no file can be written below a folder. What a reader gets may
// come from anywhere, so it checks names as well.
func CheckName(name string) error {
	clean := path.Clean(name)
	switch {
	case len(name) > maxName:
		return errors.Errorf("want a name of at most %d bytes, got %d: %.40q", maxName, len(name), name)
	case strings.ContainsRune(name, 0):
		return errors.Errorf("want a name without NUL, got %.40q", name)
	case path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../"):
		return errors.Errorf("want a name of a file below a folder, such as 3/0041.png, got %.40q, which leads out of it", name)
	}
	return nil
}

// counted stands in place of the length of a beginning for a name that is the next one in counting.
// The name has no other parts.
const counted = -1

// nextName returns the name after a name in counting: its last number is one greater, with as many
// digits. ok is false if there is no number, or if it has nines alone.
func nextName(name string) (next string, ok bool) {
	b := []byte(name)
	i := len(b) - 1
	for i >= 0 && (b[i] < '0' || b[i] > '9') {
		i--
	}
	for ; i >= 0 && b[i] >= '0' && b[i] <= '9'; i-- {
		if b[i] < '9' {
			b[i]++
			return string(b), true
		}
		b[i] = '0'
	}
	return "", false
}

// appendNames appends the names of images from first on. None is longer than maxName.
func appendNames(dst []byte, first int, names []string) []byte {
	var begins, ends, lengths []int32
	var middles []byte
	before := ""
	for _, name := range names {
		b, e := shared(before, name)
		middle := name[max(b, 0) : len(name)-e]
		if b == counted {
			middle = ""
		}
		begins, ends, lengths = append(begins, int32(b)), append(ends, int32(e)), append(lengths, int32(len(middle)))
		middles = append(middles, middle...)
		before = name
	}
	dst = binary.AppendUvarint(dst, uint64(first))
	for _, list := range [][]int32{begins, ends, lengths} {
		dst = appendInts(dst, list)
	}
	return appendText(dst, middles)
}

// shared returns the lengths of the beginning and the end that two names share.
func shared(before, name string) (begin, end int) {
	if next, ok := nextName(before); ok && next == name {
		return counted, 0
	}
	most := min(len(name), len(before))
	for begin < most && name[begin] == before[begin] {
		begin++
	}
	for end < most-begin && name[len(name)-1-end] == before[len(before)-1-end] {
		end++
	}
	return begin, end
}

// readNames reads what appendNames wrote: at most most names.
func readNames(content []byte, most int) (first int, names []string, err error) {
	c := cursor{data: content}
	first = c.uint("a number of an image", 0, maxImages)
	begins := c.ints("beginnings", most, counted, maxName)
	ends := c.ints("ends", most, 0, maxName)
	lengths := c.ints("lengths", most, 0, maxName)
	middles := c.text("names")
	if err := c.end(); err != nil {
		return 0, nil, err
	}
	if len(ends) != len(begins) || len(lengths) != len(begins) {
		return 0, nil, errors.New("want a beginning, a middle and an end for each name, got different numbers of them")
	}
	before, total := "", 0
	for i := range begins {
		b, e, n := int(begins[i]), int(ends[i]), int(lengths[i])
		next, ok := nextName(before)
		if b != counted {
			if ok = b+e <= len(before) && n <= len(middles) && b+e+n <= maxName; ok {
				next, middles = before[:b]+string(middles[:n])+before[len(before)-e:], middles[n:]
			}
		} else if e+n > 0 {
			ok = false
		}
		if total += len(next); !ok || total > limit.text {
			return 0, nil, errors.Errorf("want names of at most %d bytes with parts that exist, got others", maxName)
		}
		names, before = append(names, next), next
	}
	if len(middles) > 0 {
		return 0, nil, errors.New("want the end of the names, got more bytes")
	}
	return first, names, nil
}

// maxLabel is the greatest label. -1 stands for no label.
const maxLabel = 1<<15 - 1

// appendLabels appends the labels of images from first on.
func appendLabels(dst []byte, first int, labels []int) []byte {
	values := make([]int32, len(labels))
	for i, l := range labels {
		values[i] = int32(l)
	}
	return appendInts(binary.AppendUvarint(dst, uint64(first)), values)
}

func readLabels(content []byte, most int) (first int, labels []int, err error) {
	c := cursor{data: content}
	first = c.uint("a number of an image", 0, maxImages)
	for _, v := range c.ints("labels", most, -1, maxLabel) {
		labels = append(labels, int(v))
	}
	return first, labels, c.end()
}

// appendClasses appends the names of the classes.
func appendClasses(dst []byte, classes []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(classes)))
	var text []byte
	for _, c := range classes {
		dst = binary.AppendUvarint(dst, uint64(len(c)))
		text = append(text, c...)
	}
	return appendText(dst, text)
}

func readClasses(content []byte) ([]string, error) {
	c := cursor{data: content}
	lengths := make([]int, c.uint("the number of classes", 0, min(maxLabel+1, len(content))))
	for i := range lengths {
		lengths[i] = c.uint("the length of a class", 0, limit.text)
	}
	text := c.text("classes")
	if err := c.end(); err != nil {
		return nil, err
	}
	classes := make([]string, len(lengths))
	for i, n := range lengths {
		if n > len(text) {
			return nil, errors.New("want the names of all classes, got fewer bytes")
		}
		classes[i], text = string(text[:n]), text[n:]
	}
	if len(text) > 0 {
		return nil, errors.New("want the end of the classes, got more bytes")
	}
	return classes, nil
}
