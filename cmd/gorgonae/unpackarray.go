package main

import (
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

// errFewer says that a file has fewer images than were announced: chunks with right checksums cannot
// be decoded.
var errFewer = errors.New("want images that can be decoded, got some that cannot, and their number is already written: take --out FILE.npy")

// writeArray writes images, of which there are count, as an array or an IDX file. They pass through:
// only a chunk of them is in memory. If there are fewer, it begins again, and announces so many.
func (u *unpacker) writeArray(cmd *cobra.Command, count int, each chunks) error {
	var l labelBytes
	var damaged *damagedError
	for {
		damaged = nil
		err := u.stream(cmd, count, func(w io.Writer) error {
			u.count, l = 0, labelBytes{}
			err := each(func(c *codec.Chunk) error {
				_, err := w.Write(c.Pixels)
				u.count += c.Len
				l.take(c)
				u.work.done(u.count)
				return err
			})
			if errors.As(err, &damaged) {
				err = nil
			}
			if err == nil && u.count < count {
				return errFewer
			}
			return err
		})
		if err == nil {
			return u.endArray(cmd, l, damaged)
		}
		if !errors.Is(err, errFewer) || u.out == "-" {
			return err
		}
		count, u.warnings.quiet = u.count, true
	}
}

// stream writes so many images to where the user wants them.
func (u *unpacker) stream(cmd *cobra.Command, count int, write func(w io.Writer) error) error {
	switch {
	case u.idx != "":
		return mnist.StreamImages(u.idx, count, u.size.Height, u.size.Width, write)
	case u.out == "-":
		return errors.WithMessage(run.StreamImages(cmd.OutOrStdout(), u.size, count, write), "standard output")
	}
	return run.StreamImagesFile(u.out, u.size, count, write)
}

// labelBytes are the labels of images, as long as each is a byte.
type labelBytes struct {
	bytes   []byte
	count   int
	missing int  // the number of the first one that is no byte, plus 1
	label   int  // this one
	some    bool // one of the labels is not -1
}

func (l *labelBytes) take(c *codec.Chunk) {
	for i := range c.Len {
		label := -1
		if c.Labels != nil {
			label = c.Labels[i]
		}
		l.count++
		l.some = l.some || label >= 0
		if l.missing == 0 && (label < 0 || label > math.MaxUint8) {
			l.missing, l.label, l.bytes = l.count, label, nil
		}
		if l.missing == 0 {
			l.bytes = append(l.bytes, byte(label))
		}
	}
}

// endArray writes the labels, if images are an IDX file and each has a label of a byte, and says what was
// written.
func (u *unpacker) endArray(cmd *cobra.Command, l labelBytes, damaged *damagedError) error {
	u.work.end()
	report, where := cmd.OutOrStdout(), u.out
	switch {
	case u.idx == "" && u.out == "-":
		report, where = cmd.ErrOrStderr(), "standard output"
	case u.idx != "" && l.missing == 0 && l.count > 0:
		if err := mnist.WriteLabels(mnist.LabelsPath(u.idx), l.bytes); err != nil {
			return err
		}
		where = u.idx + " and their labels to " + mnist.LabelsPath(u.idx)
	case u.idx != "" && l.some:
		where = u.idx + fmt.Sprintf("; no file of labels, because image %d of them has the label %d and the format has 0 to 255", l.missing-1, l.label)
	case u.idx != "":
		where = u.idx
	}
	err := u.say(report, where)
	if damaged != nil {
		return damaged
	}
	return err
}
