//go:build mpi || mpich

package mpi

/*
#cgo mpi pkg-config: ompi
#cgo mpich pkg-config: mpich
#include <stdlib.h>
#include <mpi.h>

static int gorgonae_init(int *provided) { return MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, provided); }
static int gorgonae_enough(int provided) { return provided >= MPI_THREAD_SERIALIZED; }
static int gorgonae_return_errors(void) { return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN); }
static int gorgonae_all_to_all(void *all, void *own, int slice) { return MPI_Alltoall(own, slice, MPI_FLOAT, all, slice, MPI_FLOAT, MPI_COMM_WORLD); }
static int gorgonae_abort(int status) { return MPI_Abort(MPI_COMM_WORLD, status); }
*/
import "C"

import (
	"math"
	"os"
	"reflect"
	"strings"
	"unsafe"

	"cogentcore.org/lab/base/mpi"
	"github.com/pkg/errors"
)

// Built says whether this program was built with MPI.
const Built = true

// World is all processes that mpirun or srun has started. Several goroutines may use it, but not at the same
// time.
type World struct {
	comm       *mpi.Comm
	rank, size int
}

// start starts MPI. Go moves a goroutine from thread to thread, so MPI must allow calls from any thread, one at
// a time. That is not what mpi.Init of the library asks for, and its InitThreadSafe asks for more than some
// builds of MPI have.
func start() (*World, error) {
	if err := oneLibrary(); err != nil {
		return nil, err
	}
	var provided C.int
	if status := C.gorgonae_init(&provided); status != 0 {
		return nil, errors.Errorf("MPI_Init_thread: error %d", int(status))
	}
	if C.gorgonae_enough(provided) == 0 {
		return nil, errors.Errorf("want an MPI that threads may call one after the other (MPI_THREAD_SERIALIZED), got level %d: build MPI with threads", int(provided))
	}
	mpi.LogErrors = false // errors are returned
	if status := C.gorgonae_return_errors(); status != 0 {
		return nil, errors.Errorf("MPI_Comm_set_errhandler: error %d", int(status))
	}
	comm, err := mpi.NewComm(nil)
	if err != nil {
		return nil, err
	}
	return &World{comm: comm, rank: comm.Rank(), size: comm.Size()}, nil
}

// oneLibrary returns an error if the program was built of parts for two libraries of MPI: Go's cache keeps a
// package that was built with the tag mpi for the tag mpich, and the other way round. The first call would crash.
// What a handle is tells both apart: a pointer in Open MPI, a number in MPICH.
func oneLibrary() error {
	var own C.MPI_Op
	if reflect.TypeOf(own).Kind() != reflect.TypeOf(mpi.OpSum.ToC()).Kind() {
		return errors.New("want one library of MPI, got parts for Open MPI and for MPICH: Go's cache does not tell the tags mpi and mpich apart, so build the program once with go build -a")
	}
	return nil
}

// library returns the name of the library of MPI and its version.
func library() string {
	text := C.malloc(C.MPI_MAX_LIBRARY_VERSION_STRING)
	defer C.free(text)
	var length C.int
	C.MPI_Get_library_version((*C.char)(text), &length)
	line, _, _ := strings.Cut(C.GoStringN((*C.char)(text), length), "\n")
	return line
}

// Rank returns the number of this process, from 0.
func (w *World) Rank() int { return w.rank }

// Size returns the number of processes.
func (w *World) Size() int { return w.size }

// AllGather writes what each process gives, all of one length, into all, in the order of the ranks. MPI moves
// the bits as they are.
func (w *World) AllGather(all, own []float32) error {
	switch {
	case len(all) != len(own)*w.size:
		return errors.Errorf("want room for %d numbers of %d processes, got room for %d", len(own), w.size, len(all))
	case len(own) > math.MaxInt32:
		return errors.Errorf("want at most %d numbers in one call of MPI, got %d", math.MaxInt32, len(own))
	case len(own) == 0: // the library takes the address of the first
		return nil
	}
	return errors.WithMessagef(w.comm.AllGatherF32(all, own), "MPI, process %d of %d", w.rank, w.size)
}

// AllToAll cuts what each process gives into as many slices as there are processes, and writes those with this
// one's number into all, in the order of the ranks. The library has no such call.
func (w *World) AllToAll(all, own []float32) error {
	slice := len(own) / w.size
	switch {
	case len(all) != len(own) || slice*w.size != len(own):
		return errors.Errorf("want %d slices of one length and room for as many, got %d numbers and room for %d", w.size, len(own), len(all))
	case slice > math.MaxInt32:
		return errors.Errorf("want at most %d numbers in a slice, got %d", math.MaxInt32, slice)
	case len(own) == 0:
		return nil
	}
	if status := C.gorgonae_all_to_all(unsafe.Pointer(&all[0]), unsafe.Pointer(&own[0]), C.int(slice)); status != 0 {
		return errors.Errorf("MPI_Alltoall, process %d of %d: error %d", w.rank, w.size, int(status))
	}
	return nil
}

// maxBytes is how much is broadcast in one call: MPI counts in 32 bits.
const maxBytes = 1 << 30

// Broadcast returns the bytes of process 0. Those of the others are not looked at.
func (w *World) Broadcast(data []byte) ([]byte, error) {
	length := []int{len(data)}
	if err := w.comm.BcastInt(mpi.Root, length); err != nil {
		return nil, errors.WithMessagef(err, "MPI, process %d of %d", w.rank, w.size)
	}
	if w.rank != mpi.Root {
		data = make([]byte, length[0])
	}
	for left := data; len(left) > 0; {
		part := left[:min(len(left), maxBytes)]
		if err := w.comm.BcastU8(mpi.Root, part); err != nil {
			return nil, errors.WithMessagef(err, "MPI, process %d of %d", w.rank, w.size)
		}
		left = left[len(part):]
	}
	return data, nil
}

// Close waits for all processes and ends MPI. A process that ends without it takes the others with it.
func (w *World) Close() { mpi.Finalize() }

// Abort ends all processes at once, with this exit status. The library's own gives the status 0.
func (w *World) Abort(status int) {
	C.gorgonae_abort(C.int(status))
	os.Exit(status)
}
