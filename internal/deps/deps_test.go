// Package deps holds no code. Its test checks that the packages of this module import only what
// they may know.
package deps

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layer is a row of the table: some packages, and what they may import.
type layer struct {
	packages  string // of this module; "cmd/..." means cmd and all packages below it
	own       string // packages of this module that they may import, with those that these may import; packages of internal are only for the row that names them
	libraries string // modules, or folders in them; "..." means all modules except Gorgonia's
	because   string
}

// layers returns the table. Dependencies point from each row to rows below it.
func layers() []layer {
	return []layer{
		{"cmd/...", "run cluster/mpi cluster/parts report report/tensorboard codec exchange/keras exchange/onnx exchange/pytorch exchange/weights serve serve/page yardstick", "...",
			"a command uses the library as a user's program does, and users need not know Gorgonia"},
		{"bench/...", "cluster/mpi run report codec exchange/onnx internal/atomicfile internal/elementwise internal/epilogue internal/f32 internal/gemm internal/pool internal/reduce",
			"... " + gorgonia + " gorgonia.org/tensor",
			"a benchmark may use everything that a command may use, and Gorgonia"},
		{"examples/...", "run report codec", gorgonia,
			"an example is a program as a user writes it"},
		{"cluster/mpi", "cluster", "cogentcore.org/lab/base/mpi",
			"it is the only package with cgo, and only with its build tag"},
		{"cluster", "", "",
			"workers exchange numbers and bytes, and know nothing about what is trained"},
		{"cluster/parts", "internal/atomicfile", "",
			"jobs share images by their names and numbers, and a manifest is lists of these"},
		{"serve", "run report codec internal/npy internal/reduce", "",
			"the server answers with what a run, its codec and its figures compute, and knows nothing about commands and the look of the page"},
		{"serve/page", "", "",
			"the page is files for a browser, and knows the server by its API alone"},
		{"report/tensorboard", "report internal/atomicfile", "google.golang.org/protobuf",
			"a log shows a run as its figures do, and is written in the format of another program"},
		{"report", "report/html run codec figure yardstick internal/atomicfile internal/random internal/reduce", "",
			"the figures of a run need everything that the run knows, and those of its rate what its compressed files hold"},
		{"report/html", "figure", "golang.org/x/image/draw",
			"a page is written from plain numbers, texts and images, as a figure is"},
		{"run", "autoencoder cluster dataset internal/atomicfile internal/npy internal/reduce", "github.com/gofrs/flock",
			"a run trains an architecture on a data set, and knows nothing about commands and figures"},
		{"exchange/pytorch", "autoencoder exchange/weights internal/atomicfile internal/safetensors internal/sniff", "github.com/maruel/natural",
			"a state dictionary fills the weights of an architecture, and nothing of runs and commands is in it"},
		{"exchange/weights", "graph images internal/atomicfile internal/npy internal/safetensors", "",
			"weights are named and arranged for other libraries from a model alone, whatever its architecture"},
		{"exchange/keras", "autoencoder internal/freename internal/hdf5", "",
			"a file of Keras becomes a model, with the settings of its training, and nothing of runs and commands is in it"},
		{"codec", "autoencoder refine internal/atomicfile internal/causal internal/elementwise internal/f32 internal/pool internal/rans internal/reduce", "",
			"a codec knows models and images, and nothing about runs, data sets and commands"},
		{"autoencoder", "graph train images internal/freename", "",
			"an architecture is built from layers of graph, and says how it is trained on images"},
		{"train", "cluster graph internal/elementwise internal/random internal/reduce", gorgonia,
			"training runs graphs of any model on any data"},
		{"exchange/onnx", "autoencoder exchange/onnx/internal/pb internal/atomicfile", "google.golang.org/protobuf",
			"an exporter walks any model, and knows nothing about runs and commands"},
		{"exchange/onnx/internal/pb", "", "google.golang.org/protobuf",
			"it is generated from the schema of ONNX files"},
		{"yardstick", "train internal/random internal/reduce", "gonum.org/v1/gonum",
			"a yardstick measures any model on any data, and knows nothing about runs and commands"},
		{"refine", "graph internal/elementwise internal/f32 internal/random internal/rate", gorgonia,
			"refinement runs graphs of any decoder and prior, and knows nothing about files"},
		{"graph", "graph/op internal/causal internal/elementwise internal/gemm internal/random internal/rate internal/reduce internal/safetensors", gorgonia,
			"the model language knows nothing about training, data or architectures"},
		{"graph/op", "internal/causal internal/conv internal/gemm internal/norm internal/pooling internal/random internal/rate", gorgonia + " gorgonia.org/tensor github.com/chewxy/hm", // hm has the types of Gorgonia's ops
			"an op knows Gorgonia and the kernels, and nothing about models"},
		{"figure", "internal/random", "gonum.org/v1/plot gonum.org/v1/gonum golang.org/x/image codeberg.org/go-fonts",
			"a figure is drawn from plain numbers and images"},
		{"dataset", "cifar handwriting mnist internal/npy internal/sniff", "",
			"the registry finds data sets, and knows nothing about models"},
		{"cifar handwriting mnist", "images internal/atomicfile internal/grow internal/random", "",
			"a data set knows images, and no other data set"},
		{"images", "internal/atomicfile internal/pixmap internal/random", "github.com/maruel/natural github.com/pbnjay/memory",
			"images know nothing about models: they satisfy train.Dataset without importing it"},
		{"internal/pixmap", "", "golang.org/x/image",
			"it decodes pictures, and knows nothing about sets of them"},
		{"internal/causal", "internal/gemm internal/reduce", "",
			"it is a network in one kernel, so it is built from the kernels of products and sums"},
		{"internal/gemm", "internal/epilogue", "gonum.org/v1/gonum/blas", kernels},
		{"internal/conv", "internal/epilogue internal/reduce", "", kernels},
		{"internal/norm", "internal/elementwise internal/reduce", "", kernels},
		{"internal/epilogue", "internal/elementwise", "", kernels},
		{"internal/elementwise internal/reduce internal/pooling internal/rate", "internal/f32 internal/pool internal/simd", "", kernels},
		{"internal/kerneltest", "internal/pool internal/simd", "",
			"the tests of all kernels use it, so it may not import any kernel"},
		{"internal/pool internal/f32", "", "",
			"the worker pool and the arithmetic know nothing about kernels"},
		{"internal/simd", "", "golang.org/x/sys/cpu",
			"it detects the instructions of the processor, and knows nothing about their use"},
		{helpers, "", "",
			"a helper knows nothing about the packages that use it"},
	}
}

const (
	kernels = "a kernel works on plain slices and knows nothing about its callers, and packages of kernels do not import packages above them"

	module   = "github.com/gorgonae/gorgonae/"
	gorgonia = "gorgonia.org/gorgonia"

	// Every package of internal may import these, and every package those that its row names.
	helpers   = "internal/atomicfile internal/freename internal/grow internal/half internal/hdf5 internal/npy internal/random internal/rans internal/safetensors internal/sniff"
	everyones = "github.com/pkg/errors"
)

// find returns the row of a package.
func find(pkg string) (layer, error) {
	for _, l := range layers() {
		for _, p := range strings.Fields(l.packages) {
			folder, tree := strings.CutSuffix(p, "/...")
			if pkg == folder || tree && strings.HasPrefix(pkg, folder+"/") {
				return l, nil
			}
		}
	}
	return layer{}, fmt.Errorf("package %s has no row in the table of internal/deps: give it one", pkg)
}

// below returns the packages of this module that a row may import: those that it names, and those
// that these may import.
func (l layer) below() []string {
	var all []string
	inside := strings.HasPrefix(l.packages, "internal/")
	if inside {
		all = strings.Fields(helpers)
	}
	for _, p := range strings.Fields(l.own) {
		next, err := find(p)
		if err != nil {
			panic("deps: a row names a package that has no row")
		}
		all = append(all, p)
		for _, q := range next.below() {
			// Kernels and helpers are for the packages that need them, not for everything above those.
			if inside || !strings.HasPrefix(q, "internal/") || strings.HasPrefix(p, "internal/") {
				all = append(all, q)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (l layer) modules() []string { return append(strings.Fields(l.libraries), everyones) }

func (l layer) allows(library string) bool {
	host, _, _ := strings.Cut(library, "/")
	if !strings.Contains(host, ".") {
		return true // the standard library
	}
	for _, m := range l.modules() {
		if library == m || strings.HasPrefix(library, m+"/") || m == "..." && host != "gorgonia.org" {
			return true
		}
	}
	return false
}

// check returns an error if a package may not import a path. The package is one of this module,
// without the path of the module.
func check(pkg, path string) error {
	l, err := find(pkg)
	if err != nil {
		return err
	}
	own, ok := strings.CutPrefix(path, module)
	switch {
	case ok && !slices.Contains(l.below(), own):
		return fmt.Errorf("%s must not import %s: %s; of this module it may import %s",
			pkg, own, l.because, strings.Join(l.below(), ", "))
	case !ok && !l.allows(path):
		return fmt.Errorf("%s must not import %s: %s; beside the standard library it may import %s",
			pkg, path, l.because, strings.Join(l.modules(), ", "))
	}
	return nil
}

func TestImports(t *testing.T) {
	const root = "../.."
	seen := map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, processor := range []string{"amd64", "arm64"} {
			for _, p := range list(t, root, "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor) {
				for _, path := range p.Imports {
					err := check(strings.TrimPrefix(p.ImportPath, module), path)
					if err != nil && !seen[err.Error()] {
						seen[err.Error()] = true
						t.Error(err)
					}
				}
			}
		}
	}
	touch(t, root)
}

type listed struct {
	ImportPath string
	Imports    []string // without those of tests
}

func list(t *testing.T, root string, env ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatalf("%v found no package", cmd)
	}
	return all
}

// touch reads all folders of the module. go test caches a result until something changes that the
// test itself has read, and it does not see what go list reads.
func touch(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCheck checks the table with imports that the design allows or refuses.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		pkg, path string
		want      bool
	}{
		{"cmd/gorgonae", module + "graph/op", true},
		{"cmd/gorgonae", "github.com/spf13/cobra", true},
		{"cmd/gorgonae", "gorgonia.org/tensor", false},
		{"bench", module + "internal/gemm", true},
		{"bench", "gorgonia.org/gorgonia", true},
		{"autoencoder", module + "internal/gemm", false},
		{"examples/skip", module + "internal/atomicfile", false},
		{"cmd/gorgonae", module + "internal/reduce", false},
		{"autoencoder", module + "train", true},
		{"autoencoder", module + "mnist", false},
		{"codec", module + "internal/elementwise", true},
		{"codec", module + "run", false},
		{"autoencoder", "gorgonia.org/gorgonia", false},
		{"codec", "gorgonia.org/gorgonia", false},
		{"refine", "gorgonia.org/gorgonia", true},
		{"refine", module + "train", false},
		{"graph", "gorgonia.org/tensor", false},
		{"graph", "github.com/spf13/cobra", false},
		{"graph/op", module + "graph", false},
		{"train", module + "mnist", false},
		{"dataset", module + "handwriting", true},
		{"dataset", module + "train", false},
		{"handwriting", module + "mnist", false},
		{"figure", module + "graph", false},
		{"figure", "gonum.org/v1/plot/vg", true},
		{"figure", "gonum.org/v1/plotter", false},
		{"mnist", module + "images", true},
		{"images", module + "mnist", false},
		{"mnist", "net/http", true},
		{"mnist", "golang.org/x/image/draw", false},
		{"internal/f32", module + "internal/random", true},
		{"internal/random", module + "internal/f32", false},
		{"internal/pool", module + "internal/f32", false},
		{"internal/elementwise", module + "internal/gemm", false},
		{"internal/gemm", module + "internal/conv", false},
		{"internal/conv", module + "internal/pool", true},
		{"internal/conv", module + "internal/kerneltest", false},
		{"internal/norm", module + "internal/conv", false},
		{"internal/safetensors", "github.com/pkg/errors", true},
		{"new", "fmt", false},
	} {
		if err := check(c.pkg, c.path); (err == nil) != c.want {
			t.Errorf("%s importing %s: got %v, want it allowed: %v", c.pkg, c.path, err, c.want)
		}
	}
}
