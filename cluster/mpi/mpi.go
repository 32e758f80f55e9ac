// Package mpi joins the processes that mpirun or srun has started, on one machine or on many, to a cluster.
// MPI needs cgo and the library of the cluster, so it is only there if the program was built for it:
//
//	go build -tags mpi ./cmd/gorgonae     # Open MPI
//	go build -tags mpich ./cmd/gorgonae   # MPICH, or a library with its interface
package mpi

import (
	"os"
	"strconv"

	"github.com/pkg/errors"
)

// sizes are the variables in which a launcher tells a process how many there are. SLURM_NTASKS is not among
// them: Slurm sets it in batch scripts too, for commands that run once.
var sizes = []string{
	"OMPI_COMM_WORLD_SIZE", // mpirun of Open MPI
	"PMI_SIZE",             // mpiexec of MPICH and its relatives, and srun --mpi=pmi2
	"MV2_COMM_WORLD_SIZE",  // MVAPICH2
	"SLURM_STEP_NUM_TASKS", // srun
	"PALS_NRANKS",          // aprun and mpiexec of HPE Cray
	"FLUX_JOB_SIZE",        // flux run
	"JSM_NAMESPACE_SIZE",   // jsrun of IBM
}

// Launched returns the number of processes that a launcher such as mpirun or srun has started with this one,
// and the variable of the environment that says so. The number is 1 and the variable "" if it was started by
// itself, and 0 if a launcher has started it and does not tell: PMIx, a launcher's protocol, tells the rank alone, so
// that process 0 does not know of others.
func Launched() (processes int, variable string) {
	alone := false
	for _, name := range sizes {
		n, err := strconv.Atoi(os.Getenv(name))
		if err == nil && n > 1 {
			return n, name
		}
		alone = alone || err == nil
	}
	rank, err := strconv.Atoi(os.Getenv("PMIX_RANK"))
	switch {
	case err != nil || alone && rank == 0:
		return 1, ""
	case rank == 0:
		return 0, "PMIX_RANK"
	}
	return rank + 1, "PMIX_RANK"
}

// Join joins the processes of a launcher. It returns nil if this process is the only one. Call it once.
func Join() (*World, error) {
	n, variable := Launched()
	if n == 1 {
		return nil, nil
	}
	w, err := start()
	if err != nil {
		return nil, err
	}
	if w.Size() == 1 {
		defer w.Close()
		if n == 0 {
			return nil, nil
		}
		return nil, errors.Errorf("want the %d processes of %s, got 1 from the library of MPI that the program was built with, %s: start it with the mpirun of that library, "+
			"or build it for that of mpirun with go build -a, since Go's cache does not tell the tags mpi and mpich apart", n, variable, library())
	}
	return w, nil
}
