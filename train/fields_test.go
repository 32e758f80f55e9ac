package train

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"
)

// change gives a field another value.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Uint64:
		v.SetUint(v.Uint() + 1)
	case reflect.Float32:
		v.SetFloat(float64(math.Nextafter32(float32(v.Float()), 2)))
	case reflect.Float64:
		v.SetFloat(math.Nextafter(v.Float(), 2))
	case reflect.Interface:
		v.Set(reflect.ValueOf(Cosine{Warmup: 5}))
	default:
		t.Fatalf("this test cannot change a %v", v.Type())
	}
}

// Each field of Config is a setting under its name in checkpoints, whose names and values stay.
func TestFields(t *testing.T) {
	cfg := Config{Clip: 0.2, Seed: 1 << 63}
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"batch": "256", "shuffle": "true", "seed": "9223372036854775808", "schedule": "constant",
		"clip": "0.2", "patience": "0", "shards": "1"}
	if got := fields(cfg); !maps.Equal(got, want) {
		t.Errorf("the settings are %v, want %v", got, want)
	}
	for i := range reflect.TypeFor[Config]().NumField() {
		changed := cfg
		change(t, reflect.ValueOf(&changed).Elem().Field(i))
		got := fields(changed)
		var differ []string
		for name := range want {
			if got[name] != want[name] {
				differ = append(differ, name)
			}
		}
		if name := reflect.TypeFor[Config]().Field(i).Name; len(differ) != 1 {
			t.Errorf("another %s changes the settings %q, want one", name, differ)
		}
	}
}

// A field nobody has decided about is not forgotten.
func TestFieldWithoutTag(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); got != "train: the field Forgotten has no tag `setting`" {
			t.Errorf("the panic is %q", got)
		}
	}()
	got := fields(struct {
		Known   int `setting:"known"`
		Display int `setting:"-"`
	}{Known: 3})
	if !maps.Equal(got, map[string]string{"known": "3"}) {
		t.Errorf("the settings are %v", got)
	}
	fields(struct{ Forgotten int }{})
}

// What a checkpoint holds of an optimizer, a schedule or a loss changes with each of its fields.
func TestStringsHoldAllFields(t *testing.T) {
	for _, value := range []any{NewAdamW(0.5, 0.25), SGD{0.5, 0.25, false}, Constant{}, Cosine{3}, Step{2, 0.5}} {
		text := func(v any) string {
			if o, ok := v.(Optimizer); ok {
				return fmt.Sprint(o, o.Rate())
			}
			return fmt.Sprint(v)
		}
		v := reflect.ValueOf(value)
		var seen []string
		for i := range v.NumField() {
			changed := reflect.New(v.Type()).Elem()
			changed.Set(v)
			change(t, changed.Field(i))
			seen = append(seen, text(changed.Interface()))
		}
		seen = append(seen, text(value))
		if distinct := slices.Compact(slices.Sorted(slices.Values(seen))); len(distinct) != v.NumField()+1 {
			t.Errorf("%T with each field changed is %q", value, seen)
		}
	}
}
