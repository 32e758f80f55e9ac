package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/cluster/mpi"
)

// --shards is a setting of the run: a bare one is 8, a run goes on with its own, and with no other.
func TestShards(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "bare", "--shards")...)
	works(t, quick("--out", "eight", "--shards=8")...)
	wantResult(t, "bare", result(t, "eight"))
	if out := works(t, "summary", "bare"); !strings.Contains(out, "--shards 8") {
		t.Errorf("the command of the run has no --shards 8:\n%s", out)
	}
	works(t, "train", "--out", "bare", "--resume", "--epochs", "3")
	works(t, quick("--out", "bare", "--resume", "--epochs", "4", "--shards")...)
	refused(t, []string{"want shards 8 as when the run began, got 4"}, "train", "--out", "bare", "--resume", "--epochs", "5", "--shards", "4")
	refused(t, []string{"want shards 8 as when the run began, got none"}, "train", "--out", "bare", "--resume", "--epochs", "5", "--shards", "1")
	works(t, quick("--out", "whole")...)
	refused(t, []string{"want shards", "as when the run began, got 4"}, "train", "--out", "whole", "--resume", "--epochs", "3", "--shards", "4")
	refused(t, []string{"want 1 to 8 shards for a batch of 8 examples"}, quick("--out", "new", "--shards", "9")...)
}

// A program without MPI that is started by mpirun would train as often as there are processes.
func TestWithoutMPI(t *testing.T) {
	if mpi.Built {
		t.Skip("this program has MPI")
	}
	workplace(t)
	t.Setenv("OMPI_COMM_WORLD_SIZE", "4")
	for _, args := range [][]string{quick("--out", "new"), quick("--out", "new", "--shards", "4")} {
		refused(t, []string{"got 4 of OMPI_COMM_WORLD_SIZE", "go build -tags mpi ./cmd/gorgonae", "env -u OMPI_COMM_WORLD_SIZE"}, args...)
	}
	if exists("new") {
		t.Error("a folder is left")
	}
	t.Setenv("OMPI_COMM_WORLD_SIZE", "")
	t.Setenv("PMIX_RANK", "0") // which says nothing of others
	refused(t, []string{"got a number that is not known of PMIX_RANK", "env -u PMIX_RANK"}, quick("--out", "new")...)
	t.Setenv("OMPI_COMM_WORLD_SIZE", "1")
	works(t, quick("--out", "new")...)
}

func TestBareShards(t *testing.T) {
	for in, want := range map[string]string{
		"train --shards":          "train --shards 8",
		"train --shards --quiet":  "train --shards 8 --quiet",
		"train --shards 4":        "train --shards 4",
		"train --shards=4":        "train --shards=4",
		"train --shards 4 --lr 1": "train --shards 4 --lr 1",
		"evaluate runs/x":         "evaluate runs/x",
	} {
		args := strings.Fields(in)
		if got := strings.Join(bareShards(args), " "); got != want || !slices.Equal(args, strings.Fields(in)) {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
