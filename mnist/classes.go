package mnist

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// classes gives the set the names of its classes if a file of EMNIST tells them. The labels of EMNIST's
// letters begin at 1: they become one less, and the names keep what they are.
func (f family) classes(d *Data) error {
	if !strings.HasPrefix(f.name, "emnist") {
		return nil
	}
	path := filepath.Join(f.dir, f.name+"-mapping.txt")
	names, err := readMapping(path)
	if err != nil {
		return err
	}
	parts := []*images.Set{d.Train}
	if d.Test != nil {
		parts = append(parts, d.Test)
	}
	highest, fromOne := 0, strings.HasSuffix(f.name, "letters")
	for _, s := range parts {
		for _, label := range s.Labels {
			highest = max(highest, int(label))
			fromOne = fromOne && label > 0
		}
	}
	if names == nil && !fromOne || highest == 0 {
		return nil
	}
	if fromOne {
		d.Notes = append(d.Notes, fmt.Sprintf("the labels are from 1 to %d: class 0 is the first", highest))
	}
	classes := make([]string, 0, highest+1)
	for label := range highest + 1 {
		name, ok := names[label]
		if !ok {
			name = strconv.Itoa(label)
		}
		classes = append(classes, name)
	}
	for _, s := range parts {
		s.Classes = classes
		if fromOne {
			s.Classes = classes[1:]
			for i := range s.Labels {
				s.Labels[i]--
			}
		}
	}
	return nil
}

// readMapping reads a file of EMNIST with lines of a label and the characters that it stands for, as numbers of
// ASCII: "1 65 97". It returns nil if there is none.
func readMapping(path string) (map[int]string, error) {
	const most = 1 << 16 // bytes; EMNIST's longest file has 600
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && len(text) > most {
		err = errors.Errorf("want at most %d bytes, got more", most)
	}
	if err != nil {
		return nil, errors.Wrap(err, path)
	}
	names, err := parseMapping(string(text))
	return names, errors.WithMessage(err, path)
}

func parseMapping(text string) (map[int]string, error) {
	names := map[int]string{}
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		label, err := strconv.ParseUint(fields[0], 10, 8)
		name := ""
		for _, field := range fields[1:] {
			c, wrong := strconv.ParseUint(field, 10, 21)
			if wrong != nil || !unicode.IsGraphic(rune(c)) {
				err = errors.New("no character")
			}
			name += string(rune(c))
		}
		if err != nil || name == "" {
			return nil, errors.Errorf("line %d: want a label and the numbers of its characters, such as 1 65 97, got %.60q", i+1, line)
		}
		names[int(label)] = name
	}
	return names, nil
}
