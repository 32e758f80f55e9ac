// Package browsertest tests what the product shows in a browser: it drives Debian's Chromium through
// the DevTools protocol. It is a module of its own, so that the product's go.mod does not name the
// protocol's library. Without Chromium its tests are skipped, and say so.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browserTimeout is the longest time that one test may use a browser: a hanging page must not hang the tests.
const browserTimeout = 3 * time.Minute

// Tab is a tab of a Chromium that only this test uses.
type Tab struct {
	Ctx context.Context // for chromedp.Do and chromedp.Run

	t        *testing.T
	mu       sync.Mutex
	problems []string
}

// Chromium returns the path of Chromium: of the variable CHROMIUM, or of the first one that PATH has. It is
// empty if there is none.
func Chromium() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open starts Chromium with an empty profile and opens a tab. The test's end closes both. Without Chromium
// the test is skipped. More flags for Chromium may follow, such as "use-gl=angle".
func Open(t *testing.T, flags ...string) *Tab {
	t.Helper()
	path := Chromium()
	if path == "" {
		t.Skip("NOT TESTED IN A BROWSER: Chromium is missing (Debian: apt-get install chromium)")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 800),
		chromedp.WSURLReadTimeout(time.Minute), // a busy machine starts it slowly
	}
	common := []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check",
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
		"disable-renderer-backgrounding", "disable-backgrounding-occluded-windows", "hide-scrollbars", "force-color-profile=srgb"}
	for _, f := range slices.Concat(common, flags) {
		if name, value, ok := strings.Cut(f, "="); ok {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), browserTimeout)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancel := chromedp.NewContext(ctx)
	tab := &Tab{Ctx: ctx, t: t}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until Chromium has ended, so that its profile can be removed
		cancel()
		cancelAllocator()
		stop()
	})
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatalf("Chromium (%s) does not start: %v", path, err)
	}
	return tab
}

// listen notes what a user of the developer tools would see in red or yellow.
func (b *Tab) listen(event any) {
	problem := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeWarning && e.Type != runtime.ConsoleAPICalledTypeAssert {
			return
		}
		var words []string
		for _, arg := range e.Args {
			words = append(words, string(arg.Value)+arg.Description)
		}
		problem = fmt.Sprintf("console.%s: %s", e.Type, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		problem = (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError && e.Entry.Level != log.EntryLevelWarning {
			return
		}
		problem = fmt.Sprintf("%s: %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL)
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, problem)
}

// Problems returns what the console got since the last call: errors, warnings, exceptions, failed requests.
func (b *Tab) Problems() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	problems := b.problems
	b.problems = nil
	return problems
}

// NoProblems fails the test if the console got errors or warnings since the last call.
func (b *Tab) NoProblems(where string) {
	b.t.Helper()
	for _, problem := range b.Problems() {
		b.t.Errorf("%s: the console got: %s", where, problem)
	}
}

// Do does steps, and ends the test if one fails.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.t.Fatalf("%v; the console got: %v", err, b.Problems())
	}
}

// Goto opens a page and waits until it is loaded.
func (b *Tab) Goto(url string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(url))
}

// Wait waits until a JavaScript expression is true, for 20 seconds at most.
func (b *Tab) Wait(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.Ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.t.Fatalf("waiting for %s: %v; the console got: %v", expression, err, b.Problems())
	}
}

// Eval returns the value of a JavaScript expression; a promise is awaited.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v; the console got: %v", expression, err, b.Problems())
	}
	return v
}

// Screen sets the size of the screen in CSS pixels; a width below 600 is a phone, with touch.
func (b *Tab) Screen(width, height int64) {
	b.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 600 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.Do(chromedp.EmulateViewport(width, height, options...))
}

// Scheme sets the colours that the user prefers, "dark" or "light".
func (b *Tab) Scheme(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// NoSidewaysScroll fails the test if the page is wider than the screen.
func (b *Tab) NoSidewaysScroll(where string) {
	b.t.Helper()
	page, screen := Eval[int](b, "document.documentElement.scrollWidth"), Eval[int](b, "document.documentElement.clientWidth")
	if page > screen {
		widest := Eval[string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
			.slice(0, 5).map(e => e.tagName + "#" + e.id + "." + e.className).join(", ")`)
		b.t.Errorf("%s: the page is %d pixels wide on a screen of %d: %s", where, page, screen, widest)
	}
}

// Screenshot writes what the screen shows to NAME.png in the folder of the variable SCREENSHOTS. Without
// the variable it does nothing.
func (b *Tab) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.Ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
