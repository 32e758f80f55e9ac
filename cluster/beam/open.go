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
	file := run.ArrayFile(archive)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return opened{}, errors.WithStack(err)
	case info.IsDir():
		return w.openFolder(ctx, archive)
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
	set, _, err := w.model.ReadImages(archive, in, info.Size(), run.ByShape)
	return opened{Images: set}, err
}

// openFolder opens a folder of pictures, and reads them as the command compress does: at their own size, if
// the model takes it.
func (w *Worker) openFolder(ctx context.Context, dir string) (opened, error) {
	how, err := w.model.TrainedOn.Reading.Options()
	if err != nil {
		return opened{}, err
	}
	if w.model.AnySize() {
		how.Height, how.Width = 0, 0
	}
	how.Color, how.ListDamaged = images.ColorOf(w.model.Size().Channels), w.work.SkipBad
	files, err := images.OpenFolder(ctx, dir, how)
	if err != nil {
		return opened{}, err
	}
	if files.Len() == 0 {
		return opened{}, errors.Errorf("none of its %d pictures can be read, the first because of: %s: %v", len(files.Damaged), files.Damaged[0].Name, files.Damaged[0].Err)
	}
	set, err := files.SameSize()
	if err != nil {
		return opened{}, err
	}
	o := opened{Images: set, name: files.File}
	for _, d := range files.Damaged {
		o.skipped = append(o.skipped, parts.Skipped{Name: filepath.Join(dir, d.Name), Reason: d.Err.Error()})
	}
	return o, w.model.Fit(dir, set.Size())
}
