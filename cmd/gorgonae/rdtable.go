package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/gorgonae/gorgonae/report"
)

// printPoints prints a table of the points whose errors the chart shows, and of lossless codecs.
func printPoints(to io.Writer, rate *report.Rate, all []report.Point) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "codec\tsetting\tbits an image\tbits a pixel\tsquared error\tPSNR\tencoding\tdecoding")
	lo, hi := rate.Window()
	shown := 0
	for _, p := range all {
		if p.SquaredError > 0 && (p.SquaredError < lo || p.SquaredError > hi) {
			continue
		}
		shown++
		loss := "0\tlossless"
		if p.SquaredError > 0 {
			loss = fmt.Sprintf("%.4g\t%.2f dB", p.SquaredError, p.PSNR)
		}
		setting := p.Setting
		if p.Images != rate.Main.Images {
			setting += fmt.Sprintf(" (%s)", plural(p.Images, "image"))
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%.4f\t%s\t%s\t%s\n", oneLine(p.Codec), oneLine(setting), p.BitsPerImage,
			p.BitsPerImage/float64(rate.Size.Pixels()), loss, duration(p.EncodeSeconds), duration(p.DecodeSeconds))
	}
	w.Flush() // into a strings.Builder, which does not fail
	if n := len(all) - shown; n > 0 {
		fmt.Fprintf(to, "and %d points with larger or smaller errors, which are in the CSV file\n", n)
	}
}

func duration(seconds float64) string {
	if math.IsNaN(seconds) {
		return "-"
	}
	return fmt.Sprintf("%.2f s", seconds)
}

// printEqual prints the bits of each codec at the squared error of the first model.
func printEqual(w io.Writer, rate *report.Rate, all []report.Point) {
	ours := rate.Main
	at := fmt.Sprintf("At the squared error of %s, %.4g (PSNR %.2f dB)", oneLine(ours.Setting), ours.SquaredError, ours.PSNR)
	if ours.SquaredError == 0 {
		at = "Without loss"
	}
	fmt.Fprintf(w, "\n%s, where %s takes %.2f bits an image:\n", at, oneLine(ours.Codec), ours.BitsPerImage)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var seen []string
	for _, p := range all {
		if slices.Contains(seen, p.Codec) || p.Codec == ours.Codec {
			continue
		}
		seen = append(seen, p.Codec)
		points := slices.DeleteFunc(slices.Clone(all), func(q report.Point) bool { return q.Codec != p.Codec })
		if bits, what := bitsNear(points, ours.SquaredError); !math.IsNaN(bits) {
			fmt.Fprintf(t, "  %s\t%.2f bits\t%.2f times as many%s\n", oneLine(p.Codec), bits, bits/ours.BitsPerImage, what)
		}
	}
	t.Flush() // as above
}

// bitsNear returns the bits of a codec at a squared error. If it has no points around this error, they
// are those of its lossless point or of the nearest one, and what says so. A codec that always loses
// has no bits without loss: then they are NaN.
func bitsNear(points []report.Point, squared float64) (bits float64, what string) {
	if bits = report.BitsAt(points, squared); !math.IsNaN(bits) {
		return bits, ""
	}
	for _, p := range points {
		if p.SquaredError == 0 {
			return p.BitsPerImage, ", lossless"
		}
	}
	if squared == 0 {
		return bits, ""
	}
	distance := func(p report.Point) float64 { return math.Abs(math.Log(p.SquaredError / squared)) }
	near := slices.MinFunc(points, func(a, b report.Point) int { return cmp.Compare(distance(a), distance(b)) })
	return near.BitsPerImage, fmt.Sprintf(", for an error of %.4g", near.SquaredError)
}
