package hdf5

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Files that h5py makes at random are read as h5py reads them.
func TestPeersRandom(t *testing.T) {
	python := os.Getenv("PEERS_PYTHON")
	if python == "" {
		t.Skip("NOT COMPARED WITH h5py: PEERS_PYTHON, the path of a Python interpreter with h5py, is not set")
	}
	first, count := setting(t, "HDF5_FIRST", 0), setting(t, "HDF5_FILES", 40)
	folder := t.TempDir()
	cmd := exec.Command(python, "testdata/random_files.py", folder, strconv.Itoa(first), strconv.Itoa(count))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.h5"))
	if err != nil || len(files) != count {
		t.Fatalf("got %d files, %v, want %d", len(files), err, count)
	}
	for _, name := range files {
		compare(t, name)
	}
}

// setting returns a number of the environment, for more files than every run needs.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
