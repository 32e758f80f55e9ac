package tensorboard

import (
	"context"
	"math"
	"time"

	"github.com/gorgonae/gorgonae/train"
)

const (
	lossTag    = "loss"
	valLossTag = "val_loss"

	// points is how many steps of a run are in its log, at most: evenly spread, and the same ones
	// however often the run is resumed. TensorBoard shows a thousand of them by default.
	points = 10000
)

// stride returns every how many steps one is in the log.
func stride(p train.Progress) uint64 {
	return uint64(max(1, (p.Epochs*p.Steps+points-1)/points))
}

// step writes what was measured at a step.
func (l *Log) step(p train.Progress) error {
	values := finite(nil, "batch/loss", p.BatchLoss, "of the batch, with all terms")
	values = finite(values, "batch/learning_rate", float64(p.Rate), "")
	values = finite(values, "batch/gradient_norm", p.Norm, "of all gradients together, before they are clipped")
	if len(values) == 0 {
		return nil
	}
	l.steps.add(event{seconds: seconds(time.Now()), step: int64(p.Done), values: values})
	if !l.ready {
		l.steps.shed()
		return nil
	}
	return l.steps.flush()
}

// epoch writes what was measured in an epoch that has just ended, and how the model is now. If pictures
// cannot be made, the numbers are written all the same.
func (l *Log) epoch(ctx context.Context, e train.Epoch) error {
	n := len(l.run.Trainer.History().Epochs)
	if err := l.begin(n - 1); err != nil {
		return err
	}
	values := l.measured(e)
	if l.last.Epoch == n {
		values = finite(values, "gradient_norm", l.last.MeanNorm, "of all gradients together, before they are clipped; mean over the steps")
		if l.last.PerSecond > 0 {
			values = finite(values, "images_per_second", l.last.PerSecond, "in training, without validation")
		}
	}
	if l.views == nil {
		l.views = newViews(l.run)
	}
	seen, failed := l.views.values(context.WithoutCancel(ctx)) // a run that is stopped now has done this epoch
	if err := l.epochs.write(int64(n), time.Now(), append(values, seen...)...); err != nil {
		return err
	}
	return failed
}

// measured returns what the history knows of an epoch.
func (l *Log) measured(e train.Epoch) []value {
	values := finite(nil, lossTag, e.Loss, "in training, with all terms; mean over the images")
	values = finite(values, valLossTag, e.ValLoss, "the same on the test images, after the epoch")
	for i, term := range l.run.Trainer.History().Terms {
		values = finite(values, term, e.Terms[i], "a term of the loss")
		if i < len(e.ValTerms) {
			values = finite(values, "val_"+term, e.ValTerms[i], "a term of val_loss")
		}
	}
	return finite(values, "learning_rate", float64(e.Rate), "of the last step")
}

// finite appends a scalar, unless it is not a finite number: not known, or not there.
func finite(values []value, tag string, v float64, description string) []value {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return values
	}
	return append(values, scalar(tag, v, description))
}
