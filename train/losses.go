package train

import (
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"
)

// lossEntry is a loss that ParseLoss finds by its name.
type lossEntry struct {
	name, forms string // forms shows how its text looks: "mse[:sum]"
	read        func(settings string) (Loss, error)
}

// lossTable holds the losses that ParseLoss knows, in the order in which help lists them.
var lossTable = struct {
	sync.Mutex
	entries []lossEntry
}{entries: []lossEntry{mse.entry(), mae.entry(), huber.entry(), bce.entry()}}

// RegisterLoss makes a loss of a program known to ParseLoss, and so to files and settings of runs. Its
// text, as its String writes it, is the name, or the name, a colon and settings; read makes the
// loss from the settings. forms shows the texts in help and messages, such as "ssim:window=N".
// RegisterLoss returns an error if the name is empty, holds a colon, or is taken.
func RegisterLoss(name, forms string, read func(settings string) (Loss, error)) error {
	if name == "" || strings.Contains(name, ":") || read == nil {
		return errors.Errorf("want a loss with a name without a colon and a function that reads it, got the name %q", name)
	}
	lossTable.Lock()
	defer lossTable.Unlock()
	if slices.ContainsFunc(lossTable.entries, func(e lossEntry) bool { return e.name == name }) {
		return errors.Errorf("want a new name for a loss, got %q, which is taken", name)
	}
	lossTable.entries = append(lossTable.entries, lossEntry{name, forms, read})
	return nil
}

// ParseLoss reads what String writes for a loss that is built in or registered. A factor and a * may
// stand before it; see Weighted.
func ParseLoss(s string) (Loss, error) {
	if l, ok, err := parseWeighted(s); ok {
		return l, err
	}
	name, settings, colon := strings.Cut(s, ":")
	lossTable.Lock()
	i := slices.IndexFunc(lossTable.entries, func(e lossEntry) bool { return e.name == name })
	var e lossEntry
	if i >= 0 {
		e = lossTable.entries[i]
	}
	lossTable.Unlock()
	if i < 0 || colon && settings == "" {
		return nil, errors.Errorf("want a loss %s, got %q", LossForms(), s)
	}
	l, err := e.read(settings)
	return l, errors.WithMessagef(err, "loss %q", s)
}

// LossForms lists the texts that ParseLoss reads, for help and messages: "mse[:sum], mae[:sum], ...".
// What stands in brackets may be left out.
func LossForms() string {
	lossTable.Lock()
	defer lossTable.Unlock()
	var forms []string
	for _, e := range lossTable.entries {
		forms = append(forms, e.forms)
	}
	return strings.Join(forms, ", ")
}

// entry is how ParseLoss finds an elementwise loss.
func (k *lossKind) entry() lossEntry {
	return lossEntry{k.name, k.name + "[" + sumSuffix + "]", func(settings string) (Loss, error) {
		if settings != "" && settings != sumSuffix[1:] {
			return nil, errors.Errorf("want %s or %s%s, got %q", k.name, k.name, sumSuffix, k.name+":"+settings)
		}
		return ElementwiseLoss{k, settings != ""}, nil
	}}
}

// sumSuffix follows the name of an elementwise loss that is summed over the numbers of an example.
const sumSuffix = ":sum"
