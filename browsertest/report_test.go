package browsertest

import (
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hostileClass is the name of a class, as that of a folder, that runs a script if it is not escaped.
const hostileClass = `<img src=x onerror=alert(1)>'"&`

// pictures writes a folder of coloured pictures of three classes, each a disc of its own colour and place.
func pictures(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("pictures_of_discs_", 3)) // too long for a line, and without a space
	for class, name := range []string{"discs", "größer als üblich", hostileClass} {
		sub := filepath.Join(dir, name)
		if err := os.MkdirAll(sub, 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			m := image.NewRGBA(image.Rect(0, 0, 24, 24))
			cx, cy, r := 6+i%12, 5+(3*i)%13, 3+(i+class)%5
			for y := range 24 {
				for x := range 24 {
					c := color.RGBA{uint8(20 * class), 30, uint8(5 * i), 255}
					if (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r {
						c = color.RGBA{uint8(80 + 80*class), uint8(250 - 10*i), 120, 255}
					}
					m.SetRGBA(x, y, c)
				}
			}
			f, err := os.Create(filepath.Join(sub, fmt.Sprintf("%d.png", i)))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, m); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
	return dir
}

// command builds the program.
func command(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gorgonae")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/gorgonae")
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// contrasts returns the texts whose contrast with what is behind them is below WCAG's AA: 4.5, or 3 for large ones.
const contrasts = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const light = (c) => { const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const text = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    const style = getComputedStyle(e);
    if (!text || !e.checkVisibility({ visibilityProperty: true }) || e.closest("script, style, .hidden")) continue;
    let back = e, b;
    while ((b = rgba(getComputedStyle(back).backgroundColor))[3] < 255 && back.parentElement) back = back.parentElement;
    const [x, y] = [light(rgba(style.color)), light(b)];
    const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
    const size = parseFloat(style.fontSize);
    if (ratio < (size >= 24 || (size >= 18.6 && style.fontWeight >= 700) ? 3 : 4.5)) bad.push(text.slice(0, 30) + ": " + ratio.toFixed(2));
  }
  return bad.join("; ");
})()`

// The page of a run of every kind of code opens from disk: without an error, on a screen and on a phone, in
// dark and in light; pointer and keyboard show values and images, and it prints to two pages.
func TestReport(t *testing.T) {
	tab := Open(t)
	program, data := command(t), pictures(t)
	for _, c := range []struct{ name, flags, plane string }{
		{"tutorial", "--model tutorial --epochs 4", "at −?[0-9.]+, −?[0-9.]+"},
		{"line", "--model tutorial --latent 1 --epochs 2", "at −?[0-9.]+"},
		{"denoising", "--model denoising --epochs 3", "at −?[0-9.]+, −?[0-9.]+"},
		{"conv", "--model conv --epochs 2", "at −?[0-9.]+, −?[0-9.]+"},
		{"strided", "--model conv-strided --epochs 2", "at −?[0-9.]+, −?[0-9.]+"},
		{"vae", "--model vae --epochs 3", "at −?[0-9.]+, −?[0-9.]+"},
		{"codec", "--model codec --epochs 3", "at −?[0-9.]+, −?[0-9.]+"},
		{"lossless", "--model lossless --epochs 1", "at −?[0-9.]+, −?[0-9.]+"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		cmd := exec.Command(program, append([]string{"train", "--quiet", "--batch", "20", "--data", data, "--out", dir}, strings.Fields(c.flags)...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		file := url.URL{Scheme: "file", Path: filepath.Join(dir, "report.html")}
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 375} {
				where := fmt.Sprintf("report-%s-%s-%d", c.name, scheme, width)
				tab.Scheme(scheme)
				tab.Screen(width, 900)
				tab.Goto(file.String())
				tab.Wait(`document.querySelector("[data-plane]").getAttribute("role") === "application"`)
				tab.NoSidewaysScroll(where)
				tab.AllNamed(where)
				if bad := Eval[string](tab, contrasts); bad != "" {
					t.Errorf("%s: texts are hard to read: %s", where, bad)
				}
				pointReport(t, tab, where, c.plane)
				tab.NoProblems(where)
				tab.Screen(width, Eval[int64](tab, "document.documentElement.scrollHeight"))
				tab.Screenshot(where)
			}
		}
		pdf, err := chromedp.Call(tab.Ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(pdf.Data)
		if raw, err := base64.StdEncoding.DecodeString(string(pdf.Data)); err == nil {
			text = raw
		}
		if n := len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(text, -1)); n < 1 || n > 2 {
			t.Errorf("%s prints to %d pages, want at most 2", c.name, n)
		}
		if dir := os.Getenv("SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "report-"+c.name+".pdf"), text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pointReport points at curves and codes, and goes on with the keyboard.
func pointReport(t *testing.T, tab *Tab, where, plane string) {
	t.Helper()
	point := func(selector string, x, y float64) {
		Eval[bool](tab, fmt.Sprintf(`(() => {
			const e = document.querySelector(%q), b = e.getBoundingClientRect();
			e.dispatchEvent(new PointerEvent("pointermove", {clientX: b.left + %v * b.width, clientY: b.top + %v * b.height, bubbles: true}));
			return true;
		})()`, selector, x, y))
	}
	key := func(selector, name string) {
		Eval[bool](tab, fmt.Sprintf(`(() => {
			const e = document.querySelector(%q);
			e.focus();
			e.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true}));
			return document.activeElement === e;
		})()`, selector, name))
	}
	want := func(what, pattern, expression string) {
		t.Helper()
		if got := Eval[string](tab, expression); !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s: %s: got %q, want %s", where, what, got, pattern)
		}
	}
	const tip = `document.querySelector(".tip").hidden ? "hidden" : document.querySelector(".tip").textContent`
	want("before the pointer comes", "^hidden$", tip)
	point("[data-chart]", 0.02, 0.5)
	want("the pointer at the first epoch", `^epoch 1training [0-9.e+]+validation [0-9.e+]+$`, tip)
	key("[data-chart]", "End")
	want("the key End", `^epoch [0-9]+: training [0-9.e+]+, validation [0-9.e+]+$`, `document.querySelector("[data-chart]").getAttribute("aria-valuetext")`)
	if Eval[bool](tab, `!!document.querySelector(".scale.log")`) {
		Eval[bool](tab, `document.getElementById("scale-log").click() || true`)
		want("the logarithmic scale", "^block none$",
			`getComputedStyle(document.querySelector(".scale.log")).display + " " + getComputedStyle(document.querySelector(".chart:not(.only) .scale.linear")).display`)
	}
	said := `document.querySelector(".said").textContent`
	point("[data-plane]", 0.4, 0.4)
	want("the pointer in the plane", `^Image [0-9]+, label .+, `+plane+`\. MSE [0-9.]+\.$`, said)
	first := Eval[string](tab, said)
	label := regexp.MustCompile(`label (.+), at`).FindStringSubmatch(first)[1]
	toggle := fmt.Sprintf(`[...document.querySelectorAll(".legend label")].find((e) => e.querySelector("bdi").textContent === %q).querySelector("input").click() || true`, label)
	Eval[bool](tab, toggle)
	if now := Eval[string](tab, said); strings.Contains(now, "label "+label) {
		t.Errorf("%s: the ring stays on a code whose label is switched off: %q", where, now)
	}
	Eval[bool](tab, toggle)
	for range 12 {
		key("[data-plane]", "ArrowRight")
		key("[data-plane]", "ArrowDown")
	}
	if Eval[string](tab, said) == first {
		t.Errorf("%s: the arrow keys do not move in the plane from %q", where, first)
	}
	want("the image of the code", "^true$", `(() => {
		const c = document.querySelector("canvas.before"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		return String(new Set(d).size > 4);
	})()`)
	Eval[bool](tab, `document.querySelectorAll(".legend input").forEach((e) => e.click()) || true`)
	point("[data-plane]", 0.5, 0.4)
	want("all labels off", "^All labels are switched off.$", said)
	Eval[bool](tab, `document.querySelectorAll(".legend input").forEach((e) => e.click()) || true`)
	point("[data-plane]", 0.5, 0.4)
	if Eval[bool](tab, `!!document.querySelector(".underlay")`) {
		Eval[bool](tab, `document.querySelector(".underlay").click() || true`)
		want("what the decoder makes of the plane", "^visible$", `document.querySelector(".decoded").hidden ? "hidden" : "visible"`)
	}
	want("the hostile class", "^"+regexp.QuoteMeta(hostileClass)+"$", `[...document.querySelectorAll(".legend bdi")].map((e) => e.textContent).find((s) => s.startsWith("<")) ?? ""`)
}
