package images

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maruel/natural"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// ErrNoImages is the cause of OpenFolder's error for a folder that holds no picture at all.
var ErrNoImages = errors.New("no pictures in it or its subfolders")

// maxClasses is how many classes a byte can tell apart.
const maxClasses = 256

// listing is the pictures of a folder.
type listing struct {
	files   []file
	classes []string
	passed  passed
	notes   []string
}

// passed counts what was passed over, by reason.
type passed struct {
	reasons []string // in the order in which they came
	counts  map[string]int
	first   map[string]string
}

func (p *passed) add(reason, example string) {
	if p.counts == nil {
		p.counts, p.first = map[string]int{}, map[string]string{}
	}
	if p.counts[reason]++; p.counts[reason] == 1 {
		p.reasons = append(p.reasons, reason)
		p.first[reason] = example
	}
}

// String says how many were passed over, with an example of each reason, or "".
func (p *passed) String() string {
	var texts []string
	for _, reason := range p.reasons {
		texts = append(texts, fmt.Sprintf("%s: %d (%s)", reason, p.counts[reason], p.first[reason]))
	}
	return strings.Join(texts, ", ")
}

// list returns the pictures of a folder, in natural order: 2 before 10. If they lie in subfolders,
// each of these is a class, and its pictures follow one another.
func list(dir string) (*listing, error) {
	l := &listing{}
	loose, folders, err := l.readDir(dir, "")
	if err != nil {
		return nil, err
	}
	l.files = loose
	for _, folder := range folders {
		inside, deeper, err := l.readDir(filepath.Join(dir, folder), folder)
		if err != nil {
			return nil, err
		}
		if holdsRun(filepath.Join(dir, folder)) {
			l.passed.add("folders of runs", folder)
			continue
		}
		for _, d := range deeper {
			l.passed.add("folders too deep", folder+"/"+d)
		}
		if len(inside) == 0 {
			l.passed.add("folders without a picture of their own", folder)
			continue
		}
		for i := range inside {
			inside[i].label = len(l.classes)
		}
		l.files = append(l.files, inside...)
		l.classes = append(l.classes, folder)
	}
	if len(l.files) == 0 {
		err := ErrNoImages
		if text := l.passed.String(); text != "" {
			return nil, errors.WithMessagef(err, "passed over: %s", text)
		}
		return nil, err
	}
	l.judge(loose)
	return l, nil
}

// holdsRun reports whether a folder is that of a training: its figures are no data.
func holdsRun(dir string) bool {
	for _, name := range []string{"checkpoint.safetensors", "model.safetensors"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// judge decides whether the pictures have labels.
func (l *listing) judge(loose []file) {
	why := ""
	switch {
	case len(l.classes) > maxClasses:
		why = fmt.Sprintf("there are %d subfolders with pictures, and a set has at most %d classes", len(l.classes), maxClasses)
	case len(loose) > 0 && len(l.classes) > 0:
		why = fmt.Sprintf("some lie in the folder itself (%s) and some in subfolders (%s)", loose[0].name, l.classes[0])
	}
	if why != "" {
		l.classes = nil
		l.notes = append(l.notes, "the pictures have no labels: "+why)
	}
	if l.classes == nil {
		for i := range l.files {
			l.files[i].label = -1
		}
	}
	if text := l.passed.String(); text != "" {
		l.notes = append(l.notes, fmt.Sprintf("%d pictures are read; passed over: %s", len(l.files), text))
	}
}

// readDir returns the pictures and the names of the folders in dir, in natural order. inside is the
// path of dir in the set's folder.
func (l *listing) readDir(dir, inside string) (files []file, folders []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, errors.WithStack(err)
	}
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int { return CompareNames(a.Name(), b.Name()) })
	for _, entry := range entries {
		name := entry.Name()
		within := name
		if inside != "" {
			within = inside + "/" + name
		}
		path := filepath.Join(dir, name)
		mode := entry.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if err != nil {
				l.passed.add("links to nothing", within)
				continue
			}
			mode = info.Mode().Type()
		}
		switch reason := refuse(path, name, mode); {
		case mode.IsDir() && !strings.HasPrefix(name, "."):
			folders = append(folders, name)
		case mode.IsDir() || strings.HasPrefix(name, ".") && !isPictureName(name): // what systems and programs leave
		case reason != "":
			l.passed.add(reason, within)
		default:
			files = append(files, file{path: path, name: within, label: -1})
		}
	}
	return files, folders, nil
}

// CompareNames is the natural order of names, 2 before 10, for slices.SortFunc. Names that only differ
// in leading zeros are in byte order.
func CompareNames(a, b string) int {
	switch {
	case natural.Less(a, b):
		return -1
	case natural.Less(b, a):
		return 1
	}
	return strings.Compare(a, b)
}

// refuse returns why a file is not taken for a picture, or "". Only a file without an extension is
// opened.
func refuse(path, name string, mode fs.FileMode) string {
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case strings.HasPrefix(name, "."):
		return "hidden files"
	case otherFormats[ext]:
		return "files of formats that are not read"
	case ext != "" && !isPictureName(name):
		return "files with other extensions"
	case !mode.IsRegular():
		return "no regular files"
	case ext == "" && !isPictureContent(path):
		return "files without an extension that hold no picture"
	}
	return ""
}

// otherFormats holds the extensions of formats of pictures that are not read.
var otherFormats = extensions(".avif .heic .heif .jxl .jp2 .j2k .jpx .tga .psd .svg .pdf .eps .exr .hdr .dds .ico .raw .dng .cr2 .nef .arw .dcm")

// pictureFormats holds the extensions of formats of pictures that are read.
var pictureFormats = extensions(".png .apng .jpg .jpeg .jpe .jfif .jif .gif .bmp .dib .tif .tiff .webp .pnm .pbm .pgm .ppm .pam")

func extensions(list string) map[string]bool {
	set := map[string]bool{}
	for _, ext := range strings.Fields(list) {
		set[ext] = true
	}
	return set
}

func isPictureName(name string) bool { return pictureFormats[strings.ToLower(filepath.Ext(name))] }

// IsPicture says if a path has the extension of a format that is read, or none and the content of
// a picture.
func IsPicture(path string) bool {
	return isPictureName(path) || filepath.Ext(path) == "" && isPictureContent(path)
}

// isPictureContent reports whether a regular file begins as a picture does.
func isPictureContent(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := f.Read(head) // an empty file is no picture
	return pixmap.Reads(pixmap.Sniff(head[:n]))
}

// FolderNames returns the names of the pictures in a folder, as OpenFolder finds them, and reads none.
func FolderNames(dir string) ([]string, error) {
	l, err := list(dir)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot list the pictures of %s", dir)
	}
	names := make([]string, len(l.files))
	for i, one := range l.files {
		names[i] = one.name
	}
	return names, nil
}
