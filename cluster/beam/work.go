package beam

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

// What is done with an archive.
const (
	CompressTask = "compress" // into a compressed file
	EncodeTask   = "encode"   // into a NumPy array of codes
	EvaluateTask = "evaluate" // the squared error of its reconstructions
)

// Work is what is done with each archive: a NumPy array (FILE.npy, FILE.npz:NAME), an IDX file or a folder of
// pictures of one size. It travels to the workers, so all of its fields are exported and have simple types. The
// paths must mean the same on all machines.
type Work struct {
	Task    string
	Model   string // a model file or the folder of a run
	Like    string // a compressed file whose codec CompressTask uses
	Out     string // the folder for the files that are written
	SkipBad bool   // an archive, or a picture in a folder, that cannot be read is listed and stops nothing
}

// Result is what came of an archive.
type Result struct {
	Archive      string
	File         parts.File // what was written; without a name, nothing
	Skipped      []parts.Skipped
	Images       int
	SquaredError float64 // of all images together, of EvaluateTask
	Numbers      int     // of all images together
}

// Check refuses work that makes no sense.
func (w Work) Check() error {
	switch {
	case w.Task != CompressTask && w.Task != EncodeTask && w.Task != EvaluateTask:
		return errors.Errorf("want %s, %s or %s as the task, got %q", CompressTask, EncodeTask, EvaluateTask, w.Task)
	case w.Model == "":
		return errors.New("want a model file or the folder of a run, got none")
	case w.Task == CompressTask && w.Like == "":
		return errors.New("want a compressed file whose codec all archives use, got none: without it each would have a codec of its own")
	case w.Out == "":
		return errors.New("want a folder for the results, got none")
	}
	return nil
}

// Worker does work on archives one after the other. It keeps the model and the codec.
type Worker struct {
	work  Work
	model *run.Model
	codec *codec.Model
	size  images.Size
}

// NewWorker reads the model and the codec.
func NewWorker(w Work) (*Worker, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	m, err := run.Read(w.Model)
	if err != nil {
		return nil, err
	}
	worker := &Worker{work: w, model: m}
	if w.Task == CompressTask {
		err = worker.readCodec()
	}
	return worker, err
}

// FitCodec fits the codec of CompressTask to an archive, and writes the archive with it into a file for
// Work.Like.
func FitCodec(ctx context.Context, w Work, archive, path string) error {
	m, err := run.Read(w.Model)
	if err != nil {
		return err
	}
	worker := &Worker{work: w, model: m}
	set, name, _, err := worker.open(ctx, archive)
	if err != nil {
		return errors.WithMessage(err, archive)
	}
	c, err := codec.Fit(ctx, m.Autoencoder, set, codec.FitOptions{})
	if err != nil {
		return errors.WithMessage(err, archive)
	}
	_, err = codec.WriteFile(ctx, path, c, set, name, codec.Options{})
	return err
}

// readCodec reads the codec of Like.
func (w *Worker) readCodec() error {
	in, err := os.Open(w.work.Like)
	if err != nil {
		return errors.WithStack(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return errors.WithStack(err)
	}
	f, err := codec.Open(in, info.Size(), codec.ReadOptions{Decoder: w.model.Decoder})
	if err != nil {
		return errors.WithMessage(err, w.work.Like)
	}
	w.size = f.Size()
	if err := w.model.Fit(w.work.Like, w.size); err != nil {
		return err
	}
	w.codec, err = codec.Reuse(f.Model(), w.model.Autoencoder)
	return errors.WithMessage(err, w.work.Like)
}

// Do does the work on an archive. The same archive gives the same bytes, on any machine and however often: an
// engine may repeat it.
func (w *Worker) Do(ctx context.Context, archive string) (Result, error) {
	r, err := w.do(ctx, archive)
	if err != nil && w.work.SkipBad && ctx.Err() == nil && !errors.Is(err, errWriting) {
		return Result{Archive: archive, Skipped: []parts.Skipped{{Name: archive, Reason: err.Error()}}}, nil
	}
	return r, errors.WithMessage(err, archive)
}

// errWriting is in errors that are no fault of an archive.
var errWriting = errors.New("cannot write the result")

func (w *Worker) do(ctx context.Context, archive string) (Result, error) {
	r := Result{Archive: archive}
	set, name, skipped, err := w.open(ctx, archive)
	if err != nil {
		return r, err
	}
	r.Skipped, r.Images, r.Numbers = skipped, set.Len(), set.Len()*set.Size().Numbers()
	path := filepath.Join(w.work.Out, ResultName(archive, w.work.Task))
	switch w.work.Task {
	case CompressTask:
		if set.Size() != w.size {
			return r, errors.Errorf("want images of %v as in %s, got %v", w.size, w.work.Like, set.Size())
		}
		list := parts.Manifest{Skipped: skipped}
		err = parts.WriteFile(path, &list, func(to io.Writer) error {
			info, err := codec.WriteTo(ctx, to, w.codec, set, name, codec.Options{})
			list.File.Images, list.File.Model = info.Images, w.codec.Fingerprint()
			return err
		})
		r.File = list.File
	case EncodeTask:
		var codes []float32
		if codes, err = w.model.Encode(ctx, set); err == nil {
			err = w.model.WriteCodes(path, codes)
		}
		if err == nil {
			list := parts.Manifest{Skipped: skipped, File: parts.File{Images: set.Len()}}
			err = list.Describe(path)
			r.File = list.File
		}
	default:
		e, err := w.model.Errors(ctx, archive, run.PicturesOf(set), nil)
		for _, squared := range e.Squared {
			r.SquaredError += squared
		}
		return r, err
	}
	if err != nil {
		return r, errors.WithMessage(errWriting, err.Error())
	}
	return r, nil
}

// open opens the images of an archive. name is nil if they have no names.
func (w *Worker) open(ctx context.Context, archive string) (set dataset.Images, name func(i int) string, skipped []parts.Skipped, err error) {
	file := run.ArrayFile(archive)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, nil, nil, errors.WithStack(err)
	case info.IsDir():
		return w.openFolder(ctx, archive)
	case mnist.IsFile(archive):
		s, _, err := w.model.ReadIDX(archive)
		return s, nil, nil, err
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, nil, nil, errors.WithStack(err)
	}
	defer in.Close()
	s, _, err := w.model.ReadImages(archive, in, info.Size(), run.ByShape)
	return s, nil, nil, err
}

func (w *Worker) openFolder(ctx context.Context, dir string) (dataset.Images, func(i int) string, []parts.Skipped, error) {
	how, err := w.model.TrainedOn.Reading.Options()
	if err != nil {
		return nil, nil, nil, err
	}
	how.Color, how.ListDamaged = images.ColorOf(w.model.Size().Channels), w.work.SkipBad
	files, err := images.OpenFolder(ctx, dir, how)
	if err != nil {
		return nil, nil, nil, err
	}
	set, err := files.SameSize()
	if err != nil {
		return nil, nil, nil, err
	}
	var skipped []parts.Skipped
	for _, d := range files.Damaged {
		skipped = append(skipped, parts.Skipped{Name: filepath.Join(dir, d.Name), Reason: d.Err.Error()})
	}
	return set, files.File, skipped, w.model.Fit(dir, set.Size())
}

// ResultName is the name of the file that comes of an archive: its own name, and the beginning of the SHA-256 of
// its path, since archives in different folders may have one name.
func ResultName(archive, task string) string {
	sum := sha256.Sum256([]byte(archive))
	base := strings.Map(func(r rune) rune {
		if r == '/' || r == ':' || r == os.PathSeparator {
			return '-'
		}
		return r
	}, filepath.Base(archive))
	suffix := ".gae"
	if task == EncodeTask {
		suffix = ".npy"
	}
	return fmt.Sprintf("%s-%s%s", base, hex.EncodeToString(sum[:4]), suffix)
}
