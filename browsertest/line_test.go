package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestLineHold holds images of codes of one number, at some places: what is named is what is held, though other codes are
// near the same number.
func TestLineHold(t *testing.T) {
	tab, _ := onPlane(t, trained(t, "line", "--model", "tutorial", "--hidden", "64", "--latent", "1"), "/")
	for i := range 10 {
		x, y := 0.3+0.04*float64(i), 0.963 // below the last lane, whose codes lie to the left and to the right
		mouse(tab, "overlay", input.DispatchMouseEventTypeMouseMoved, x, y)
		tab.Wait(says("lens-image-name", "no. "))
		near := text(tab, "lens-image-name")
		tab.Do(chromedp.Focus("#overlay"), chromedp.KeyEvent("\r"))
		tab.Wait(says("lens-error", "squared error"))
		if held := text(tab, "lens-image-name"); held != near {
			t.Errorf("at %.2f, %.2f: held is %q, named is %q", x, y, near, held)
		}
		tab.Do(chromedp.KeyEvent("\u001b"))
	}
	tab.NoProblems("line")
}

// TestLineLanes makes points of codes of one number: without labels they have all the height, labels without names have a lane
// each, and a code that is no number does no harm.
func TestLineLanes(t *testing.T) {
	tab, _ := onPlane(t, tutorialRun(t), "/")
	got := Eval[[]float64](tab, fmt.Sprintf(`import("/points.js").then(({ Points }) => {
		const n = 520;
		const heights = (labels, which) => {
			const places = Float32Array.from({ length: 2 * n }, (_, i) => i === %d ? NaN : Math.sin(i));
			const points = new Points({ n, places, images: new Uint32Array(n), labels }, 1, 0);
			points.nearest(0.1, 0.1, 100, 100, () => true);
			return Array.from({ length: n }, (_, i) => i).filter(which).map(i => points.xy[2 * i + 1]);
		};
		const all = heights(null, () => true);
		const named = Uint16Array.from({ length: n }, (_, i) => i %% 26);
		return [Math.max(...all) - Math.min(...all), Math.min(...heights(named, i => i %% 26 === 12)) - Math.max(...heights(named, i => i %% 26 === 25))];
	})`, 40))
	if got[0] < 1.2 {
		t.Errorf("without labels: want points over the whole height, 2, got %.2f of it", got[0])
	}
	if got[1] < 0.5 {
		t.Errorf("labels without names: want the lane of label 12 well above that of 25, got %.2f", got[1])
	}
}
