package figure

import (
	"image/color"
	"math"
)

// ten colours for labels. A search over sRGB maximised the smallest difference between two of them.
// It allowed only colours that are visible as small dots on white and similarly strong (CIE
// lightness 37 to 76, chroma at least 30). The smallest difference (CIEDE2000) is 29.0 in normal
// vision, and at least 14.5 for people with protanopia, deuteranopia or tritanopia (as simulated by
// Machado, Oliveira and Fernandes, 2009). Each next colour is the one that differs most from all
// before it, so that few labels get the clearest colours.
var ten = [10]color.NRGBA{
	{0x05, 0x73, 0xe2, 255}, // blue
	{0x9e, 0x7c, 0x00, 255}, // ochre
	{0x15, 0x64, 0x4b, 255}, // dark green
	{0x1f, 0xaf, 0xad, 255}, // teal
	{0xff, 0x46, 0x95, 255}, // pink
	{0x93, 0xcd, 0x03, 255}, // lime
	{0x73, 0x47, 0x7b, 255}, // plum
	{0x9d, 0x33, 0x07, 255}, // rust
	{0xc6, 0xaf, 0xff, 255}, // lavender
	{0xed, 0xac, 0x93, 255}, // salmon
}

// LabelColour returns the colour that label i of n has in the figures, for what stands beside them.
func LabelColour(i, n int) color.NRGBA { return labelColour(i, n) }

// labelColour returns the colour of label i of n. With more than ten labels the hue goes once around
// the circle. The lightness alternates between three levels, so that neighbours in hue differ in
// lightness.
func labelColour(i, n int) color.NRGBA {
	if n <= len(ten) {
		return ten[i]
	}
	lightness := [3]float64{0.42, 0.62, 0.80}[i%3]
	return oklch(lightness, 0.18, 2*math.Pi*float64(i)/float64(n))
}

// curveColour returns the colour of curve i. After ten curves the colours repeat.
func curveColour(i int) color.NRGBA { return ten[i%len(ten)] }

// oklch converts lightness, chroma and hue (in radians) of Oklab (Ottosson, 2020) to sRGB. It reduces
// the chroma of colours that sRGB does not have.
func oklch(lightness, chroma, hue float64) color.NRGBA {
	for ; ; chroma *= 0.95 {
		a, b := chroma*math.Cos(hue), chroma*math.Sin(hue)
		l := cube(lightness + 0.3963377774*a + 0.2158037573*b)
		m := cube(lightness - 0.1055613458*a - 0.0638541728*b)
		s := cube(lightness - 0.0894841775*a - 1.2914855480*b)
		red := 4.0767416621*l - 3.3077115913*m + 0.2309699292*s
		green := -1.2684380046*l + 2.6097574011*m - 0.3413193965*s
		blue := -0.0041960863*l - 0.7034186147*m + 1.7076147010*s
		if min(red, green, blue) >= 0 && max(red, green, blue) <= 1 || chroma < 1e-3 {
			return color.NRGBA{R: encode(red), G: encode(green), B: encode(blue), A: 255}
		}
	}
}

func cube(x float64) float64 { return x * x * x }

// encode converts a linear intensity to an sRGB byte.
func encode(v float64) uint8 {
	if v <= 0.0031308 {
		return uint8(math.Round(255 * 12.92 * max(0, v)))
	}
	return uint8(math.Round(255 * (1.055*math.Pow(min(1, v), 1/2.4) - 0.055)))
}
