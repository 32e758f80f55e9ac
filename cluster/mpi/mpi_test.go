package mpi

import (
	"strings"
	"testing"
)

// A launcher is known by the variables that it sets for each process. Slurm's variables of a batch script, in which
// commands run once, say nothing.
func TestLaunched(t *testing.T) {
	for _, c := range []struct {
		environment string // "NAME=VALUE NAME=VALUE"
		processes   int
		variable    string
	}{
		{"", 1, ""},
		{"OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=0", 4, "OMPI_COMM_WORLD_SIZE"},
		{"OMPI_COMM_WORLD_SIZE=1 PMIX_RANK=0", 1, ""},
		{"PMI_SIZE=2 PMI_RANK=1", 2, "PMI_SIZE"},
		{"PMIX_RANK=0", 0, "PMIX_RANK"},
		{"PMIX_RANK=0 SLURM_STEP_NUM_TASKS=1", 1, ""},
		{"PMIX_RANK=3", 4, "PMIX_RANK"},
		{"SLURM_NTASKS=16 SLURM_PROCID=0", 1, ""},
		{"SLURM_NTASKS=16 SLURM_STEP_NUM_TASKS=16 SLURM_PROCID=0", 16, "SLURM_STEP_NUM_TASKS"},
		{"PMI_SIZE=many", 1, ""},
	} {
		t.Run(c.environment, func(t *testing.T) {
			for _, name := range append(sizes, "PMIX_RANK") {
				t.Setenv(name, "")
			}
			for _, pair := range strings.Fields(c.environment) {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			if n, variable := Launched(); n != c.processes || variable != c.variable {
				t.Errorf("got %d processes by %q, want %d by %q", n, variable, c.processes, c.variable)
			}
		})
	}
}
