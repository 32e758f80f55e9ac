package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestViewAxes shows axes of which those between are not set, and moves along an axis that the plane does not show.
func TestViewAxes(t *testing.T) {
	tab, proxy := onPlane(t, codecRun(t), "/")
	tab.Wait(`document.querySelectorAll("#axis-x option").length === 12`)
	choose := func(id string, axis int) {
		Eval[bool](tab, fmt.Sprintf(`(e => { e.value = %d; e.dispatchEvent(new Event("change")); return true })(document.getElementById(%q))`, axis, id))
		tab.Wait(fmt.Sprintf("document.getElementById(%q).textContent === %q", "label-"+id[len("axis-"):], fmt.Sprintf("PC %d", axis+1)))
	}
	choose("axis-x", 3)
	choose("axis-y", 5)
	tab.Wait(allCodes)
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.5, 0.5)
	tab.Wait(painted("#lens-decoded") + " && " + silent("lens-message"))

	click(tab, "map-toggle")
	proxy.await(t, "/api/decode?columns", 1)
	settled(tab)
	before, n := Eval[string](tab, `document.querySelector("canvas.map").toDataURL()`), proxy.Count("/api/decode?columns")
	Eval[bool](tab, `(e => { e.value = e.max; e.dispatchEvent(new Event("input")); return true })(document.getElementById("axis-0"))`)
	proxy.await(t, "/api/decode?columns", n+1)
	tab.Wait(fmt.Sprintf(`document.querySelector("canvas.map").toDataURL() !== %q`, before))

	// What was asked for before the map was switched off must not show it again.
	click(tab, "map-toggle")
	release := proxy.Hold("/api/decode?columns")
	n = proxy.Count("/api/decode?columns")
	click(tab, "map-toggle")
	proxy.await(t, "/api/decode?columns", n+1)
	click(tab, "map-toggle")
	release()
	settled(tab)
	if Eval[bool](tab, painted("canvas.map")) {
		t.Error("map: want none after it was switched off, got one")
	}

	// A wall of screens has more tiles than the server decodes at once.
	tab.Screen(5120, 2880)
	n = proxy.Count("/api/decode?columns")
	click(tab, "map-toggle")
	proxy.await(t, "/api/decode?columns", n+1)
	tab.Wait(painted("canvas.map"))
	tab.NoProblems("axes")
}

// TestViewWebGL loses what WebGL draws with: a canvas takes its place, and shows the points.
func TestViewWebGL(t *testing.T) {
	tab, _ := onPlane(t, tutorialRun(t), "/?draw=gl")
	tab.Wait(`document.getElementById("stage").dataset.painter === "WebGL"`)
	tab.Problems() // Chromium complains that it must read what it drew without a graphics processor
	Eval[bool](tab, `(document.querySelector("canvas.points").getContext("webgl").getExtension("WEBGL_lose_context").loseContext(), true)`)
	tab.Wait(`document.getElementById("stage").dataset.painter === "Canvas" && document.querySelectorAll("canvas.points").length === 1 && ` + painted("canvas.points"))
	tab.NoProblems("WebGL")
}

// TestViewEmpty shows a model whose data set is not there: nothing throws, and the page says why there are no codes.
func TestViewEmpty(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	proxy := newProxy(t, url)
	proxy.On("/api/model", func(w http.ResponseWriter, _ *http.Request) bool {
		text := string(get(t, url+"/api/model"))
		at := strings.Index(text, `"codes":`)
		end := at + strings.Index(text[at:], "}") + 1
		text = text[:at] + `"codes":{"status":"unavailable","reason":"the data set has gone","count":0,"total":0,"revision":0}` + text[end:]
		at = strings.Index(text, `"axes":`)
		end = at + strings.Index(text[at:], "]") + 1
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text[:at] + `"axes":[]` + text[end:]))
		return true
	})
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(proxy.URL)
	tab.Wait(says("plane-message", "the data set has gone"))
	if got := text(tab, "plane-count"); strings.Contains(got, "Waiting") {
		t.Errorf("want no promise of codes, got %q", got)
	}
	for _, id := range []string{"slider-reset", "map-toggle", "path-from", "path-to", "zoom-in", "zoom-all"} {
		click(tab, id)
	}
	tab.Do(chromedp.Focus("#overlay"))
	for _, key := range []string{"\u0303", "\r", "\u001b", "a", "A", "+", "0"} {
		tab.Do(chromedp.KeyEvent(key))
	}
	mouse(tab, "overlay", input.DispatchMouseEventTypeMousePressed, 0.5, 0.5, chromedp.ButtonLeft)
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseReleased, 0.5, 0.5, chromedp.ButtonLeft)
	for _, tabName := range []string{"tab-draw", "tab-codec", "tab-training", "tab-plane"} {
		click(tab, tabName)
		settled(tab)
	}
	tab.NoProblems("no codes")
}

// TestViewFiles drops a file beside all places for one, and chooses the same file twice.
func TestViewFiles(t *testing.T) {
	tab, proxy := onPlane(t, codecRun(t), "/")
	if Eval[bool](tab, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(["x"], "x.png", { type: "image/png" }));
		return document.querySelector("header").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
	})()`) {
		t.Error("a file beside all places: the browser would leave the page for it")
	}
	click(tab, "tab-draw")
	tab.Wait(`document.getElementById("draw-facts").children.length > 0`)
	file := seven(t, tab)
	for n := 1; n <= 2; n++ {
		tab.Do(chromedp.SetUploadFiles("#draw-file", []string{file}))
		proxy.await(t, "/api/encode", n)
	}
	tab.Wait(painted("#draw-original"))
	if got := Eval[string](tab, `document.getElementById("draw-file").value`); got != "" {
		t.Errorf("a chosen file: want the input empty, so that it can be chosen again, got %q", got)
	}

	// Strokes above a picture that are taken back leave the picture as it was.
	before := Eval[string](tab, picture("draw-original"))
	mouse(tab, "pad", input.DispatchMouseEventTypeMousePressed, 0.1, 0.1, chromedp.ButtonLeft)
	mouse(tab, "pad", input.DispatchMouseEventTypeMouseMoved, 0.4, 0.1, chromedp.ButtonLeft)
	mouse(tab, "pad", input.DispatchMouseEventTypeMouseReleased, 0.4, 0.1, chromedp.ButtonLeft)
	tab.Wait(fmt.Sprintf("%s !== %q", picture("draw-original"), before))
	click(tab, "pad-undo")
	tab.Wait(fmt.Sprintf("%s === %q", picture("draw-original"), before))

	// When the server has gone, no numbers of another image stay beside the error.
	proxy.Down(true)
	mouse(tab, "pad", input.DispatchMouseEventTypeMousePressed, 0.6, 0.6, chromedp.ButtonLeft)
	mouse(tab, "pad", input.DispatchMouseEventTypeMouseReleased, 0.6, 0.6, chromedp.ButtonLeft)
	tab.Wait(says("draw-message", "The server does not answer") + " && !" + says("draw-facts", "dB"))
}

// TestViewLiveChart reads a value of a curve while epochs come.
func TestViewLiveChart(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	proxy := newProxy(t, url)
	more := make(chan string)
	proxy.On("/api/history/stream", func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("event: history\ndata: " + `{"terms":[],"wanted":9,"training":true,"best":1,"epochs":[` + epoch(1) + "," + epoch(2) + "]}\n\n"))
		for {
			_ = http.NewResponseController(w).Flush()
			select {
			case event := <-more:
				_, _ = w.Write([]byte(event))
			case <-r.Context().Done():
				return true
			}
		}
	})
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(proxy.URL + "/#training")
	tab.Wait(`document.querySelector("#loss-chart svg") !== null`)
	tab.Do(chromedp.Focus("#loss-chart svg"), chromedp.KeyEvent("\u0303"), chromedp.KeyEvent("\u0303"))
	const reading = `document.querySelector("#loss-chart .readout").textContent`
	want := Eval[string](tab, reading)
	if !strings.Contains(want, "epoch") {
		t.Fatalf("arrow key: want the values of an epoch, got %q", want)
	}
	more <- "event: epoch\ndata: " + epoch(3) + "\n\n"
	tab.Wait(says("training-state", "epoch 3 of 9"))
	if got := Eval[string](tab, reading); got != want {
		t.Errorf("a new epoch: want still %q, got %q", want, got)
	}
	if got := Eval[string](tab, "document.activeElement.tagName"); got != "svg" {
		t.Errorf("a new epoch: want the focus on the chart, got %s", got)
	}

	// A run that begins anew has no epoch yet; its chart stays empty when the window gets another width.
	more <- `event: history` + "\ndata: " + `{"terms":[],"wanted":9,"training":true,"best":0,"epochs":[]}` + "\n\n"
	tab.Wait(says("training-state", "no epoch has ended yet"))
	tab.Screen(900, 800)
	settled(tab)
	if Eval[bool](tab, `document.querySelector("#loss-chart svg") !== null`) {
		t.Error("a run that began anew: the chart of the one before came back")
	}
	more <- "event: epoch\ndata: " + `{"epoch":1,"seconds":1,"loss":null,"val_loss":null,"lr":0.1}` + "\n\n"
	tab.Wait(says("training-message", "diverged"))
	tab.NoProblems("live chart")
}

func epoch(i int) string {
	return fmt.Sprintf(`{"epoch":%d,"seconds":1,"loss":%g,"val_loss":%g,"lr":0.1}`, i, 1/float64(i), 2/float64(i))
}
