package beam

import (
	"context"
	"os"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// fitTries is how many archives FitCodec reads at most.
const fitTries = 100

// FitCodec fits the codec of CompressTask to the first archive, and writes it into a file for Work.Like, which has no
// images. With Work.SkipBad it passes over archives that cannot be read: it takes the first that can.
func FitCodec(ctx context.Context, w Work, archives []string, path string) error {
	m, err := run.Read(w.Model)
	if err != nil {
		return err
	}
	var first error
	for i, archive := range archives {
		c, err := (&Worker{work: w, model: m}).fit(ctx, archive)
		if err == nil {
			_, err = codec.WriteFile(ctx, path, c, images.FromValues(c.Size, nil), nil, codec.Options{})
			return err
		}
		err = errors.WithMessage(err, title(archive))
		if !w.SkipBad || ctx.Err() != nil {
			return err
		}
		if first == nil {
			first = err
		}
		if i+1 == fitTries {
			archives = archives[:fitTries]
			break
		}
	}
	return errors.WithMessagef(first, "want an archive to fit the codec to, got none in the first %d (name a compressed file with --like instead)", len(archives))
}

// fit fits a codec to an archive.
func (w *Worker) fit(ctx context.Context, archive string) (*codec.Model, error) {
	set, err := w.open(ctx, archive)
	if err != nil {
		return nil, err
	}
	return codec.Fit(ctx, w.model.Autoencoder, set.Images, codec.FitOptions{})
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
