// Package freename finds names that are not taken yet.
package freename

import "fmt"

// Counts counts how often each name was asked for.
type Counts map[string]int

// Free returns a name that has not been given yet: the name itself, or the name with a number.
func (n Counts) Free(base string) string {
	name := base
	for i := max(1, n[base]); n[name] > 0; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
		n[base] = i + 1
	}
	n[name] = max(n[name], 1)
	return name
}
