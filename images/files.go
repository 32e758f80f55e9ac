package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// file is a picture in a file.
type file struct {
	path          string            // on the disk
	name          string            // in the folder, with slashes
	label         int               // of its class, or -1
	part          int               // of the set; see OpenParts
	hash          [sha256.Size]byte // of what it shows; see contentOf
	height, width int               // upright
	err           error             // why it cannot be read
}

// Files is pictures in files, in grey or in colour. They are decoded when they are asked for, on all
// cores and a little ahead in training, and kept in memory as long as they fit into the cache. If
// all have one size, it is a data set that package train takes; else Patches makes one of it.
type Files struct {
	Name    string
	Classes []string // the name of each class, or nil
	Notes   []string // what a user would not expect, each in one line

	Greyed      int // pictures with colours that became grey, because the options say so
	Transparent int // pictures with transparent pixels, which lie on the background

	Damaged []Damaged // the files that were left out, if the options say so, in the order of the files

	files []file
	o     Options
	form  form
	store *store
	index []int32 // of each picture in store
}

// Damaged is a file that cannot be read.
type Damaged struct {
	Name string // in the folder, with slashes
	Err  error  // why
}

// OpenFolder opens the pictures of a folder: PNG, JPEG, GIF, BMP, TIFF, WebP and PNM, of which the first frame or
// page is read, told by their content, in natural order (2 before 10). If pictures lie in subfolders, each of these is a
// class. It does not look into deeper folders. The set's name is the folder's base name.
//
// Pictures are read as viewers show them: turned as their EXIF data say, and laid on the background
// where they are transparent. With Auto the set is grey if all its pictures are grey, else in colour:
// the pixels decide, not the format of the file. If a picture has more than 8 bits, all have 16.
//
// OpenFolder reads each picture once. Files that cannot be read are an error that lists them, unless
// the options skip them. What is passed over, and pictures that look wrong, are in the Notes.
func OpenFolder(ctx context.Context, dir string, o Options) (*Files, error) {
	l, err := list(dir)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the pictures of %s", dir)
	}
	return open(ctx, FolderName(dir), l, o)
}

// OpenParts opens the pictures of parts of a folder as OpenFolder opens one folder, and brings them to
// one form. The classes are those of all parts together, in natural order, and the names of the
// pictures are their paths in dir. It returns how many pictures each part has; they follow one another.
func OpenParts(ctx context.Context, dir string, parts []Part, o Options) (f *Files, counts []int, err error) {
	l, err := listParts(dir, parts)
	if err != nil {
		return nil, nil, err
	}
	if f, err = open(ctx, FolderName(dir), l, o); err != nil {
		return nil, nil, err
	}
	counts = make([]int, len(parts))
	for _, one := range f.files {
		counts[one.part]++
	}
	return f, counts, nil
}

// OpenFiles opens pictures in files as OpenFolder does, with the paths as names. There are no labels.
func OpenFiles(ctx context.Context, paths []string, o Options) (*Files, error) {
	if len(paths) == 0 {
		return nil, ErrNoImages
	}
	l := &listing{}
	for _, path := range paths {
		l.files = append(l.files, file{path: path, name: filepath.ToSlash(path), label: -1})
	}
	return open(ctx, filepath.Base(paths[0]), l, o)
}

func open(ctx context.Context, name string, l *listing, o Options) (*Files, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if o.Cache == 0 {
		o.Cache = defaultCache()
	}
	if o.Keep != nil {
		l.files = slices.DeleteFunc(l.files, func(one file) bool { return !o.Keep(one.name) })
	}
	f := &Files{Name: name, Classes: l.classes, Notes: l.notes, files: l.files, o: o}
	return f, f.survey(ctx)
}

// drop drops the files that cannot be read, or returns an error that lists them.
func (f *Files) drop() error {
	const shown = 20
	var texts []string
	var whole []file
	for _, one := range f.files {
		err := one.err
		if err == nil {
			whole = append(whole, one)
			continue
		}
		var fault *os.PathError
		if errors.As(err, &fault) {
			err = fault.Err
		}
		texts = append(texts, fmt.Sprintf("%s: %v", one.path, err))
		if f.o.ListDamaged {
			f.Damaged = append(f.Damaged, Damaged{one.name, err})
		}
	}
	if len(texts) == 0 {
		return nil
	}
	n := len(texts)
	if f.o.ListDamaged {
		f.files = whole
		return nil
	}
	if n > shown {
		texts = append(texts[:shown], fmt.Sprintf("and %d more", n-shown))
	}
	text := strings.Join(texts, "; ")
	switch {
	case !f.o.SkipDamaged:
		return errors.Errorf("%d of %d pictures cannot be read (--skip-damaged goes on without them): %s", n, len(f.files), text)
	case len(whole) == 0:
		return errors.Errorf("no picture can be read: %s", text)
	}
	f.Notes = append(f.Notes, fmt.Sprintf("%d of %d pictures cannot be read and are left out: %s", n, len(f.files), text))
	f.files = whole
	return nil
}

// survey decodes all pictures, finds the form that does for all of them, and looks at them.
func (f *Files) survey(ctx context.Context) error {
	f.form = form{channels: 1, settled: f.o.Color != Auto, cut: f.o.Range}
	if f.o.Color == RGB {
		f.form.channels = 3
	}
	f.form.cut.Auto = false
	for {
		about, more := f.look(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		if more != (otherForm{}) {
			if more.colour && !f.form.settled {
				f.form.channels = 3
			}
			f.form.deep = f.form.deep || more.deep
			continue
		}
		if slices.ContainsFunc(f.files, func(one file) bool { return one.err != nil }) {
			if err := f.drop(); err != nil {
				return err
			}
			continue // the rest is looked at again
		}
		if len(about) > 0 && f.o.Range.Auto && f.form.cut == (Range{}) && f.cutAuto(about) {
			continue
		}
		f.note(about)
		return nil
	}
}

// look decodes all pictures in the present form. It returns what they look like. If a picture needs
// another form, it stops and returns that.
func (f *Files) look(ctx context.Context) (about []facts, more otherForm) {
	about = make([]facts, len(f.files))
	f.index = make([]int32, len(f.files))
	f.store = newStore(f.o.Cache, f.decode)
	var mu sync.Mutex
	done := 0
	_ = eachOf(ctx, len(f.files), func(i int) error {
		f.index[i] = int32(i)
		if f.files[i].err != nil {
			return nil
		}
		fr, a, err := f.inspect(i)
		if other := (otherForm{}); errors.As(err, &other) {
			mu.Lock()
			defer mu.Unlock()
			more.colour, more.deep = more.colour || other.colour, more.deep || other.deep
			return err
		}
		about[i], f.files[i].err = a, err
		if err == nil {
			f.store.offer(i, fr)
		}
		mu.Lock()
		defer mu.Unlock()
		if done++; f.o.Progress != nil {
			f.o.Progress(done, len(f.files))
		}
		return nil
	})
	return about, more
}

// inspect is decode, and keeps the size of the picture and the hash of what it shows.
func (f *Files) inspect(i int) (frame, facts, error) {
	m, err := readPixmap(f.files[i].path)
	if err != nil {
		return frame{}, facts{}, err
	}
	one := &f.files[i]
	one.height, one.width, one.hash = m.Height, m.Width, contentOf(m)
	return f.shape(i, m)
}

// decode decodes picture i of all that were opened, in the form of the set.
func (f *Files) decode(i int) (frame, error) {
	m, err := readPixmap(f.files[i].path)
	if err != nil {
		return frame{}, err
	}
	fr, _, err := f.shape(i, m)
	return fr, err
}

func readPixmap(path string) (*pixmap.Image, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return pixmap.Decode(data)
}

// shape brings decoded picture i into the form of the set.
func (f *Files) shape(i int, m *pixmap.Image) (frame, facts, error) {
	fr, about, err := f.form.make(m, f.o)
	if err == nil {
		err = fr.check(f.sizeOf(i))
	}
	return fr, about, err
}

// sizeOf returns the size of picture i of all that were opened, as it is given out.
func (f *Files) sizeOf(i int) Size {
	if f.o.Height > 0 {
		return Size{f.form.channels, f.o.Height, f.o.Width}
	}
	return Size{f.form.channels, f.files[i].height, f.files[i].width}
}

// cutAuto sets the range to that of all numbers. It reports whether it differs from the full one.
func (f *Files) cutAuto(about []facts) bool {
	lowest, highest := about[0].lowest, about[0].highest
	for _, a := range about {
		lowest, highest = min(lowest, a.lowest), max(highest, a.highest)
	}
	if lowest == highest || lowest == 0 && int64(highest) == f.form.most() {
		return false
	}
	f.form.cut = Range{Lo: float64(lowest), Hi: float64(highest)}
	f.Notes = append(f.Notes, fmt.Sprintf("the range of the pictures is %d:%d, which becomes 0 to 1", lowest, highest))
	return true
}

// fingerprint tells the pictures from others by what they show and how they are read.
func (f *Files) fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %v %v %v %v %v\n", f.Len(), f.form.channels, f.form.deep, f.form.cut, f.o.Background, f.o.Fit, Size{0, f.o.Height, f.o.Width}) // a hash never returns an error
	for k, i := range f.index {
		h.Write(f.files[i].hash[:])
		fmt.Fprintln(h, f.Label(k))
	}
	return hex.EncodeToString(h.Sum(nil))
}
