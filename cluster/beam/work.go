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
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// What is done with an archive.
const (
	CompressTask = "compress" // into a compressed file
	EncodeTask   = "encode"   // into a NumPy array of codes
	EvaluateTask = "evaluate" // the squared error of its reconstructions
)

// Work is what is done with each archive: a NumPy array (FILE.npy, FILE.npz:NAME), an IDX file, a folder of
// pictures of one size, or such pictures together; see Together. It travels to the workers, so all of its fields are
// exported and have simple types. The paths must mean the same on all machines.
type Work struct {
	Task    string
	Model   string // a model file or the folder of a run
	Like    string // a compressed file whose codec CompressTask uses
	Out     string // the folder for the files that are written
	SkipBad bool   // an archive that cannot be read, or a picture that cannot or has another size, is listed and stops nothing
}

// Result is what came of an archive.
type Result struct {
	Archive      string
	File         parts.File // what was written; without a name, nothing
	Skipped      []parts.Skipped
	Images       int
	SquaredError float64 // of all images together, of EvaluateTask
	Numbers      int     // of all images together, of EvaluateTask
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
	size  images.Size // of the codec's images
	how   string      // see settings
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
		if err := worker.readCodec(); err != nil {
			return nil, err
		}
	}
	worker.how, err = worker.settings()
	return worker, err
}

// Do does the work on an archive, unless a file that is there already shows that it was done. The same archive
// gives the same bytes, on any machine and however often: an engine may repeat it, and may do it twice at once.
func (w *Worker) Do(ctx context.Context, archive string) (Result, error) {
	r, err := w.do(ctx, archive)
	if err != nil && w.work.SkipBad && ctx.Err() == nil && !errors.As(err, new(writeError)) {
		r := Result{Archive: title(archive)}
		for _, path := range members(archive) {
			r.Skipped = append(r.Skipped, parts.Skipped{Name: path, Reason: err.Error()})
		}
		return r, nil
	}
	return r, errors.WithMessage(err, title(archive))
}

// writeError is an error that is no fault of an archive.
type writeError struct{ error }

func (e writeError) Unwrap() error { return e.error }

// writing marks an error as one of writing.
func writing(err error) error {
	if err == nil {
		return nil
	}
	return writeError{err}
}

func (w *Worker) do(ctx context.Context, archive string) (Result, error) {
	if w.work.Task == EvaluateTask {
		return w.evaluate(ctx, archive)
	}
	job, err := w.job(archive) // before the archive is read: if it changes in between, it is not taken as done later
	if err != nil {
		return Result{}, err
	}
	path := filepath.Join(w.work.Out, ResultName(archive, w.work.Task))
	if r, ok := w.done(archive, path, job); ok {
		return r, nil
	}
	from, err := w.open(ctx, archive)
	if err != nil {
		return Result{}, err
	}
	list := parts.Manifest{File: parts.File{Images: from.Len(), Job: job}, Skipped: from.skipped}
	if w.work.Task == EncodeTask {
		err = w.encode(ctx, path, &list, from)
	} else {
		err = w.compress(ctx, path, &list, from)
	}
	return Result{Archive: title(archive), File: list.File, Skipped: from.skipped, Images: from.Len()}, err
}

// evaluate measures the reconstructions of an archive.
func (w *Worker) evaluate(ctx context.Context, archive string) (Result, error) {
	from, err := w.open(ctx, archive)
	if err != nil {
		return Result{}, err
	}
	r := Result{Archive: title(archive), Skipped: from.skipped, Images: from.Len(), Numbers: from.Len() * from.Size().Numbers()}
	e, err := w.model.Errors(ctx, title(archive), run.PicturesOf(from.Images), nil)
	for _, squared := range e.Squared {
		r.SquaredError += squared
	}
	return r, err
}

// encode writes the codes of images, and the manifest beside them.
func (w *Worker) encode(ctx context.Context, path string, list *parts.Manifest, from opened) error {
	codes, err := w.model.Encode(ctx, from.Images)
	if err != nil {
		return err
	}
	if err := w.model.WriteCodes(path, codes); err != nil {
		return writing(err)
	}
	if err := list.Describe(path); err != nil {
		return writing(err)
	}
	return writing(list.Write(path + parts.Suffix))
}

// compress writes the compressed file of images, and the manifest beside it.
func (w *Worker) compress(ctx context.Context, path string, list *parts.Manifest, from opened) error {
	if from.Size() != w.size {
		return errors.Errorf("want images of %v as in %s, got %v", w.size, w.work.Like, from.Size())
	}
	var reading error
	err := parts.WriteFile(path, list, func(to io.Writer) error {
		out := &watched{to: to}
		info, err := codec.WriteTo(ctx, out, w.codec, from.Images, from.name, codec.Options{})
		if out.failed == nil {
			reading = err
		}
		list.File.Images, list.File.Model = info.Images, w.codec.Fingerprint()
		return err
	})
	if reading != nil {
		return reading
	}
	return writing(err)
}

// watched keeps the error of a writer. All other errors in writing images are those of reading them.
type watched struct {
	to     io.Writer
	failed error
}

func (w *watched) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	if err != nil {
		w.failed = err
	}
	return n, err
}

// ResultName is the name of the file that comes of an archive: its own name, or that of its first picture, and the
// beginning of the SHA-256 of all paths, since archives in different folders may have one name.
func ResultName(archive, task string) string {
	sum := sha256.Sum256([]byte(archive))
	base := strings.Map(func(r rune) rune {
		if r == '/' || r == ':' || r == os.PathSeparator {
			return '-'
		}
		return r
	}, filepath.Base(members(archive)[0]))
	suffix := ".gae"
	if task == EncodeTask {
		suffix = ".npy"
	}
	return fmt.Sprintf("%s-%s%s", base, hex.EncodeToString(sum[:8]), suffix)
}
