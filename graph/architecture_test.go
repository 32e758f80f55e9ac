package graph_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// A random model is written and read: it has the same text, the same table, the same bits.
func TestArchitectureRoundTrip(t *testing.T) {
	kinds := map[string]bool{}
	shared := 0
	path := filepath.Join(t.TempDir(), "model.safetensors")
	for seed := range uint64(100) {
		p := randomModel(t, seed, 3, true)
		first := architecture(t, p.model)
		again, err := graph.ReadArchitecture(first)
		if err != nil {
			t.Fatalf("seed %d: %v in %s", seed, err, first)
		}
		if second := architecture(t, again); !bytes.Equal(first, second) {
			t.Fatalf("seed %d: the architecture\n%s\nbecame\n%s", seed, first, second)
		}
		if a, b := summary(t, p.model), summary(t, again); a != b {
			t.Fatalf("seed %d: the summary\n%s\nbecame\n%s", seed, a, b)
		}
		if err := (&graph.File{Model: p.model}).Write(path); err != nil {
			t.Fatal(err)
		}
		f, err := graph.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		x := numbers(2*p.model.In().Size(), seed)
		if !slices.Equal(predict(t, p.model, x), predict(t, f.Model, x)) {
			t.Fatalf("seed %d: the model that was read predicts other bits", seed)
		}
		for _, m := range p.model.Models() {
			for _, n := range m.Nodes() {
				kinds[n.Layer().Kind()] = true
			}
		}
		if appliesTwice(p.model) {
			shared++
		}
	}
	const all = 29
	if len(kinds) != all || shared == 0 {
		t.Errorf("the random models had %d kinds of layers, want %d, and %d models applied twice: %v", len(kinds), all, shared, kinds)
	}
}

func architecture(t *testing.T, m *graph.Model) []byte {
	t.Helper()
	text, err := m.Architecture()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// one is the architecture of one model named m of these layers.
func one(layers ...string) string {
	return `{"models":[` + model("m", layers...) + `]}`
}

func model(name string, layers ...string) string {
	return fmt.Sprintf(`{"name":%q,"layers":[%s]}`, name, strings.Join(layers, ","))
}

// l is a layer as an architecture has it, by default with an empty configuration.
func l(name, kind, config string, inputs ...string) string {
	if config == "" {
		config = "{}"
	}
	in := ""
	if len(inputs) > 0 {
		in = fmt.Sprintf(`"inputs":["%s"],`, strings.Join(inputs, `","`))
	}
	return fmt.Sprintf(`{"name":%q,"kind":%q,%s"config":%s}`, name, kind, in, config)
}

func TestReadArchitectureErrors(t *testing.T) {
	x := l("x", "Input", `{"shape":[4]}`)
	image := l("x", "Input", `{"shape":[4,2]}`)
	y := l("y", "ReLU", "", "x")
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":             {"", []string{"missing"}},
		"no JSON":             {"layers", []string{"invalid"}},
		"cut off":             {one(x, y)[:30], []string{"ends too early"}},
		"more after it":       {one(x, y) + "{}", []string{"more than one"}},
		"no models":           {`{"models":[]}`, []string{"no models"}},
		"unknown field":       {`{"models":[],"version":2}`, []string{"version"}},
		"no layers":           {one(), []string{`"m"`, "no layers"}},
		"unknown kind":        {one(x, l("y", "Warp", "", "x")), []string{`"y"`, `"Warp"`, "register"}},
		"unknown option":      {one(x, l("y", "Dense", `{"units":2,"offset":false}`, "x")), []string{`"y"`, "Dense", "offset"}},
		"missing options":     {one(x, `{"name":"y","kind":"Dense","inputs":["x"]}`), []string{`"y"`, "Dense", "missing"}},
		"option's type":       {one(x, l("y", "Dense", `{"units":"2"}`, "x")), []string{`"y"`, "Dense", "units"}},
		"unknown init":        {one(x, l("y", "Dense", `{"units":2,"kernel_init":"best"}`, "x")), []string{`"y"`, "Dense", "kernel", "he-normal", `"best"`}},
		"no units":            {one(x, l("y", "Dense", `{"units":0}`, "x")), []string{`"y"`, "want 1 unit or more, got 0 units"}},
		"slope":               {one(x, l("y", "LeakyReLU", `{"slope":-1}`, "x")), []string{`"y"`, "want a slope of 0 or more, got -1"}},
		"alpha":               {one(x, l("y", "ELU", `{"alpha":0}`, "x")), []string{`"y"`, "want an alpha above 0, got 0"}},
		"share":               {one(x, l("y", "Dropout", `{"p":1}`, "x")), []string{`"y"`, "share of 1"}},
		"lambda":              {one(x, l("y", "ActivityL2", `{"lambda":1e99}`, "x")), []string{`"y"`, "lambda"}},
		"axes":                {one(image, l("y", "Dense", `{"units":2}`, "x")), []string{`"y" (Dense)`, "1 axes", "(4, 2)"}},
		"reshaped":            {one(x, l("y", "Reshape", `{"shape":[3,2]}`, "x")), []string{`"y" (Reshape)`, "6 elements for shape (3, 2)", "(4) of 4"}},
		"empty axis":          {one(l("x", "Input", `{"shape":[4,0]}`)), []string{`"x" (Input)`, "(4, 0)"}},
		"no axes":             {one(l("x", "Input", "")), []string{`"x" (Input)`, "axis"}},
		"huge input":          {one(l("x", "Input", `{"shape":[1000000,1000000,1000000]}`)), []string{`"x" (Input)`, "at most"}},
		"huge weight":         {one(x, l("y", "Dense", `{"units":1000000000}`, "x")), []string{`"y" (Dense)`, "kernel", "at most"}},
		"huger units":         {one(x, l("y", "Dense", `{"units":9223372036854775807}`, "x")), []string{`"y" (Dense)`, "at most"}},
		"sum of shapes":       {one(x, l("y", "Concat", "", "x", "x"), l("z", "Add", "", "x", "y")), []string{`"z" (Add)`, "[(4) (8)]"}},
		"ragged parts":        {one(image, l("y", "Flatten", "", "x"), l("z", "Concat", "", "x", "y")), []string{`"z" (Concat)`}},
		"no inputs":           {one(x, l("y", "ReLU", "")), []string{`"y" (ReLU)`, "1 input, got 0"}},
		"too many inputs":     {one(x, l("y", "ReLU", "", "x", "x")), []string{`"y" (ReLU)`, "1 input, got 2"}},
		"too few inputs":      {one(x, l("y", "Add", "", "x")), []string{`"y" (Add)`, "at least 2 inputs, got 1"}},
		"input with an input": {one(x, l("y", "Input", `{"shape":[4]}`, "x")), []string{`"y" (Input)`, "no input, got 1"}},
		"two inputs":          {one(x, l("u", "Input", `{"shape":[4]}`), l("y", "Add", "", "x", "u")), []string{`"u"`, `"x"`}},
		"no input":            {one(y), []string{`"y"`, `want inputs from the layers before it, got "x"`}},
		"forward reference":   {one(x, l("y", "ReLU", "", "z"), l("z", "ReLU", "", "x")), []string{`"y"`, `want inputs from the layers before it, got "z"`}},
		"cycle":               {one(x, l("y", "Add", "", "x", "z"), l("z", "ReLU", "", "y")), []string{`"y"`, `want inputs from the layers before it, got "z"`}},
		"itself":              {one(x, l("y", "ReLU", "", "y")), []string{`want inputs from the layers before it, got "y"`}},
		"name twice":          {one(x, y, y), []string{`a different name for each layer, got "y" twice`}},
		"empty name":          {one(x, l("", "ReLU", "", "x")), []string{`name ""`}},
		"slash":               {one(x, l("a/b", "ReLU", "", "x")), []string{`name "a/b"`}},
		"model's name":        {`{"models":[` + model("a/b", x, y) + `]}`, []string{`name "a/b"`}},
		"unused layer":        {one(x, y, l("z", "ReLU", "", "x")), []string{"3 layers", "uses 2"}},
		"not an Input":        {one(l("a", "Add", "", "x", "x")), []string{`"a"`}},
		"unused model":        {`{"models":[` + model("a", x, y) + "," + model("b", x, y) + `]}`, []string{"2 models", `"b"`, "uses 1"}},
		"model twice":         {`{"models":[` + model("a", x, y) + "," + model("a", x, y) + `]}`, []string{`a different name for each model, got "a" twice`}},
		"unknown model":       {one(x, l("y", "Model", `{"model":"a"}`, "x")), []string{`"y"`, `want a call of a model before this one, got "a"`}},
		"itself applied":      {one(x, l("y", "Model", `{"model":"m"}`, "x")), []string{`"y"`, `want a call of a model before this one, got "m"`}},
		"call's options":      {one(x, l("y", "Model", `{"model":"a","times":2}`, "x")), []string{`"y"`, "times"}},
		"call's input": {`{"models":[` + model("a", x, y) + "," + model("b", image, l("y", "Model", `{"model":"a"}`, "x")) + `]}`,
			[]string{`"b"`, `"y" (Model)`, "(4)", "(4, 2)"}},
		"names alike": {`{"models":[` + model("a", x, y) + "," + model("a_model", x, y) + "," +
			model("b", x, l("y", "Model", `{"model":"a"}`, "x"), l("z", "Model", `{"model":"a_model"}`, "y")) + `]}`,
			[]string{`"b"`, `got "a_model" twice`, "weights are named after it"}},
		"bomb":        {bomb(100), []string{"want at most 65536 layers"}},
		"many models": {many(5000), []string{"want at most 1024 models, got 5000"}},
	} {
		t.Run(name, func(t *testing.T) {
			var m *graph.Model
			var err error
			if size := allocated(func() { m, err = graph.ReadArchitecture([]byte(c.text)) }); size > 16<<20 {
				t.Errorf("reading %d bytes allocated %d", len(c.text), size)
			}
			if m != nil {
				t.Error("there is a model beside the error")
			}
			wantError(t, err, append(c.want, "architecture")...)
		})
	}
}

// bomb is a list of models, each of which applies the one before it twice.
func bomb(depth int) string {
	return nested(depth, l("y", "Model", `{"model":"m%[1]d"}`, "x"), l("z", "Model", `{"model":"m%[1]d"}`, "y"))
}

// many is a list of models, each of which applies the one before it.
func many(depth int) string { return nested(depth, l("y", "Model", `{"model":"m%[1]d"}`, "x")) }

func nested(depth int, layers ...string) string {
	x := l("x", "Input", `{"shape":[4]}`)
	models := []string{model("m0", x, l("y", "ReLU", "", "x"))}
	for i := range depth - 1 {
		models = append(models, model(fmt.Sprint("m", i+1), x, fmt.Sprintf(strings.Join(layers, ","), i)))
	}
	return `{"models":[` + strings.Join(models, ",") + `]}`
}

// allocated is the number of bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A layer's configuration that JSON cannot hold is an error when the model is written.
func TestArchitectureErrors(t *testing.T) {
	x := graph.Input("x", 2)
	_, err := graph.New("m", x, graph.Call("scale", scale{Start: float32(math.NaN())}, x)).Architecture()
	wantError(t, err, `"scale" (test.Scale)`, "NaN")
	x = graph.Input("x", 2)
	_, err = graph.New("m", x, graph.Dense("dense", x, 0)).Architecture()
	wantError(t, err, `model "m"`, `"dense" (Dense)`, "0 units")
}

func FuzzReadArchitecture(f *testing.F) {
	x := l("x", "Input", `{"shape":[4]}`)
	f.Add([]byte(one(x, l("y", "Dense", `{"units":2}`, "x"))))
	f.Add([]byte(one(l("x", "Input", `{"shape":[2,2]}`), l("y", "Flatten", "", "x"), l("z", "Reshape", `{"shape":[4,1]}`, "y"))))
	f.Add([]byte(one(x, l("a", "ELU", `{"alpha":1}`, "x"), l("b", "Dropout", `{"p":0.5}`, "a"), l("c", "ActivityL2", `{"lambda":0.5}`, "b"))))
	f.Add([]byte(one(x, l("y", "LeakyReLU", `{"slope":0.3}`, "x"), l("z", "Add", "", "x", "y"), l("c", "Concat", "", "y", "z"))))
	image := l("x", "Input", `{"shape":[2,4,4]}`)
	f.Add([]byte(one(image, l("y", "MaxPool2D", `{"size":2,"stride":2,"padding":"same"}`, "x"), l("z", "ZeroPad2D", `{"top":1,"bottom":0,"left":2,"right":0}`, "y"))))
	f.Add([]byte(one(image, l("y", "AveragePool2D", `{"size":3,"stride":1,"padding":1}`, "x"), l("z", "UpSample2D", `{"factor":2,"interpolation":"bilinear"}`, "y"))))
	f.Add([]byte(one(image, l("y", "BatchNorm", "", "x"), l("z", "GaussianNoise", `{"stddev":0.5}`, "y"), l("a", "GlobalAveragePool2D", "", "z"))))
	f.Add([]byte(bomb(4)))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := graph.ReadArchitecture(text)
		if err != nil {
			return
		}
		first := architecture(t, m)
		again, err := graph.ReadArchitecture(first)
		if err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if second := architecture(t, again); !bytes.Equal(first, second) {
			t.Errorf("%s\nbecame\n%s", first, second)
		}
	})
}
