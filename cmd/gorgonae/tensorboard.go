package main

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/report/tensorboard"
	"github.com/gorgonae/gorgonae/run"
)

const tensorBoardHelp = `--tensorboard LOGS writes what TensorBoard shows into LOGS/NAME, where NAME is the name of the run's folder, or NAME-2,
NAME-3, ... if another run has that; look at it with "tensorboard --logdir LOGS". At each epoch, counted from 1 as in
history.csv: loss, val_loss, their terms, learning_rate, gradient_norm (before --clip, mean over the steps),
images_per_second; the image reconstructions; histograms of the code of up to 1,000 test images; the settings as hparams. At
each step, or at 10,000 of them: batch/loss, batch/learning_rate, batch/gradient_norm, in the run NAME/steps. A resumed run
continues its log without being told, also after a kill, with one curve; one that had none gets the curves of its history.
"--resume --tensorboard none" ends the log.

`

// noLog is the value of --tensorboard with which a resumed run ends its log.
const noLog = "none"

// openLog opens the log of a run. It returns nil if there is none, or if that of a resumed run is lost.
func (o *trainFlags) openLog(r *run.Run) (*tensorboard.Log, error) {
	if o.log == noLog {
		r.TensorBoard = ""
		return nil, nil
	}
	if o.log == "" && r.TensorBoard == "" {
		return nil, nil
	}
	log, err := tensorboard.New(r, tensorboard.Options{Dir: o.log, Replace: o.place.Overwrite})
	if lost := (*tensorboard.LostError)(nil); errors.As(err, &lost) {
		warn("%v, so none is written: --tensorboard DIR begins one in another folder, with the curves so far", err)
		return nil, nil
	}
	return log, errors.WithMessage(err, "--tensorboard")
}
