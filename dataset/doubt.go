package dataset

import (
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// doubt refuses a folder whose subfolders seem to be parts, or to have some, but not as findLayout takes
// them: their pictures would be passed over as too deep. The error says what to do.
func doubt(here string, folders []string) error {
	var whole, half, plain []string // folders with both parts, with one of them, and with pictures or classes
	for _, name := range folders {
		inside := filepath.Join(here, name)
		loose, err := looseIn(inside)
		if err != nil {
			return err
		}
		if loose != "" {
			plain = append(plain, name)
			continue
		}
		parts, _, err := pictureFolders(inside)
		if err != nil {
			return err
		}
		train, tests, _, err := sortFolders(inside, parts)
		switch {
		case err != nil:
			return err
		case train != "" && len(tests) > 0:
			whole = append(whole, name)
		case train != "" || len(tests) > 0:
			half = append(half, name)
		default:
			plain = append(plain, name)
		}
	}
	switch {
	case len(whole) == 1 && len(half) == 0:
		return errors.Errorf("%s: %s has subfolders to train on and to test with, but not %s: name %s as the data set, or move the rest away",
			here, whole[0], some(plain, "what lies beside it"), filepath.Join(here, whole[0]))
	case len(whole) == 0 && len(half) > 1 && len(plain) == 0:
		return errors.Errorf("%s: want subfolders to train on and to test with in each class, got one of both in %s: add the other, or name one class as the data set, such as %s",
			here, some(half, ""), filepath.Join(here, half[0]))
	case len(whole) > 0:
		return errors.Errorf("%s: want subfolders to train on and to test with in each class, as %s has them, got %s without one of them: add it, or move %s away",
			here, whole[0], some(append(half, plain...), "a picture"), some(append(half, plain...), "the picture"))
	}
	return doubtTests(here, folders)
}

// doubtTests refuses folders for testing, with classes in them, if there is none to train on.
func doubtTests(here string, folders []string) error {
	train, tests, _, err := sortFolders(here, folders)
	if err != nil || train != "" || len(tests) == 0 || len(folders) < 2 {
		return err
	}
	for _, test := range tests {
		loose, err := looseIn(filepath.Join(here, test))
		if err != nil {
			return err
		}
		if loose == "" {
			return errors.Errorf("%s: want a subfolder to train on beside %s: name it train, or name one of the subfolders as the data set, such as %s",
				here, strings.Join(tests, " and "), filepath.Join(here, test))
		}
	}
	return nil
}

// some lists up to three names, or what stands for none.
func some(names []string, none string) string {
	switch {
	case len(names) == 0:
		return none
	case len(names) > 3:
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
