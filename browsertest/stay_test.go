package browsertest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// onPlane opens the page of a run, whose server a proxy stands before, and waits for its codes.
func onPlane(t *testing.T, dir, rest string) (*Tab, *Proxy) {
	t.Helper()
	url, _ := serve(t, dir)
	proxy := newProxy(t, url)
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(proxy.URL + rest)
	tab.Wait(allCodes)
	return tab, proxy
}

// click clicks an element though something may lie above it.
func click(b *Tab, id string) {
	b.t.Helper()
	Eval[bool](b, fmt.Sprintf("document.getElementById(%q).click() || true", id))
}

// says is an expression that is true when the text of an element has a part.
func says(id, part string) string {
	return fmt.Sprintf("document.getElementById(%q).textContent.includes(%q)", id, part)
}

// silent is an expression that is true when an element has no text.
func silent(id string) string {
	return fmt.Sprintf("document.getElementById(%q).textContent === ''", id)
}

// picture is an expression of what a canvas shows.
func picture(id string) string { return fmt.Sprintf("document.getElementById(%q).toDataURL()", id) }

// extent is the range of the first slider.
const extent = `[document.getElementById("axis-0").min, document.getElementById("axis-0").max].map(v => Number(v).toPrecision(6)).join()`

// serverExtent returns the range of the first axis as a server says it, when it knows all codes.
func serverExtent(t *testing.T, url string) string {
	t.Helper()
	for range 300 {
		var m struct {
			Codes struct{ Status string }
			Axes  []struct{ Min, Max float64 }
		}
		if err := json.Unmarshal(get(t, url+"/api/model"), &m); err != nil {
			t.Fatal(err)
		}
		if m.Codes.Status == "ready" {
			return precise(m.Axes[0].Min) + "," + precise(m.Axes[0].Max)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("want codes within half a minute, got none")
	return ""
}

// precise writes a number as JavaScript's toPrecision(6) does numbers from 1e-6 to 1e6.
func precise(v float64) string {
	s := strconv.FormatFloat(v, 'e', 5, 64)
	v, _ = strconv.ParseFloat(s, 64)
	return strconv.FormatFloat(v, 'f', max(0, 5-int(math.Floor(math.Log10(math.Abs(v))))), 64)
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", url, r.Status, err)
	}
	return body
}

// TestStayServer takes the server away from a page that is open, and brings it back with other weights. The page must say
// so, and must show the codes of what answers now.
func TestStayServer(t *testing.T) {
	first, second := tutorialRun(t), otherRun(t)
	tab, proxy := onPlane(t, first, "/")
	is := func(url string) string { return fmt.Sprintf("%s === %q", extent, serverExtent(t, url)) }
	tab.Wait(is(proxy.URL)) // not that of the sample that came first

	proxy.Down(true)
	tab.Wait(says("page-message", "The server does not answer"))
	tab.Problems() // the console says so, too
	codes := proxy.Count("/api/codes")
	other, _ := serve(t, second)
	proxy.To(other)
	proxy.Down(false)
	tab.Wait(is(other) + " && " + silent("page-message"))
	proxy.await(t, "/api/codes", codes+1)

	// A server that is started again so fast that no question of the page meets the gap.
	again, _ := serve(t, first)
	want := is(again)
	codes = proxy.Count("/api/codes")
	proxy.To(again)
	tab.Wait(want)
	proxy.await(t, "/api/codes", codes+1)

	// Another model at the same address has a page of its own.
	third, _ := serve(t, codecRun(t))
	proxy.To(third)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		// The page is loaded again, so a question may meet one that is going.
		if now, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](says("run-facts", "12 numbers"))); err == nil && now {
			break
		} else if time.Now().After(end) {
			t.Fatalf("another model: want a page of its own, got %v", err)
		}
	}
	tab.Wait(allCodes + ` && document.querySelectorAll("#sliders input").length === 8`)
}

// TestStayStart opens a page whose first questions are not answered, and clicks before it knows its model.
func TestStayStart(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	proxy := newProxy(t, url)
	release := proxy.Hold("/api/codes")
	clicked := make(chan struct{})
	var questions atomic.Int32
	proxy.On("/api/model", func(w http.ResponseWriter, _ *http.Request) bool {
		<-clicked
		if questions.Add(1) > 2 {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	tab := Open(t, software...)
	tab.Goto(proxy.URL)
	click(tab, "tab-draw")
	settled(tab)
	close(clicked)
	tab.Wait(says("run-facts", "tutorial") + ` && document.getElementById("draw-facts").children.length > 0 && ` + silent("page-message"))
	release()
	click(tab, "tab-plane")
	tab.Wait(allCodes)
}

// TestStayBusy gets pictures and curves from a server that is busy at first.
func TestStayBusy(t *testing.T) {
	tab, proxy := onPlane(t, codecRun(t), "/")
	proxy.Busy("/api/decode", 2)
	proxy.Busy("/api/image", 1)
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.5, 0.5)
	tab.Wait(painted("#lens-decoded") + " && " + painted("#lens-image") + " && " + silent("lens-message"))

	// The codec is measured again and again: one question that is lost does not end that.
	proxy.Down(true)
	click(tab, "tab-codec")
	tab.Wait(says("rate-message", "The server does not answer"))
	proxy.Down(false)
	tab.Wait(`document.querySelector("#rate-chart svg") !== null && ` + painted("#try-decoded"))

	// The stream of a training that is refused is opened again, which browsers do not do by themselves.
	proxy.Busy("/api/history/stream", 1)
	click(tab, "tab-training")
	tab.Wait(says("training-message", "was lost"))
	tab.Wait(says("training-state", "epoch 1") + " && " + silent("training-message"))
}

// TestStayOrder lets an answer come after that to a later question: what was asked last is what the page must show.
func TestStayOrder(t *testing.T) {
	tab, proxy := onPlane(t, codecRun(t), "/")
	at := func(x, y float64) (number string) {
		t.Helper()
		mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, x, y)
		tab.Wait(says("lens-image-name", "no. "))
		_, number, _ = strings.Cut(text(tab, "lens-image-name"), "no. ")
		return strings.ReplaceAll(number, ",", "")
	}
	first := at(0.45, 0.5)
	release := proxy.Hold("/api/reconstruction/" + first)
	tab.Do(chromedp.Focus("#overlay"), chromedp.KeyEvent("\r"))
	proxy.await(t, "/api/reconstruction/"+first, 1)
	tab.Do(chromedp.KeyEvent("\u001b"))
	if second := at(0.6, 0.55); second == first {
		t.Fatalf("want two images in the plane, got %s twice", first)
	}
	tab.Do(chromedp.KeyEvent("\r"))
	tab.Wait(says("lens-error", "squared error"))
	want := text(tab, "lens-place") + text(tab, "lens-error")
	release()
	settled(tab)
	if got := text(tab, "lens-place") + text(tab, "lens-error"); got != want {
		t.Errorf("held image: a late answer changes %q to %q", want, got)
	}

	// A path whose end was changed meanwhile, and one that was cleared.
	tab.Do(chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("a"))
	from := at(0.4, 0.4)
	release = proxy.Hold("/api/path")
	tab.Do(chromedp.KeyEvent("b"))
	proxy.await(t, "/api/path", 1)
	click(tab, "path-clear")
	release()
	settled(tab)
	if Eval[bool](tab, `!document.getElementById("path-result").hidden`) {
		t.Errorf("path to %s: a late answer shows it though it was cleared", from)
	}

	// An image of the data set that was asked for before another one.
	for _, c := range []struct{ tab, number, form, canvas, split string }{
		{"tab-draw", "draw-number", "draw-number-form", "draw-original", "train"}, {"tab-codec", "try-number", "try-form", "try-original", "test"},
	} {
		click(tab, c.tab)
		take := func(n int) {
			Eval[bool](tab, fmt.Sprintf(`(document.getElementById(%q).value = %d, document.getElementById(%q).requestSubmit(), true)`, c.number, n, c.form))
		}
		tab.Wait(fmt.Sprintf("document.getElementById(%q).checkVisibility()", c.form))
		before := Eval[string](tab, picture(c.canvas))
		address := "/api/image/3?split=" + c.split
		release := proxy.Hold(address)
		take(3)
		proxy.await(t, address, 1)
		take(5)
		tab.Wait(fmt.Sprintf("%s !== %q", picture(c.canvas), before))
		settled(tab)
		want := Eval[string](tab, picture(c.canvas))
		release()
		settled(tab)
		if Eval[string](tab, picture(c.canvas)) != want {
			t.Errorf("%s: a late answer takes the place of the image that was asked for last", c.form)
		}
	}
	tab.NoProblems("late answers")
}

// settled gives answers that are under way the time to come and to be shown.
func settled(b *Tab) {
	b.t.Helper()
	Eval[bool](b, "new Promise(done => setTimeout(() => done(true), 800))")
}
