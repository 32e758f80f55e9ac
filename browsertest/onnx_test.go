package browsertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gorgonae runs the program in the folder of the module.
func gorgonae(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"run", "./cmd/gorgonae"}, args...)...)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gorgonae %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// example copies the page to a folder and fetches its library, as its README says.
func example(t *testing.T) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("NOT TESTED IN A BROWSER: npm is missing, which fetches onnxruntime-web (Debian: apt-get install npm)")
	}
	dir = t.TempDir()
	for _, name := range []string{"index.html", "main.js", "style.css", "package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("../examples/browser", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED IN A BROWSER: npm cannot fetch onnxruntime-web: %v\n%s", err, out)
	}
	return dir
}

// An npy file of format 1.0, as the programs of this project write and read it.
func writeNPY(t *testing.T, path string, shape string, x []float32) {
	t.Helper()
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape)
	header += strings.Repeat(" ", 64-(len(header)+11)%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	_ = binary.Write(&b, binary.LittleEndian, x)
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func readNPY(t *testing.T, path string) []float32 {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[10+int(binary.LittleEndian.Uint16(raw[8:])):]
	x := make([]float32, len(raw)/4)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, x); err != nil {
		t.Fatal(err)
	}
	return x
}

// The example page decodes in the browser what gorgonae decode decodes, with an exported decoder and with a quantised
// one.
func TestONNXExample(t *testing.T) {
	tab := Open(t)
	dir := example(t)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()

	tab.Goto(server.URL)
	tab.Wait(`document.getElementById("about").textContent.includes("model/decoder.onnx is not there (404)")`)
	tab.Problems() // the console says so, too

	work := t.TempDir()
	run, codes := filepath.Join(work, "run"), filepath.Join(work, "codes.npy")
	gorgonae(t, "train", "--data", "handwriting", "--epochs", "1", "--out", run)
	code := []float32{1.5, -0.75}
	writeNPY(t, codes, "(1, 2)", code)
	gorgonae(t, "decode", run, codes, "--out", filepath.Join(work, "image.npy"))
	want := readNPY(t, filepath.Join(work, "image.npy"))

	for _, quantize := range [][]string{nil, {"--quantize", "int8", "--force"}} {
		gorgonae(t, append([]string{"export", run, "--format", "onnx", "--out", filepath.Join(dir, "model")}, quantize...)...)
		tab.Goto(server.URL)
		about := ""
		for end := time.Now().Add(2 * time.Minute); !strings.HasPrefix(about, "Codes") && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			about = Eval[string](tab, `document.getElementById("about").textContent`) // a busy machine compiles 14 MB of WebAssembly slowly
		}
		if about != "Codes of 2 numbers become images of 28 × 28 pixels, grey." {
			t.Fatalf("the page says %q; the console got: %v", about, tab.Problems())
		}
		Eval[bool](tab, fmt.Sprintf(`[...document.querySelectorAll("input[type=range]")].forEach((slider, i) => {
			slider.value = [%v, %v][i];
			slider.dispatchEvent(new Event("input"));
		}) || true`, code[0], code[1]))
		most := 1 + 5*len(quantize) // in 8 bits, weights and images differ a little
		difference := math.MaxInt
		for end := time.Now().Add(20 * time.Second); difference > most && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			difference = differs(Eval[[]int](tab, `[...document.getElementById("image").getContext("2d").getImageData(0, 0, 28, 28).data]`), want)
		}
		if difference > most {
			t.Errorf("quantised %v: a pixel of the canvas differs by %d levels from gorgonae decode, want at most %d", quantize != nil, difference, most)
		}
	}
	tab.NoProblems("the page with a decoder")

	tab.AllNamed("the page with a decoder")
	for _, scheme := range []string{"light", "dark"} {
		tab.Scheme(scheme)
		tab.Screen(375, 667)
		tab.NoSidewaysScroll("on a phone")
		tab.Screenshot("onnx-phone-" + scheme)
		tab.Screen(1280, 800)
		tab.NoSidewaysScroll("on a desk")
		tab.Screenshot("onnx-" + scheme)
	}
	before := Eval[string](tab, `document.getElementById("sliders").textContent`)
	Eval[bool](tab, `document.getElementById("random").click() || true`)
	tab.Wait(fmt.Sprintf(`document.getElementById("sliders").textContent !== %q`, before))
	tab.NoProblems("after a random code")
}

// differs returns by how many levels the pixels of a canvas, red, green, blue and alpha, differ from grey numbers at
// most.
func differs(canvas []int, want []float32) (most int) {
	if len(canvas) != 4*len(want) {
		return math.MaxInt
	}
	for i, v := range want {
		level := int(math.Round(255 * float64(min(max(v, 0), 1))))
		for c, w := range []int{level, level, level, 255} {
			most = max(most, w-canvas[4*i+c], canvas[4*i+c]-w)
		}
	}
	return most
}
