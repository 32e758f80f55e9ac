package dataset

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// layout is where the parts of a folder of pictures are.
type layout struct {
	inside string // the folder in the folder that holds them, with slashes, or ""

	// Folders in it, with slashes. test is empty if some pictures are to be held out; then train may be, too:
	// all pictures are for training. There are several if each class has its own, else one.
	train, test []string
	classes     []string // of several

	unused []string // other folders for testing, with slashes
	others string   // a folder without pictures beside them, or ""
}

// maxNested bounds how many folders with nothing but a folder lie in one another.
const maxNested = 4

// findLayout finds the parts of a folder. Folders that hold nothing but one folder are gone through.
func findLayout(dir string) (l layout, err error) {
	for range maxNested {
		here := filepath.Join(dir, filepath.FromSlash(l.inside))
		folders, others, err := pictureFolders(here)
		if err != nil {
			return l, err
		}
		loose, err := looseIn(here)
		if err != nil {
			return l, err
		}
		if others != nil {
			l.others = path.Join(l.inside, others[0])
		}
		if found, err := l.parts(here, folders, loose); found || err != nil {
			return l, err
		}
		if loose == "" {
			if found, err := l.classParts(here, folders); found || err != nil {
				return l, err
			}
		}
		if loose != "" || len(folders) != 1 {
			return l, doubt(here, folders)
		}
		if loose, err = looseIn(filepath.Join(here, folders[0])); loose != "" || err != nil {
			return l, err // it is a class
		}
		l.inside = path.Join(l.inside, folders[0])
	}
	return l, nil
}

// parts looks for folders for training and testing among the folders in here.
func (l *layout) parts(here string, folders []string, loose string) (found bool, err error) {
	train, tests, classes, err := sortFolders(here, folders)
	switch {
	case err != nil || train == "":
		return false, err
	case len(tests) == 0 && len(classes) == 0 && loose == "":
		l.train = []string{train}
		return true, nil
	case len(tests) == 0:
		return false, nil
	case len(classes) > 0:
		return false, errors.Errorf("%s: want subfolders to train on and to test with, %s and %s, or subfolders of classes, got %s as well: "+
			"move it away, or name one of the subfolders as the data set", here, train, tests[0], classes[0])
	}
	l.train, l.test, l.unused = []string{train}, tests[:1], tests[1:]
	return true, nil
}

// classParts looks for folders of classes that hold folders for training and testing each.
func (l *layout) classParts(here string, folders []string) (found bool, err error) {
	if len(folders) < 2 { // a single one is no class, but the data set
		return false, nil
	}
	var train, test, unused []string
	for _, class := range folders {
		inside := filepath.Join(here, class)
		if loose, err := looseIn(inside); loose != "" || err != nil {
			return false, err
		}
		parts, _, err := pictureFolders(inside)
		if err != nil {
			return false, err
		}
		a, tests, others, err := sortFolders(inside, parts)
		if a == "" || len(tests) == 0 || len(others) > 0 || err != nil {
			return false, err
		}
		train, test = append(train, class+"/"+a), append(test, class+"/"+tests[0])
		for _, other := range tests[1:] {
			unused = append(unused, class+"/"+other)
		}
	}
	l.train, l.test, l.unused, l.classes = train, test, unused, folders
	return true, nil
}

// sortFolders tells folders for training and testing from others by their names. The tests are in the
// order in which they are preferred.
func sortFolders(dir string, folders []string) (train string, tests, others []string, err error) {
	for _, name := range folders {
		switch partName(name) {
		case "train", "training":
			if train != "" {
				return "", nil, nil, errors.Errorf("%s: want one subfolder to train on, got %s and %s: move one away", dir, train, name)
			}
			train = name
		case "test", "testing", "val", "valid", "validation", "dev", "eval":
			tests = append(tests, name)
		default:
			others = append(others, name)
		}
	}
	slices.SortStableFunc(tests, func(a, b string) int { return testRank(a) - testRank(b) })
	return train, tests, others, nil
}

// partName is the name of a folder in lower case, without "set" or "images" behind it.
func partName(name string) string {
	name = strings.ToLower(name)
	for _, suffix := range []string{"set", "images", "data"} {
		if short := strings.TrimRight(strings.TrimSuffix(name, suffix), "_- "); short != "" {
			name = short
		}
	}
	return name
}

// testRank orders subfolders for testing: test before val.
func testRank(name string) int {
	if strings.HasPrefix(strings.ToLower(name), "test") {
		return 0
	}
	return 1
}

// pictureFolders returns the folders in dir that hold pictures, in themselves or up to three folders
// deeper, and those that do not. Hidden folders are left out.
func pictureFolders(dir string) (folders, others []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, errors.WithStack(err)
	}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		switch {
		case err != nil || !info.IsDir() || strings.HasPrefix(e.Name(), "."):
		case holdsPictures(filepath.Join(dir, e.Name()), 3):
			folders = append(folders, e.Name())
		default:
			others = append(others, e.Name())
		}
	}
	return folders, others, nil
}

func holdsPictures(dir string, depth int) bool {
	loose, err := looseIn(dir)
	if loose != "" || err != nil { // what cannot be read is said where it is read
		return loose != ""
	}
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return e.IsDir() && depth > 0 && holdsPictures(filepath.Join(dir, e.Name()), depth-1)
	})
}

// part returns folders of the layout as a part.
func (l layout) part(folders []string) images.Part {
	p := images.Part{Classes: l.classes}
	for _, f := range folders {
		p.Folders = append(p.Folders, path.Join(l.inside, f))
	}
	return p
}

// openSplit opens a folder with parts for training and testing.
func (l layout) openSplit(ctx context.Context, how images.Options, o Options) (*Data, error) {
	train, test := l.part(l.train), l.part(l.test)
	all, counts, err := images.OpenParts(ctx, o.Data, []images.Part{train, test}, how)
	if err != nil {
		return nil, err
	}
	all.Name = FolderName(o.Data)
	trained, tested := strings.Join(train.Folders, ", "), strings.Join(test.Folders, ", ")
	verb := "is"
	if len(train.Folders) > 1 {
		verb = "are"
	}
	all.Notes = append(all.Notes, fmt.Sprintf("%s %s trained on, %s %s the test set", trained, verb, tested, verb))
	switch unused := l.part(l.unused).Folders; len(unused) {
	case 0:
	case 1:
		all.Notes = append(all.Notes, unused[0]+" is not used")
	default:
		all.Notes = append(all.Notes, strings.Join(unused, ", ")+" are not used")
	}
	if l.others != "" {
		all.Notes = append(all.Notes, fmt.Sprintf("%s holds no pictures", l.others))
	}
	loose, err := looseIn(filepath.Join(o.Data, filepath.FromSlash(l.inside)))
	if err != nil {
		return nil, err
	}
	if loose != "" {
		all.Notes = append(all.Notes, fmt.Sprintf("pictures beside %s and %s are not used, for example %s", trained, tested, loose))
	}
	pictures := make([]int, all.Len())
	for i := range pictures {
		pictures[i] = i
	}
	return ofFiles(all.Part(pictures[:counts[0]]), all.Part(pictures[counts[0]:]), o.Data, o)
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
