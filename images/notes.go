package images

import (
	"fmt"
	"math"
)

// note adds notes about pictures that look wrong, and about what is not as in their files.
func (f *Files) note(about []facts) {
	if len(about) == 0 {
		return
	}
	most := int(f.form.most())
	if f.form.cut != (Range{}) {
		f.noteCut(about)
		most = int(min(f.form.cut.Hi-f.form.cut.Lo, math.MaxInt32))
	}
	f.count(about, func(a facts) bool { return a.transparent }, fmt.Sprintf("transparent pixels, which are laid on %v (--background)", f.o.Background))
	f.count(about, func(a facts) bool { return a.more }, "more pages or frames than the first, which is taken")
	for _, a := range about {
		if a.greyed {
			f.Greyed++
		}
		if a.transparent {
			f.Transparent++
		}
	}
	lowest, highest, plain := about[0].lowest, about[0].highest, 0
	for _, a := range about {
		lowest, highest = min(lowest, a.lowest), max(highest, a.highest)
		if a.plain {
			plain++
		}
	}
	first := f.files[0].name
	switch spread := int(highest) - int(lowest); {
	case spread == 0:
		f.add("all %d pictures are of one colour, %d of %d (%s is one): is it what they should be?", len(about), highest, f.form.most(), first)
	case plain == len(about):
		f.add("all %d pictures are of one colour each (%s is one): is it what they should be?", len(about), first)
	case spread*10 < most:
		f.add("all numbers of all pictures are from %d to %d of %d, under a tenth of the range (%s): --range auto spreads them", lowest, highest, f.form.most(), first)
	default:
		f.count(about, func(a facts) bool { return a.plain }, "only one colour: remove what is not meant")
		f.count(about, func(a facts) bool { return !a.plain && int(a.highest-a.lowest)*10 < most }, "numbers from under a tenth of the range: look whether their files have another range")
	}
}

// noteCut says how many pictures have numbers outside of the range.
func (f *Files) noteCut(about []facts) {
	f.count(about, func(a facts) bool { return float64(a.lowest) < f.form.cut.Lo || float64(a.highest) > f.form.cut.Hi },
		fmt.Sprintf("numbers outside of the range %v, which are cut off", f.form.cut))
}

// count adds a note about the pictures for which is returns true, with an example.
func (f *Files) count(about []facts, is func(a facts) bool, what string) {
	n, example := 0, ""
	for i, a := range about {
		if is(a) {
			if n++; n == 1 {
				example = f.files[i].name
			}
		}
	}
	switch {
	case n == 1:
		f.add("1 of %d pictures has %s (%s)", len(about), what, example)
	case n > 1:
		f.add("%d of %d pictures have %s (for example %s)", n, len(about), what, example)
	}
}

func (f *Files) add(format string, args ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
}
