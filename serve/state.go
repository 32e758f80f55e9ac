package serve

import (
	"context"
	"net/http"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// status says how far something is that is computed in the background.
type status string

const (
	waiting     status = "waiting"     // for something else
	working     status = "working"     // on it
	sampled     status = "sample"      // a part is there
	ready       status = "ready"       // all is there
	unavailable status = "unavailable" // and will not come; a reason says why
)

// opened is the data set, or why there is none.
type opened struct {
	status status
	reason string
	data   *dataset.Data // as it was opened; nil unless it is ready
	name   string        // for people
}

// state is a model with what was computed of it. When a training has written other weights, another
// state takes its place.
type state struct {
	model    *run.Model // for the images of the data set; nobody changes it
	revision int
	opened   *opened
	train    dataset.Images // nil if there is no data set
	test     dataset.Images
	sizes    sizes
	plane    plane
	codec    codecs
}

func newState(m *run.Model, o *opened, revision int) (*state, error) {
	own := *m
	s := &state{model: &own, revision: revision, opened: o}
	if o.data != nil {
		data, err := ofOneSize(o.data, m.TrainedOn.Size())
		if err != nil {
			return nil, err
		}
		used, err := own.Use(o.name, data)
		if err != nil {
			return nil, err
		}
		s.train, s.test = used.Train, used.Test
	}
	s.plane.status, s.codec.status = waiting, waiting
	if o.status == unavailable {
		s.plane.fail("there is no data set: " + o.reason)
		s.codec.fail("there is no data set to fit it to: " + o.reason)
	}
	return s, nil
}

// ofOneSize returns a data set whose images have one size: of pictures that differ in size, patches as
// large as the images of the training.
func ofOneSize(data *dataset.Data, size images.Size) (*dataset.Data, error) {
	if data.Train != nil || data.TrainFiles == nil {
		return data, nil
	}
	own := *data
	for _, part := range []struct {
		files *images.Files
		to    *dataset.Images
	}{{data.TrainFiles, &own.Train}, {data.TestFiles, &own.Test}} {
		patches, err := part.files.Patches(size.Height, size.Width, 0)
		if err != nil {
			return nil, err
		}
		*part.to = patches
	}
	return &own, nil
}

// part returns a part of the data set by its name.
func (s *state) part(name string) (dataset.Images, error) {
	set := s.train
	switch name {
	case "train":
	case "test":
		set = s.test
	default:
		return nil, refuse(http.StatusBadRequest, "train or test", "split is %.20q", name)
	}
	if set == nil {
		return nil, s.missing()
	}
	return set, nil
}

// missing says why there are no images.
func (s *state) missing() error {
	if s.opened.status == unavailable {
		return refuse(http.StatusConflict, "a data set: name one with --data", "there is no data set: %s", s.opened.reason)
	}
	return busy("the data set is being opened")
}

// work does what takes longer than a request: it opens the data set, and computes the codes and the codec
// of the model, and again when a training has written another one.
func (s *Server) work(ctx context.Context) {
	s.open(ctx)
	for ctx.Err() == nil {
		next := s.changed.next() // before looking: what changes while it looks wakes it as well
		st := s.now.Load()
		if s.lively.changedSince(st) {
			s.reload(st) // whether or not it can be shown, there may be more to do now
			continue
		}
		s.see(ctx, st)
		select {
		case <-ctx.Done():
		case <-next:
		}
	}
}

// open opens the data set.
func (s *Server) open(ctx context.Context) {
	if s.o.Open == nil {
		return
	}
	o := &opened{status: ready}
	data, err := s.o.Open(ctx)
	if err == nil {
		o.data, o.name = data, data.Name
	}
	if ctx.Err() != nil {
		return
	}
	var st *state
	if err == nil {
		st, err = newState(s.now.Load().model, o, s.now.Load().revision)
	}
	if err != nil {
		s.log("WARNING: the data set is not shown: %v", err)
		o = &opened{status: unavailable, reason: err.Error()}
		if st, err = newState(s.now.Load().model, o, s.now.Load().revision); err != nil {
			return // it was made with no data set before
		}
	}
	s.opened.Store(o)
	s.now.Store(st)
	s.changed.tell()
}

// see computes what a state lacks.
func (s *Server) see(ctx context.Context, st *state) {
	if st.plane.is(waiting) && st.train != nil {
		s.computePlane(ctx, st)
		s.changed.tell()
	}
	if st.codec.is(waiting) && st.train != nil && (st.codec.wanted.Load() || !s.lively.training()) {
		s.fitCodec(ctx, st)
		s.changed.tell()
	}
	if m := st.codec.unrated(); m != nil {
		s.measureRate(ctx, st, m)
		s.changed.tell()
	}
}

// reload reads the model that a training has written. It takes the place of the other if it can be shown.
func (s *Server) reload(old *state) {
	read := s.lively.model() // before the file is read: if it changes meanwhile, it is read again
	m, err := run.Read(old.model.Path)
	if err == nil && m.TrainedOn.Size() != old.model.TrainedOn.Size() {
		err = errors.Errorf("want images of %v as before, got %v", old.model.TrainedOn.Size(), m.TrainedOn.Size())
	}
	var st *state
	if err == nil {
		st, err = newState(m, old.opened, old.revision+1)
	}
	s.lively.seen(read)
	if err != nil {
		s.log("WARNING: the model has changed, and the new one is not shown: %v", err)
		return
	}
	s.now.Store(st)
	s.changed.tell()
	if was, is := old.model.TrainedOn.Name, m.TrainedOn.Name; was != is && st.train != nil {
		s.log("WARNING: the model is now one that was trained on %s, and the images are still those of %s: start the server again to see its own", is, old.opened.name)
	}
}

// runFolder returns the folder of a run whose model is served, or "" if the model is no part of a run.
func runFolder(m *run.Model) string {
	dir := filepath.Dir(m.Path)
	if filepath.Base(m.Path) != run.ModelName {
		return ""
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}
