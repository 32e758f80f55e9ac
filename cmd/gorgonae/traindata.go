package main

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// open opens the data set. A resumed run gets its images as it began with them, with the number of
// channels and read in the same way, unless flags say otherwise.
func (o *trainFlags) open(ctx context.Context, s run.Settings) (*dataset.Data, error) {
	options := dataset.Options{Data: o.data, Seed: s.Seed}
	if err := o.pictures.read(&options, nil); err != nil {
		return nil, err
	}
	var err error
	if o.patch != "" {
		if options.Patch.Height, options.Patch.Width, err = images.ParseSize(o.patch); err != nil {
			return nil, errors.WithMessage(err, "--patch")
		}
		if options.Pictures.Height > 0 {
			return nil, errors.New("want either --patch or --size, got both: patches are taken of pictures at their own size")
		}
	}
	data, err := openData(ctx, options, o.quiet)
	var failed error
	if other := (*images.SizesError)(nil); err != nil && !(o.place.Resume && errors.As(err, &other)) {
		failed = err
	}
	if failed := o.team.agree(failed); failed != nil {
		return nil, failed
	}
	name := dataset.FolderName(o.data)
	if data != nil {
		name = data.Name
	}
	began, ok, failed := o.continues(s, name)
	if failed != nil {
		return nil, failed
	}
	if !ok {
		return data, err
	}
	again, other := o.asBefore(options, began)
	if other != nil {
		return nil, other
	}
	if data != nil && again.Color == images.ColorOf(data.Train.Size().Channels) && began.Reading == data.Reading {
		return data, nil
	}
	return openData(ctx, again, o.quiet)
}

// asBefore returns the options with which the data of a run were opened when it began, except for
// what flags say.
func (o *trainFlags) asBefore(now dataset.Options, began run.TrainedOn) (dataset.Options, error) {
	if now.Color == images.Auto {
		now.Color = images.ColorOf(began.Size().Channels)
	}
	how, err := began.Reading.Options()
	if err != nil {
		return now, err
	}
	if err := o.pictures.options(&how); err != nil {
		return now, err
	}
	how.Cache, how.SkipDamaged, how.Progress = now.Pictures.Cache, now.Pictures.SkipDamaged, now.Pictures.Progress
	now.Pictures = how
	if o.patch == "" && began.Reading.Patch != "" {
		now.Patch.Height, now.Patch.Width, err = images.ParseSize(began.Reading.Patch)
	}
	return now, err
}

// continues returns what the run was trained on that is resumed, as the first process finds it.
func (o *trainFlags) continues(s run.Settings, data string) (on run.TrainedOn, ok bool, err error) {
	var found struct {
		On run.TrainedOn
		OK bool
	}
	if o.team.leads() {
		found.On, found.OK = o.place.Continues(s, data)
	}
	err = o.team.tell(&found)
	return found.On, found.OK, err
}
