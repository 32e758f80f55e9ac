package f32

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// golden is the hash of what every kernel but Gemm computes from a fixed input. It is the same on every processor; a
// change to it changes every trained model and every compressed file.
const golden = "b0f3fea5f5f762e9c8f40c324a92b9b09987cc3feb58194625c6e9093f518d32"

func TestGolden(t *testing.T) {
	const n = 5000
	a, b := slices.Concat(nasty, mixed(1, n)), slices.Concat(mixed(2, n), nasty)
	y, unit := make([]float32, len(a)), uniform(3, len(a))
	all := sha256.New()
	add := func(name string, values ...float32) {
		one := sha256.New()
		hashFloats(one, values)
		sum := one.Sum(nil)
		all.Write(sum)
		t.Logf("%-18s %x", name, sum[:8]) // where two machines differ
	}
	for _, k := range kernels {
		k.run(y, a, b)
		add(k.name, y...)
	}
	LogisticLossGrad(y, a, unit, slope)
	add("LogisticLossGrad", y...)
	Dropout(y, a, 0.7, 1, 2)
	add("Dropout", y...)
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	FromBytes(y[:256], bytes)
	add("FromBytes", y[:256]...)

	x := normal(4, len(a))
	add("losses", SquaredError(x, unit, slope), AbsoluteError(x, unit, slope), LogisticLoss(x, unit, slope))
	squares := math.Float64bits(SumSquares(x))
	add("SumSquares", math.Float32frombits(uint32(squares>>32)), math.Float32frombits(uint32(squares)))
	ColumnSums(y[:100], len(x)/100, 100, x[:len(x)/100*100])
	add("ColumnSums", y[:100]...)
	w, m, v := normal(5, len(x)), make([]float32, len(x)), make([]float32, len(x))
	for range 5 {
		Adam(w, x, m, v, 1e-3, 0.1, 0.001, 1e-7)
	}
	add("Adam", slices.Concat(w, m, v)...)

	if got := hex.EncodeToString(all.Sum(nil)); got != golden {
		t.Errorf("the kernels hash to %s, want %s", got, golden)
	}
}

// hashFloats writes bits, with one pattern for every NaN.
func hashFloats(h hash.Hash, values []float32) {
	var buf []byte
	for _, v := range values {
		bits := math.Float32bits(v)
		if v != v {
			bits = 0x7fc00000
		}
		buf = binary.LittleEndian.AppendUint32(buf, bits)
	}
	h.Write(buf)
}

// The compiler must not have fused any product with a sum but in fma32. It would show in the last bit of a float64 and so hardly
// ever in a hash, but it does in the code for arm64, where the compiler fuses what it may.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package for arm64")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to compile the package for arm64 with")
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if _, err := os.Stat(name); err != nil { // tells go test that its cached result depends on the source
			t.Fatal(err)
		}
	}
	cmd := exec.Command(tool, "build", "-gcflags=-S", ".")
	cmd.Env = append(cmd.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	listing, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, listing)
	}
	if !strings.Contains(string(listing), "f32.exp STEXT") {
		t.Fatal("the listing does not hold the package")
	}
	fused := regexp.MustCompile(`\sFN?M(ADD|SUB)[SD]`)
	for line := range strings.Lines(string(listing)) {
		if fused.MatchString(line) && !strings.Contains(line, "/fma_arm64.go:") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
