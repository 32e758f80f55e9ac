package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/cluster/mpi"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// team is the processes that mpirun or srun has started to train one model. A nil *team is one process.
type team struct {
	*mpi.World
	stdout, stderr *os.File // of a process that is silent
}

// joinTeam joins the processes of a launcher. All but the first are silent until they end.
func joinTeam() (*team, error) {
	if n, variable := mpi.Launched(); n != 1 && !mpi.Built {
		number := "a number that is not known"
		if n > 1 {
			number = strconv.Itoa(n)
		}
		return nil, errors.Errorf("want one process, got %s of %s: this program was built without MPI, so each would train by itself: build it with go build -tags mpi ./cmd/gorgonae "+
			"(Debian: libopenmpi-dev, pkg-config), or, for trainings that are meant to be many, start it with env -u %s", number, variable, variable)
	}
	world, err := mpi.Join()
	if err != nil || world == nil {
		return nil, err
	}
	t := &team{World: world, stdout: os.Stdout, stderr: os.Stderr}
	if t.Rank() > 0 {
		nothing, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		os.Stdout, os.Stderr = nothing, nothing
	}
	return t, nil
}

// leads reports whether this process owns the folder of the run.
func (t *team) leads() bool { return t == nil || t.Rank() == 0 }

// agree returns an error on all processes if it gets one on any.
func (t *team) agree(err error) error {
	if t == nil {
		return err
	}
	return cluster.Agree(t, err)
}

// tell sets a value on all processes to that of the first, which must not fail to become JSON.
func (t *team) tell(value any) error {
	if t == nil {
		return nil
	}
	var text []byte
	if t.leads() {
		var err error
		if text, err = json.Marshal(value); err != nil {
			return errors.WithStack(err)
		}
	}
	text, err := t.Broadcast(text)
	if err != nil || t.leads() {
		return err
	}
	return errors.Wrap(json.Unmarshal(text, value), "what process 0 tells")
}

// check refuses settings that leave nothing to share, or processes with nothing to do.
func (t *team) check(s *run.Settings) error {
	switch {
	case t == nil:
		return nil
	case s.Shards < 2:
		return errors.Errorf("want --shards with %d processes, got none: each batch is computed in that many parts, as 8, which the processes share", t.Size())
	case t.Size() > s.Shards:
		return errors.Errorf("want at most as many processes as parts of a batch, --shards %d, got %d", s.Shards, t.Size())
	}
	return nil
}

// workers returns the processes for package run.
func (t *team) workers() train.Workers {
	if t == nil {
		return nil
	}
	return t
}

// end ends a process of a team. If the training is complete, was stopped by the user, or ends with an error that
// all processes know of, the process waits for the others, so that the first can write what it has to. Any other
// error ends all of them, since the others wait for this one.
func (t *team) end(ctx context.Context, err error) error {
	os.Stdout, os.Stderr = t.stdout, t.stderr
	agreed := (*cluster.AgreedError)(nil)
	switch {
	case err == nil || run.Stopped(ctx, err):
		t.Close()
		if err != nil && !t.leads() {
			return silent{err}
		}
		return err
	case errors.As(err, &agreed):
		if agreed.Own != nil { // said before the others end, since mpirun kills this process when the first has
			t.say(err)
		}
		t.Close()
		return silent{err}
	}
	// The first process with the error, or the one that knows the reason, says it and ends this one meanwhile.
	if other := (*train.FailedError)(nil); errors.As(err, &other) {
		time.Sleep(10 * time.Second)
	} else if !t.leads() {
		time.Sleep(time.Second)
	}
	t.say(err)
	t.Abort(1)
	return err
}

// say prints an error as main does, with the name of a process that is not the first.
func (t *team) say(err error) {
	if !t.leads() {
		err = errors.WithMessage(err, t.name())
	}
	fmt.Fprintf(os.Stderr, "gorgonae: %s\n", oneLine(err.Error()))
}

// name says which process this is.
func (t *team) name() string {
	name := fmt.Sprintf("process %d of %d", t.Rank(), t.Size())
	if host, err := os.Hostname(); err == nil {
		name += " on " + host
	}
	return name
}

// silent is an error that this process or another has printed.
type silent struct{ error }

func (e silent) Unwrap() error { return e.error }

// together trains with all processes that were started together.
func (o *trainFlags) together(cmd *cobra.Command) error {
	var err error
	if o.team, err = joinTeam(); err != nil {
		return err
	}
	if o.team == nil {
		return o.profiles.record(func() error { return o.run(cmd) })
	}
	if !o.team.leads() {
		o.quiet, o.profiles = true, profiles{}
	}
	return o.team.end(cmd.Context(), o.profiles.record(func() error { return o.run(cmd) }))
}

// tellSettings tells all processes what the first has decided on: the settings, but for those that are about files
// that it alone reads, and the data of a run that is resumed.
func (o *trainFlags) tellSettings(s *run.Settings) error {
	if o.team == nil {
		return nil
	}
	decided := struct {
		Settings     *run.Settings
		Data, Layout string
	}{s, o.data, o.pictures.layout}
	err := o.team.tell(&decided)
	o.data, o.pictures.layout = decided.Data, decided.Layout
	return err
}

// bareShards gives --shards without a number its usual one. Package pflag would do that as well, but then refuse
// "--shards 16".
func bareShards(args []string) []string {
	i := slices.Index(args, "--shards")
	if i < 0 || i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
		return args
	}
	return slices.Insert(slices.Clone(args), i+1, usualShards)
}

const usualShards = "8"
