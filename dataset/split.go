package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// split is the subfolders of a folder that are the parts of the data set.
type split struct {
	train, test string
	unused      string // another subfolder for testing, or ""; test is "" if there is none
}

// findSplit finds the subfolders for training and testing in a folder. It returns the zero value if
// there are none. Other subfolders beside them are an error, because it would be unclear what they are.
func findSplit(dir string) (s split, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return s, errors.WithStack(err)
	}
	var others, tests []string
	for _, e := range entries {
		name := e.Name()
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !info.IsDir() || strings.HasPrefix(name, ".") {
			continue
		}
		switch lower := strings.ToLower(name); lower {
		case "train", "training":
			if s.train != "" {
				return split{}, errors.Errorf("%s: want one subfolder to train on, got %s and %s", dir, s.train, name)
			}
			s.train = name
		case "test", "testing", "val", "valid", "validation":
			tests = append(tests, name)
		default:
			others = append(others, name)
		}
	}
	if s.train != "" && len(tests) == 0 && len(others) == 0 {
		if loose, err := looseIn(dir); err != nil || loose != "" {
			return split{}, err
		}
		return s, nil
	}
	if s.train == "" || len(tests) == 0 {
		return split{}, nil
	}
	if len(others) > 0 {
		return split{}, errors.Errorf("%s: want subfolders to train on and to test with, %s and %s, or subfolders of classes, got %s as well: "+
			"move it away, or name one of the subfolders as the data set", dir, s.train, tests[0], others[0])
	}
	slices.SortStableFunc(tests, func(a, b string) int { return testRank(a) - testRank(b) })
	s.test = tests[0]
	if len(tests) > 1 {
		s.unused = tests[1]
	}
	return s, nil
}

// testRank orders subfolders for testing: test before val.
func testRank(name string) int {
	if strings.HasPrefix(strings.ToLower(name), "test") {
		return 0
	}
	return 1
}

// openSplit opens a folder with a split.
func openSplit(ctx context.Context, s split, how images.Options, o Options) (*Data, error) {
	all, counts, err := images.OpenParts(ctx, o.Data, []string{s.train, s.test}, how)
	if err != nil {
		return nil, err
	}
	all.Name = FolderName(o.Data)
	all.Notes = append(all.Notes, fmt.Sprintf("%s is trained on, %s is the test set", s.train, s.test))
	if s.unused != "" {
		all.Notes = append(all.Notes, fmt.Sprintf("%s is not used", s.unused))
	}
	loose, err := looseIn(o.Data)
	if err != nil {
		return nil, err
	}
	if loose != "" {
		all.Notes = append(all.Notes, fmt.Sprintf("pictures beside %s and %s are not used, for example %s", s.train, s.test, loose))
	}
	pictures := make([]int, all.Len())
	for i := range pictures {
		pictures[i] = i
	}
	train, test := all.Part(pictures[:counts[0]]), all.Part(pictures[counts[0]:])
	if train.Len() == 0 || test.Len() == 0 {
		return nil, errors.Errorf("%s: want pictures in %s and in %s, got none in one of them", o.Data, s.train, s.test)
	}
	return ofFiles(train, test, o.Data, o)
}

// looseIn returns the name of a picture that lies in a folder itself, or "".
func looseIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", errors.WithStack(err)
	}
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && images.IsPicture(filepath.Join(dir, e.Name())) {
			return e.Name(), nil
		}
	}
	return "", nil
}
