package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// software lets Chromium draw WebGL without a graphics processor, and without a warning about it.
var software = []string{"use-gl=angle", "use-angle=swiftshader", "enable-unsafe-swiftshader"}

// allCodes is true when the plane shows all codes of the built-in handwriting.
const allCodes = `document.getElementById("stage").dataset.count === "60000"`

// text is the text of an element.
func text(b *Tab, id string) string {
	b.t.Helper()
	return Eval[string](b, fmt.Sprintf("document.getElementById(%q).textContent", id))
}

// painted is an expression that is true when a canvas shows something. It reads a copy: Chromium warns about canvases that are read often.
func painted(selector string) string {
	return fmt.Sprintf(`(c => {
		const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", { willReadFrequently: true });
		copy.drawImage(c, 0, 0);
		return copy.getImageData(0, 0, c.width, c.height).data.some((v, i) => i %% 4 < 3 && v > 40);
	})(document.querySelector(%q))`, selector)
}

// box returns the place of an element on the screen: left, top, width, height.
func box(b *Tab, id string) [4]float64 {
	b.t.Helper()
	return Eval[[4]float64](b, fmt.Sprintf("(b => [b.left, b.top, b.width, b.height])(document.getElementById(%q).getBoundingClientRect())", id))
}

// mouse sends an event at a place of an element, in parts of its width and height.
func mouse(b *Tab, id string, typ input.DispatchMouseEventType, x, y float64, options ...chromedp.MouseOption) {
	b.t.Helper()
	at := box(b, id)
	b.Do(chromedp.MouseEvent(typ, at[0]+x*at[2], at[1]+y*at[3], options...))
}

// TestPageViews opens every view on a desktop and on a phone, dark and light.
func TestPageViews(t *testing.T) {
	url, _ := serve(t, codecRun(t))
	tab := Open(t, software...)
	for _, screen := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1280, 800}, {"phone", 375, 740}} {
		for _, scheme := range []string{"light", "dark"} {
			tab.Screen(screen.width, screen.height)
			tab.Scheme(scheme)
			for view, ready := range map[string]string{
				"plane": allCodes, "draw": `document.getElementById("draw-facts").children.length > 0`,
				"codec":    `document.querySelector("#rate-chart svg") !== null && ` + painted("#try-decoded"),
				"training": `document.querySelector("#loss-chart svg") !== null`,
			} {
				where := view + "-" + screen.name + "-" + scheme
				tab.Goto(url + "/?" + where + "#" + view)
				tab.Wait(ready)
				tab.NoSidewaysScroll(where)
				tab.AllNamed(where)
				tab.NoProblems(where)
				tab.Screenshot(where)
				unreachable := Eval[[]string](tab, `[...document.querySelectorAll("button, input, select, a, summary, [role=application]")]
					.filter(e => e.checkVisibility() && !e.disabled && e.tabIndex < 0 && e.getAttribute("role") !== "tab").map(e => e.outerHTML)`)
				if len(unreachable) > 0 {
					t.Errorf("%s: the keyboard does not reach %v", where, unreachable)
				}
			}
		}
	}
}

// TestPagePlane points at codes with the mouse and with keys, and asks for all that belongs to them.
func TestPagePlane(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(url)
	tab.Wait(allCodes)

	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.5, 0.5)
	tab.Wait(painted("#lens-image") + " && " + painted("#lens-decoded"))
	if got := text(tab, "lens-image-name"); !strings.Contains(got, "no. ") {
		t.Errorf("pointer: want the label and number of an image, got %q", got)
	}
	place := text(tab, "lens-place")
	tab.Do(chromedp.Focus("#overlay"), chromedp.KeyEvent("\u0303")) // ArrowRight
	if now := text(tab, "lens-place"); now == place {
		t.Errorf("arrow key: the probe stays %s", place)
	}
	tab.Wait(`document.getElementById("plane-live").textContent.includes("at ")`) // what a screen reader says
	tab.Do(chromedp.KeyEvent("+"), chromedp.KeyEvent("\r"))
	tab.Wait(`document.getElementById("lens-error").textContent.includes("squared error")`)
	tab.Do(chromedp.KeyEvent("a"), chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("0"))
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.3, 0.45)
	tab.Do(chromedp.Click("#path-to"))
	tab.Wait(`document.querySelectorAll("#path-strip img").length === 9 && ` + painted("#path-frame"))

	tab.Do(chromedp.Click("#map-toggle"))
	tab.Wait(painted("canvas.map"))
	tab.Do(chromedp.Click("#map-toggle"), chromedp.Click(`#legend button[data-label="3"]`))
	if got := Eval[string](tab, `document.querySelector('#legend button[data-label="3"]').getAttribute("aria-pressed")`); got != "false" {
		t.Errorf("legend: want 3 hidden, got aria-pressed=%s", got)
	}
	before := Eval[float64](tab, `Number(document.getElementById("axis-0").value)`)
	Eval[bool](tab, `(e => { e.value = Number(e.max); e.dispatchEvent(new Event("input")); return true })(document.getElementById("axis-0"))`)
	if now := Eval[float64](tab, `Number(document.getElementById("axis-0").value)`); now == before {
		t.Errorf("slider: stays at %v", now)
	}
	tab.Screenshot("plane-used")
	tab.NoProblems("plane")
}

// TestPageFingers pinches and drags the plane on a phone, and turns the wheel of a mouse.
func TestPageFingers(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	tab := Open(t, software...)
	tab.Screen(375, 740)
	tab.Goto(url)
	tab.Wait(allCodes)
	at := box(tab, "overlay")
	x, y := at[0]+at[2]/2, at[1]+at[3]/2
	first, second := 0.0, 1.0
	touch := func(typ input.DispatchTouchEventType, fingers ...*input.TouchPoint) {
		t.Helper()
		if _, err := chromedp.Call(tab.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: typ, TouchPoints: fingers}); err != nil {
			t.Fatal(err)
		}
	}
	two := func(apart float64) []*input.TouchPoint {
		return []*input.TouchPoint{{X: x - apart/2, Y: y, ID: &first}, {X: x + apart/2, Y: y, ID: &second}}
	}
	touch(input.DispatchTouchEventTypeTouchStart, two(60)...)
	for apart := 70.0; apart <= 120; apart += 10 {
		touch(input.DispatchTouchEventTypeTouchMove, two(apart)...)
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	zoom := `Number(document.getElementById("stage").dataset.zoom)`
	tab.Wait(zoom + " > 1.7 && " + zoom + " < 2.3") // fingers twice as far apart
	if Eval[float64](tab, "scrollY") != 0 || Eval[float64](tab, "visualViewport.scale") != 1 {
		t.Error("pinching: want the page to stay, and the plane to grow")
	}

	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x, Y: y, ID: &first})
	for dy := 10.0; dy <= 60; dy += 10 {
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x, Y: y + dy, ID: &first})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
	tab.Wait(`!document.getElementById("lens").hidden && ` + painted("#lens-decoded"))
	before := Eval[float64](tab, zoom)
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, x, y, func(p *input.DispatchMouseEventParams) { p.DeltaX, p.DeltaY = 1, 200 }))
	tab.Wait(fmt.Sprintf("%s < %g", zoom, before))
	tab.NoSidewaysScroll("fingers")
	tab.NoProblems("fingers")
}

// TestPagePrincipal looks at a plane of principal axes, and chooses others.
func TestPagePrincipal(t *testing.T) {
	url, _ := serve(t, codecRun(t))
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(url)
	tab.Wait(allCodes + ` && document.querySelectorAll("#sliders input").length === 8`)
	first := text(tab, "label-x")
	tab.Do(chromedp.SetValue("#axis-x", "2"))
	Eval[bool](tab, `document.getElementById("axis-x").dispatchEvent(new Event("change"))`)
	tab.Wait(fmt.Sprintf(`document.getElementById("label-x").textContent !== %q`, first))
	tab.Wait(allCodes)
	tab.NoProblems("principal axes")
}

// TestPageDraw draws by hand, gives a picture, and gives a file that is none.
func TestPageDraw(t *testing.T) {
	url, _ := serve(t, codecRun(t))
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(url + "/#draw")
	tab.Wait(`document.getElementById("draw-facts").children.length > 0`)
	mouse(tab, "pad", input.DispatchMouseEventTypeMousePressed, 0.3, 0.25, chromedp.ButtonLeft)
	for _, p := range [][2]float64{{0.5, 0.22}, {0.68, 0.27}, {0.6, 0.45}, {0.45, 0.62}, {0.33, 0.78}, {0.5, 0.78}, {0.7, 0.76}} {
		mouse(tab, "pad", input.DispatchMouseEventTypeMouseMoved, p[0], p[1], chromedp.ButtonLeft)
	}
	mouse(tab, "pad", input.DispatchMouseEventTypeMouseReleased, 0.7, 0.76, chromedp.ButtonLeft)
	tab.Wait(painted("#draw-original") + " && " + painted("#draw-reconstruction") + ` && document.querySelector("#draw-code svg") !== null`)
	facts := text(tab, "draw-facts")
	for _, want := range []string{"squared error", "PSNR", "dB", "bits"} {
		if !strings.Contains(facts, want) {
			t.Errorf("drawing: want %s among the facts, got %q", want, facts)
		}
	}
	// The digit is scaled as those of the data set: its longer side takes about 20 of 28 pixels.
	tab.Wait(`(c => {
		const copy = new OffscreenCanvas(28, 28).getContext("2d");
		copy.drawImage(c, 0, 0);
		const rows = [];
		copy.getImageData(0, 0, 28, 28).data.forEach((v, i) => i % 4 === 0 && v > 100 && rows.push(Math.floor(i / 112)));
		const side = Math.max(...rows) - Math.min(...rows) + 1;
		return side >= 18 && side <= 22;
	})(document.getElementById("draw-original"))`)
	tab.Screenshot("drawn")
	tab.Wait(`!document.getElementById("draw-show").disabled`)
	tab.Do(chromedp.Click("#draw-show"))
	tab.Wait(`!document.getElementById("view-plane").hidden && !document.getElementById("lens").hidden`)
	tab.NoProblems("drawing")

	tab.Do(chromedp.Click("#tab-draw"), chromedp.Click("#pad-clear"))
	bad := filepath.Join(t.TempDir(), "bad.png")
	if err := os.WriteFile(bad, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Do(chromedp.SetUploadFiles("#draw-file", []string{bad}))
	tab.Wait(`document.getElementById("draw-message").classList.contains("error")`)
	if got := text(tab, "draw-message"); !strings.Contains(got, "picture") {
		t.Errorf("bad file: want the server's error as text, got %q", got)
	}
	tab.Problems() // the refused request
}

// TestPageCodec moves along the curve, and takes an image through a compressed file.
func TestPageCodec(t *testing.T) {
	url, _ := serve(t, codecRun(t))
	tab := Open(t, software...)
	tab.Screen(1280, 900)
	tab.Goto(url + "/#codec")
	tab.Wait(painted("#try-decoded") + ` && !document.getElementById("lambda").disabled`)
	bits := func() float64 {
		return Eval[float64](tab, `Number([...document.querySelectorAll("#try-facts div")].find(d => d.firstChild.textContent === "bits").lastChild.textContent)`)
	}
	before := bits()
	Eval[bool](tab, `(e => { e.value = 0.6; e.dispatchEvent(new Event("input")); return true })(document.getElementById("lambda"))`)
	tab.Wait(fmt.Sprintf(`Number([...document.querySelectorAll("#try-facts div")].find(d => d.firstChild.textContent === "bits").lastChild.textContent) > %g`, before))

	file := seven(t, tab)
	tab.Do(chromedp.SetUploadFiles("#compress-files", []string{file}))
	tab.Wait(`document.querySelector("#compress-result a[download='seven.gae']") !== null`)
	// What the codec makes of images without a λ is a point of its own: the curve goes from one λ to the next.
	tab.Wait(`document.getElementById("rate-message").textContent === "" && document.querySelector("#rate-chart polyline") !== null`)
	if got := Eval[int](tab, `document.querySelector("#rate-chart polyline").points.length`); got != 7 {
		t.Errorf("want a curve of 7 λ, got %d points", got)
	}
	if legend := text(tab, "rate-chart"); !strings.Contains(legend, "as fitted") {
		t.Errorf("want the codec as it is beside the curve, got %q", legend)
	}
	tab.Screenshot("compressed")
	// What is saved is given back.
	dir := t.TempDir()
	if _, err := chromedp.CallBrowser(tab.Ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	tab.Do(chromedp.Click("#compress-result a"))
	saved := filepath.Join(dir, "seven.gae")
	for i := 0; ; i++ {
		if info, err := os.Stat(saved); err == nil && info.Size() > 0 {
			break
		} else if i > 100 {
			t.Fatalf("the link saves no file: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	tab.Do(chromedp.SetUploadFiles("#decompress-file", []string{saved}))
	tab.Wait(`document.querySelectorAll("#decompress-result img").length === 1 && document.querySelector("#decompress-result img").naturalWidth === 28`)
	tab.Screenshot("decompressed")
	tab.NoProblems("codec")
}

// seven writes an image of the test set to seven.png.
func seven(t *testing.T, tab *Tab) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "seven.png")
	var numbers []byte
	for _, v := range Eval[[]int](tab, `fetch("/api/image/5?split=test").then(r => r.arrayBuffer()).then(b => [...new Uint8Array(b)])`) {
		numbers = append(numbers, byte(v))
	}
	if err := os.WriteFile(path, numbers, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
