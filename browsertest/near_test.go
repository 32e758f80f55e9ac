package browsertest

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestStayNear points at codes while only a sample of them is there. When all have come, what is named must be what is near.
func TestStayNear(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	proxy := newProxy(t, url)
	sample := sampleOf(get(t, url+"/api/codes?after=1"))
	release := proxy.Hold("/api/codes?after=1")
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	proxy.On("/api/codes?after=0", func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(sample)
		return true
	})
	tab.Goto(proxy.URL)
	tab.Wait(`document.getElementById("stage").dataset.count === "4000"`)
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.5, 0.5)
	tab.Wait(says("lens-image-name", "no. "))
	release()
	tab.Wait(allCodes)
	settled(tab)
	named := text(tab, "lens-image-name")
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.5, 0.5)
	if near := text(tab, "lens-image-name"); near != named {
		t.Errorf("all codes: want the image that is near, %q, got %q", near, named)
	}

	// A class that is hidden has no image near, and its button keeps the focus.
	label, _, _ := strings.Cut(named, " ")
	tab.Do(chromedp.Focus(fmt.Sprintf(`#legend button[data-label="%s"]`, label)), chromedp.KeyEvent(" "))
	settled(tab)
	if got, _, _ := strings.Cut(text(tab, "lens-image-name"), " "); got == label {
		t.Errorf("hidden class: the image near is still a %s", label)
	}
	if got := Eval[string](tab, `document.activeElement.dataset.label ?? document.activeElement.tagName`); got != label {
		t.Errorf("legend: want the focus on %s, got %s", label, got)
	}
	tab.NoProblems("near")
}

// sampleOf returns every fifteenth of all codes in their binary form, as a server sends a sample of them first.
func sampleOf(all []byte) []byte {
	le := binary.LittleEndian
	n := int(le.Uint32(all[8:]))
	sample := append([]byte(nil), all[:24]...)
	le.PutUint32(sample[8:], uint32((n+14)/15))
	le.PutUint32(sample[12:], le.Uint32(all[12:])&^2) // not complete
	le.PutUint32(sample[20:], 1)
	at := 24
	for _, size := range []int{8, 4, 2} { // places, images, labels
		for i := 0; i < n; i += 15 {
			sample = append(sample, all[at+i*size:][:size]...)
		}
		at += n * size
	}
	return sample
}
