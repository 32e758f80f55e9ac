package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

func decimals(v float64, n int) string { return minus(strconv.FormatFloat(v, 'f', n, 64)) }

func minus(s string) string { return strings.ReplaceAll(s, "-", "\u2212") }

func decibels(v float64) string {
	if math.IsInf(v, 1) {
		return "∞ dB"
	}
	return decimals(v, 2) + " dB"
}

// ratio writes a quotient with about three digits.
func ratio(v float64) string {
	if v >= 100 {
		return thousands(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// counted is a number of things.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return thousands(n) + " " + what
}

// thousands writes a number as 472,986.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// bytesText writes a size in memory.
func bytesText(n int) string {
	size, unit := float64(n), "bytes"
	for _, u := range []string{"KB", "MB", "GB"} {
		if size >= 1024 {
			size, unit = size/1024, u
		}
	}
	if unit == "bytes" {
		return thousands(n) + " bytes"
	}
	return strconv.FormatFloat(size, 'f', 2, 64) + " " + unit
}

// duration writes seconds for people.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case seconds < 10:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	case seconds < 90:
		return strconv.FormatFloat(seconds, 'f', 0, 64) + " s"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// bitsText writes a number of bits with a decimal if it is small.
func bitsText(bits float64) string {
	if bits >= 1000 {
		return thousands(int(math.Round(bits))) + " bits"
	}
	return decimals(bits, 1) + " bits"
}
