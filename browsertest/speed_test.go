package browsertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// drag drags the plane for three seconds, and returns the frames a second and the longest frame in milliseconds.
const drag = `new Promise(done => {
	const canvas = document.getElementById("overlay"), box = canvas.getBoundingClientRect();
	const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, pointerType: "mouse",
		button: type === "pointermove" ? -1 : 0, buttons: 1, clientX: box.left + x, clientY: box.top + y }));
	canvas.setPointerCapture = () => {}; // there is no such pointer
	send("pointerdown", 400, 300);
	let frames = 0, longest = 0, last = 0, begin = 0;
	const frame = now => {
		begin ||= now;
		if (last) longest = Math.max(longest, now - last);
		last = now;
		const t = now - begin;
		send("pointermove", 400 + 150 * Math.sin(t / 300), 300 + 100 * Math.cos(t / 400));
		if (t < 3000) {
			frames++;
			requestAnimationFrame(frame);
			return;
		}
		send("pointerup", 400, 300);
		done({ painter: document.getElementById("stage").dataset.painter, fps: frames / t * 1000, longest });
	};
	requestAnimationFrame(frame);
})`

// TestPageFrames prints how many frames a second a plane of 60,000 codes makes while it is dragged. The numbers of a busy
// machine say nothing, so only a plane that stands still fails.
func TestPageFrames(t *testing.T) {
	url, _ := serve(t, tutorialRun(t))
	for _, draw := range []string{"", "gl", "2d"} {
		tab := Open(t, software...)
		tab.Screen(1280, 800)
		tab.Goto(url + "/?draw=" + draw)
		tab.Wait(allCodes)
		time.Sleep(500 * time.Millisecond) // the page looks whether WebGL is fast here
		got := Eval[struct {
			Painter      string
			FPS, Longest float64
		}](tab, drag)
		t.Logf("draw=%q: %s, %.1f frames a second, longest frame %.0f ms", draw, got.Painter, got.FPS, got.Longest)
		if want := map[string]string{"gl": "WebGL", "2d": "Canvas"}[draw]; want != "" && got.Painter != want {
			t.Errorf("draw=%q: want %s, got %s", draw, want, got.Painter)
		}
		if got.FPS < 1 {
			t.Errorf("draw=%q: want a plane that moves, got %.1f frames a second", draw, got.FPS)
		}
		if draw == "gl" {
			tab.Problems() // Chromium complains that it must read what it drew without a graphics processor
		}
		tab.NoProblems("dragging")
	}
}

// TestPageFirstPicture prints how long after the start of the server the first codes are on the screen of a browser that is
// open: for the built-in handwriting, which is drawn, and for MNIST, which is unpacked, if MNIST_DIR names its folder.
func TestPageFirstPicture(t *testing.T) {
	dirs := map[string]string{"handwriting": tutorialRun(t)}
	if os.Getenv("MNIST_DIR") != "" {
		dirs["mnist"] = trained(t, "mnist", "--model", "tutorial", "--hidden", "64", "--data", "mnist")
	}
	for data, dir := range dirs {
		t.Run(data, func(t *testing.T) { timeFirstPicture(t, dir) })
	}
}

func timeFirstPicture(t *testing.T, dir string) {
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto("about:blank")
	url, started := serve(t, dir)
	listening := time.Since(started)
	tab.Goto(url)
	tab.Wait(`performance.getEntriesByName("codes-drawn").length > 0`)
	at := Eval[float64](tab, `performance.timeOrigin + performance.getEntriesByName("codes-drawn")[0].startTime`)
	first := time.UnixMicro(int64(at * 1000)).Sub(started)
	tab.Wait(allCodes)
	t.Logf("after the start of serve: address %.0f ms, first codes on the screen %.0f ms, all 60,000 known within %.0f ms",
		ms(listening), ms(first), ms(time.Since(started)))
	if first <= 0 || first > time.Minute {
		t.Errorf("want the first picture within seconds, got %v", first)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// TestPageTraining watches a run that is training.
func TestPageTraining(t *testing.T) {
	path := builtProgram(t)
	dir := filepath.Join(t.TempDir(), "live")
	train := exec.Command(path, "train", "--data", "handwriting", "--hidden", "64", "--epochs", "200", "--batch", "256", "--quiet", "--out", dir)
	train.Stderr = os.Stderr
	if err := train.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			_ = train.Process.Signal(os.Interrupt)
			_ = train.Wait()
		}
	}
	defer stop()
	for i := 0; ; i++ {
		if _, err := os.Stat(filepath.Join(dir, "history.csv")); err == nil {
			break
		} else if i > 600 {
			t.Fatalf("no epoch ended in a minute: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	url, _ := serve(t, dir)
	tab := Open(t, software...)
	tab.Screen(1280, 800)
	tab.Goto(url + "/#training")
	tab.Wait(`document.getElementById("training-state").textContent.startsWith("Training")`)
	epoch := `Number(document.getElementById("training-state").textContent.match(/epoch (\d+)/)?.[1] ?? 0)`
	first := Eval[int](tab, epoch)
	tab.Wait(epoch + " >= 2 && document.querySelector('#loss-chart polyline') !== null")
	tab.Screenshot("training-live")
	if now := Eval[int](tab, epoch); now < first || now < 2 {
		t.Errorf("want epochs that come live, got %d, then %d", first, now)
	}
	stop()
	tab.Wait(`document.getElementById("training-state").textContent.startsWith("Not training")`)
	tab.NoProblems("training")
}
