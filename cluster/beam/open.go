package beam

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

// opened is the images of an archive.
type opened struct {
	dataset.Images
	name    func(i int) string // nil if they have no names
	skipped []parts.Skipped    // pictures that cannot be read
}

// open opens the images of an archive. Arrays and IDX files are in memory as a whole then.
func (w *Worker) open(ctx context.Context, archive string) (opened, error) {
	if paths := members(archive); len(paths) > 1 || images.IsPicture(archive) {
		return w.openPictures(archive, "", below, func(how images.Options) (*images.Files, error) { return images.OpenFiles(ctx, paths, how) })
	}
	file := run.ArrayFile(archive)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return opened{}, errors.WithStack(err)
	case info.IsDir():
		return w.openPictures(archive, archive, func(name string) string { return name },
			func(how images.Options) (*images.Files, error) { return images.OpenFolder(ctx, archive, how) })
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return opened{}, errors.Errorf("want a file or a folder, got mode %v", info.Mode())
	case mnist.IsFile(archive):
		set, _, err := w.model.ReadIDX(archive)
		return opened{Images: set}, err
	}
	in, err := os.Open(file)
	if err != nil {
		return opened{}, errors.WithStack(err)
	}
	defer in.Close()
	if w.work.Task == CompressTask {
		set, _, err := w.model.ReadImages(archive, in, info.Size(), run.ByShape)
		return opened{Images: set}, err
	}
	set, _, err := w.model.ReadExact(archive, in, info.Size(), run.ByShape)
	return opened{Images: set}, err
}

// openPictures opens the pictures of an archive, and reads them as the command compress does: at their own size, if
// the model takes it. named returns the name of the picture whose path in dir is this.
func (w *Worker) openPictures(archive, dir string, named func(path string) string, open func(how images.Options) (*images.Files, error)) (opened, error) {
	how, err := w.model.TrainedOn.Reading.Options()
	if err != nil {
		return opened{}, err
	}
	if w.model.AnySize() {
		how.Height, how.Width = 0, 0
	}
	how.Color, how.ListDamaged = images.ColorOf(w.model.Size().Channels), true
	files, err := open(how)
	if err != nil {
		return opened{}, err
	}
	var o opened
	skip := func(name string, err error) {
		o.skipped = append(o.skipped, parts.Skipped{Name: filepath.Join(dir, name), Reason: err.Error()})
	}
	if files.Len() == 0 {
		return opened{}, errors.Errorf("none of its %d pictures can be read, the first because of: %s: %v", len(files.Damaged), files.Damaged[0].Name, files.Damaged[0].Err)
	}
	for _, d := range files.Damaged {
		if !w.work.SkipBad {
			return opened{}, errors.Errorf("%d of %d pictures cannot be read (--skip-bad goes on without them), the first because of: %s: %v",
				len(files.Damaged), files.Len()+len(files.Damaged), d.Name, d.Err)
		}
		skip(d.Name, d.Err)
	}
	if w.work.SkipBad {
		files = w.ofOneSize(files, skip)
	}
	set, err := files.SameSize()
	if err != nil {
		return opened{}, err
	}
	o.Images, o.name = set, func(i int) string { return named(files.File(i)) }
	return o, w.model.Fit(title(archive), set.Size())
}

// ofOneSize returns the pictures of the codec's size, or, before there is a codec or without one, of the size that most have.
// It tells skip of the others.
func (w *Worker) ofOneSize(files *images.Files, skip func(name string, err error)) *images.Files {
	want := w.size
	if want == (images.Size{}) {
		want = mostFrequent(files)
	}
	var good []int
	for i := range files.Len() {
		if size := files.SizeOf(i); size != want {
			skip(files.File(i), errors.Errorf("want a picture of %v, got %v", want, size))
			continue
		}
		good = append(good, i)
	}
	if good == nil { // the error is that of the archive
		return files
	}
	return files.Part(good)
}
