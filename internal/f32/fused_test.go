package f32_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// packages are the packages of kernels. Each has a function that the listing of its code must hold.
var packages = map[string]string{
	"f32": "Exp", "elementwise": "adam", "reduce": "huber", "norm": "softmax", "pooling": "bilinear", "epilogue": "Row",
	"gemm": "tilePortable", "conv": "tilePortable",
}

// The compiler must not fuse any product with a sum, except in FMA. A fused sum differs in the last
// bit of a float64, so a hash would hardly ever show it. The code for arm64 shows it: there the
// compiler fuses all that it may.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the kernels for arm64")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to compile the kernels for arm64 with")
	}
	args := []string{"build", "-gcflags=-S"}
	for name := range packages {
		args = append(args, "../"+name)
		sources, err := filepath.Glob("../" + name + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range sources {
			if _, err := os.Stat(name); err != nil { // go test then reruns when it changes
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(tool, args...)
	cmd.Env = append(cmd.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	listing, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, listing)
	}
	for name, function := range packages {
		if !strings.Contains(string(listing), "/"+name+"."+function+" STEXT") {
			t.Errorf("the listing does not hold package %s", name)
		}
	}
	fused := regexp.MustCompile(`\sFN?M(ADD|SUB)[SD]`)
	for line := range strings.Lines(string(listing)) {
		if fused.MatchString(line) && !strings.Contains(line, "/fma_arm64.go:") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
