package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func at(bits, squared float64) Point {
	return newPoint("c", "s", 100, int64(bits*100/8), squared, 784)
}

// What is written is read again.
func TestPointsRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rd.csv")
	lossy, lossless := at(96, 3.25), at(1200, 0)
	lossy.Codec, lossy.Setting, lossy.EncodeSeconds = `a "codec", quoted`, "quality 30, one mosaic", 1.5
	if err := WritePoints(path, []Point{lossy, lossless}, "first\nline", "second"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "# first line\n# second\ncodec,setting,images,bytes,bits_per_image,squared_error,psnr,seconds_encode,seconds_decode\n"; !strings.HasPrefix(string(text), want) {
		t.Errorf("want a file that begins with %q, got %q", want, text)
	}
	got, err := ReadPoints(path, 100)
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	for i, want := range []Point{lossy, lossless} {
		g := got[i]
		if !g.same(want) || g.Images != want.Images || g.BitsPerImage != want.BitsPerImage || g.EncodeSeconds != want.EncodeSeconds && i == 0 ||
			!math.IsNaN(g.DecodeSeconds) || math.Abs(g.PSNR-want.PSNR) > 1e-3 {
			t.Errorf("want %+v, got %+v", want, g)
		}
	}
	if !math.IsInf(got[1].PSNR, 1) {
		t.Errorf("a lossless codec has a PSNR of %v", got[1].PSNR)
	}
}

// A message names the file, the line and the fault.
func TestReadPointsRefuses(t *testing.T) {
	const head = "codec,setting,images,bytes,bits_per_image,squared_error,psnr,seconds_encode,seconds_decode\n"
	for text, words := range map[string]string{
		"":                                      "empty file",
		"# only a comment\n":                    "empty file",
		head:                                    "one or more rows",
		"codec,setting,images,bytes\na,b,1,2\n": "bits_per_image, squared_error, psnr, seconds_encode, seconds_decode is missing",
		head + "a,b,100\n":                      "line 2|wrong number of fields",
		head + "# c\na,b,100,12,0.96,3,24,1,1\na,b,many,12,0.96,3,24,1,1\n": "line 4|images: want a number of at least 1|\"many\"",
		head + "a,b,100,12,0.5,3,24,1,1\n":                                  "line 2|bits_per_image: want 8 x bytes / images = 0.9600|\"0.5\"",
		head + "a,b,100,12,,3,24,1,1\n":                                     "line 2|bits_per_image",
		head + "a,b,100,12,0.96,-3,24,1,1\n":                                "line 2|squared_error: want a number of at least 0",
		head + "a,b,100,12,0.96,NaN,24,,\n":                                 "line 2|squared_error",
		head + "a,b,100,12,0.96,,24,,\n":                                    "line 2|squared_error: want a number, got nothing",
		head + "a,b,100,12,0.96,3,,,\n":                                     "line 2|psnr",
		head + "a,b,100,12,0.96,3,24,-1,\n":                                 "line 2|seconds_encode",
		head + ",b,100,12,0.96,3,24,,\n":                                    "line 2|codec: want a name",
		head + "a,b,,12,0.96,3,24,,\n":                                      "line 2|images: want a whole number of at least 1|\"\"",
		head + "a,b,100,1e300,0.96,3,24,,\n":                                "line 2|bytes: want a whole number",
		head + "a,b,101,12,0.95,3,24,,\n":                                   "line 2|images: want at most 100|got 101",
		head + "a,b,99,12,0.97,3,24,,\n":                                    "100 images here, got at most 99",
		head + "a,\"b,100\n":                                                "line 2",
	} {
		path := filepath.Join(t.TempDir(), "rivals.csv")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := ReadPoints(path, 100)
		if err == nil {
			t.Errorf("%q is read without an error", text)
			continue
		}
		for word := range strings.SplitSeq(words+"|"+path, "|") {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q: want %q in the message, got: %v", text, word, err)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: more than a line: %v", text, err)
		}
	}
}

// Columns may stand in any order, and a slow codec may have seen fewer images.
func TestReadPointsOfOtherTools(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rivals.csv")
	const text = "note,psnr,codec,setting,images,bytes,bits_per_image,squared_error,seconds_decode,seconds_encode\r\n" +
		"x,24,AVIF,30,100,1250,100,3,,\r\ny,24,\"AVIF, one file an image\",30,50,6250,1000,3,2,1\r\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPoints(path, 100)
	if err != nil || len(got) != 2 || got[0].Codec != "AVIF" || got[1].Images != 50 || got[1].EncodeSeconds != 1 || got[1].DecodeSeconds != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestJoinPoints(t *testing.T) {
	point := func(codec string, bits float64) Point {
		p := at(bits, 3)
		p.Codec = codec
		return p
	}
	measured := []Point{point("ours", 96), point("JPEG", 640)}
	all, left, err := JoinPoints(measured, map[string][]Point{
		"a.csv": {point("AVIF", 288), point("AVIF", 320), point("JPEG", 648)},
		"b.csv": {point("AVIF", 320), point("WebP", 344)},
	})
	var names []string
	for _, p := range all {
		names = append(names, p.Codec)
	}
	if got := strings.Join(names, " "); err != nil || got != "ours JPEG AVIF AVIF WebP" || len(left) != 1 || left[0] != "JPEG" {
		t.Errorf("got %s, left out %q, %v", got, left, err)
	}
	_, _, err = JoinPoints(measured, map[string][]Point{"a.csv": {point("AVIF", 288)}, "b.csv": {point("AVIF", 280)}})
	if err == nil || !strings.Contains(err.Error(), "a.csv and b.csv both have AVIF") {
		t.Errorf("got %v", err)
	}
}

func TestBitsAt(t *testing.T) {
	points := []Point{at(400, 1), at(100, 4), at(1600, 0), at(50, 16)}
	for squared, want := range map[float64]float64{1: 400, 4: 100, 2: 200, 8: math.Sqrt(100 * 50)} {
		if got := BitsAt(points, squared); math.Abs(got-want) > 0.01 {
			t.Errorf("at %v: %v bits, want %v", squared, got, want)
		}
	}
	for _, squared := range []float64{0.5, 20} {
		if got := BitsAt(points, squared); !math.IsNaN(got) {
			t.Errorf("at %v, beyond the points: %v bits", squared, got)
		}
	}
}
