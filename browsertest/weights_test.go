package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestStayWeights looks at a plane while a training writes other weights: codes, the held image and the path are theirs then.
// In the end the file of the model goes.
func TestStayWeights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tutorial")
	if err := os.CopyFS(dir, os.DirFS(tutorialRun(t))); err != nil {
		t.Fatal(err)
	}
	tab, proxy := onPlane(t, dir, "/")
	tab.Wait(fmt.Sprintf("%s === %q", extent, serverExtent(t, proxy.URL)))
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.4, 0.5)
	tab.Do(chromedp.Focus("#overlay"), chromedp.KeyEvent("a"))
	mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, 0.6, 0.5)
	tab.Do(chromedp.KeyEvent("b"), chromedp.KeyEvent("\r"))
	tab.Wait(says("lens-error", "squared error") + ` && document.querySelectorAll("#path-strip img").length === 9`)
	before := Eval[string](tab, `document.querySelector("#path-strip img").src`)

	weights, err := os.ReadFile(filepath.Join(otherRun(t), "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "model.safetensors")
	if err := os.WriteFile(model+".new", weights, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(model+".new", model); err != nil {
		t.Fatal(err)
	}
	tab.Wait(fmt.Sprintf(`document.querySelector("#path-strip img").src !== %q && !document.getElementById("stage").classList.contains("pinned")`, before))
	tab.Wait(fmt.Sprintf("%s === %q && %s", extent, serverExtent(t, proxy.URL), silent("lens-error")))
	tab.NoProblems("other weights")

	if err := os.Remove(model); err != nil {
		t.Fatal(err)
	}
	tab.Wait(says("page-message", "The file of the model is gone"))
}

// TestStayQuiet leaves a page alone: what it looks up again and again must not be said again by a screen reader.
func TestStayQuiet(t *testing.T) {
	for _, view := range []string{"plane", "codec", "training"} {
		tab, proxy := onPlane(t, tutorialRun(t), "/#"+view)
		tab.Wait(fmt.Sprintf("%s === %q", extent, serverExtent(t, proxy.URL)))
		if view == "codec" {
			tab.Wait(`document.getElementById("try-facts").children.length > 0 && document.getElementById("rate-message").textContent === ""`)
		}
		settled(tab)
		Eval[bool](tab, `(() => {
			window.said = [];
			new MutationObserver(all => all.forEach(m => {
				const live = (m.target.closest ? m.target : m.target.parentElement).closest("output, [aria-live], [role=alert], [role=status]");
				if (live) said.push(live.id + ": " + live.textContent);
			})).observe(document.body, { subtree: true, childList: true, characterData: true });
			return true;
		})()`)
		proxy.await(t, "/api/model", proxy.Count("/api/model")+2)
		settled(tab)
		if got := Eval[string](tab, `said.join("\n")`); got != "" {
			t.Errorf("%s: a page that is left alone says %s", view, got)
		}
	}
}
