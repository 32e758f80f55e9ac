package pixmap

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// picture is a row of testdata/pillow.txt.
type picture struct {
	name                          string
	height, width, channels, bits int
	numbers                       []byte // of 16 bits: big-endian
}

// pillow returns what Pillow shows of the pictures in testdata.
func pillow(t testing.TB) (all []picture) {
	t.Helper()
	f, err := os.Open("testdata/pillow.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var p picture
		var text string
		if _, err := fmt.Sscan(lines.Text(), &p.name, &p.height, &p.width, &p.channels, &p.bits, &text); err != nil {
			t.Fatal(err)
		}
		if p.numbers, err = hex.DecodeString(text); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 40 {
		t.Fatalf("testdata/pillow.txt has %d pictures", len(all))
	}
	return all
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rgba returns a picture of 8 bits as red, green, blue and alpha.
func (m *Image) rgba() []byte {
	var y []byte
	for x := m.Bytes; len(x) > 0; x = x[m.Channels:] {
		switch m.Channels {
		case 1:
			y = append(y, x[0], x[0], x[0], 255)
		case 2:
			y = append(y, x[0], x[0], x[0], x[1])
		case 3:
			y = append(y, x[0], x[1], x[2], 255)
		case 4:
			y = append(y, x[:4]...)
		}
	}
	return y
}

// tolerances hold how much numbers may differ from Pillow's: by the rounding of the inverse cosine
// transform, and of colours that are divided by alpha.
var tolerances = map[string]int{"cmyk.jpg": 3, "ycck.jpg": 6, "turned6.jpg": 3, "assoc.tif": 1, "la-assoc.tif": 1, "text.pgm": 1,
	"sub420.jpg": 2, "sub422.jpg": 2, "sub420-even.jpg": 2, "sub420-narrow.jpg": 2, "sub422-line.jpg": 2}

// Pictures of all formats have the colours that Pillow shows, and are upright.
func TestDecode(t *testing.T) {
	for _, p := range pillow(t) {
		data := file(t, p.name)
		m, err := Decode(data)
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
			continue
		}
		c, err := DecodeConfig(data)
		if err != nil || c.Height != p.height || c.Width != p.width || m.Height != p.height || m.Width != p.width || c.Format != m.Format || Sniff(data[:min(64, len(data))]) != m.Format || !Reads(m.Format) {
			t.Errorf("%s: %d x %d in the header, %d x %d decoded, want %d x %d (%v)", p.name, c.Height, c.Width, m.Height, m.Width, p.height, p.width, err)
			continue
		}
		if p.bits == 16 {
			var got []byte
			for _, v := range m.Deep {
				got = binary.BigEndian.AppendUint16(got, v)
			}
			if m.Channels != p.channels || m.Bytes != nil || !bytes.Equal(got, p.numbers) {
				t.Errorf("%s: other numbers of 16 bits in %d channels", p.name, m.Channels)
			}
			continue
		}
		got := m.rgba()
		if len(got) != len(p.numbers) || m.Deep != nil {
			t.Errorf("%s: %d numbers, want %d", p.name, len(got), len(p.numbers))
			continue
		}
		for i := range got {
			if d := int(got[i]) - int(p.numbers[i]); max(d, -d) > tolerances[p.name] && p.numbers[i|3] != 0 {
				t.Errorf("%s: number %d is %d, Pillow shows %d", p.name, i, got[i], p.numbers[i])
				break
			}
		}
	}
}

// A picture that is grey and opaque has one channel, and opaque pictures have no alpha.
func TestChannels(t *testing.T) {
	for name, want := range map[string]int{"grey.png": 1, "bits.png": 1, "la.png": 2, "rgba.png": 4, "palette.png": 3, "grey.bmp": 1, "colour.bmp": 3, "lossless.webp": 3,
		"la.tif": 2, "lx.tif": 1, "rgbx.tif": 3, "rgbax.tif": 4, "planar.tif": 3, "cmyk.tif": 3, "565.bmp": 3, "rle8.bmp": 3, "masks32.bmp": 4, "moving.webp": 3, "moving-part.webp": 4,
		"alpha.webp": 4, "grey.tif": 1, "group4-0.tif": 1, "cmyk.jpg": 3, "text.pbm": 1, "colour.ppm": 3, "rgba.pam": 4, "colour.gif": 3, "trns.png": 2} {
		m, err := Decode(file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if m.Channels != want {
			t.Errorf("%s has %d channels, want %d", name, m.Channels, want)
		}
	}
}

// The first frame of a GIF file lies on the whole canvas; what it does not cover is transparent.
// image/gif returns the frame alone.
func TestFrameOfGIF(t *testing.T) {
	frame := image.NewPaletted(image.Rect(4, 3, 7, 5), color.Palette{color.Gray{10}, color.Gray{200}})
	for i := range frame.Pix {
		frame.Pix[i] = 1
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 8, Height: 6}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(b.Bytes())
	if err != nil || m.Height != 6 || m.Width != 8 || m.Channels != 2 {
		t.Fatalf("got %+v (%v)", m, err)
	}
	for y := range 6 {
		for x := range 8 {
			want := [2]byte{}
			if image.Pt(x, y).In(frame.Rect) {
				want = [2]byte{200, 255}
			}
			if got := [2]byte(m.Bytes[(y*8+x)*2:]); got != want {
				t.Errorf("pixel %d, %d is %v, want %v", y, x, got, want)
			}
		}
	}
}

// change returns the file with the bytes at an offset changed.
func change(data []byte, at int, with ...byte) []byte {
	data = bytes.Clone(data)
	copy(data[at:], with)
	return data
}

// What viewers do not mind is read; what damages the pixels is an error that says what.
func TestDamage(t *testing.T) {
	png, jpg := file(t, "turned6.png"), file(t, "turned6.jpg")
	exif := bytes.Index(png, []byte("eXIf"))
	idat := bytes.Index(png, []byte("IDAT"))
	for name, data := range map[string][]byte{
		"checksum of eXIf":           change(png, exif+10, png[exif+10]^1),
		"JPEG without end":           jpg[:len(jpg)-2],
		"JPEG without half its end":  jpg[:len(jpg)-1],
		"JPEG with bytes after it":   append(bytes.Clone(jpg), 1, 2, 3),
		"PNG without end":            png[:len(png)-12],
		"PNG without half its end":   png[:len(png)-5],
		"PNG with bytes after it":    append(bytes.Clone(png), 1, 2, 3),
		"fill bytes before a marker": append([]byte{0xff, 0xd8, 0xff, 0xff}, jpg[3:]...),
	} {
		if m, err := Decode(data); err != nil || m.Height < 6 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, data := range map[string][]byte{
		"empty file":               nil,
		"another kind":             []byte("no picture at all"),
		`checksum of "IDAT"`:       change(png, idat+6, png[idat+6]^1),
		"ends too early":           png[:idat+8],
		"JPEG":                     jpg[:len(jpg)/2],
		"as its header states":     change(file(t, "grey.bmp"), 18, 255, 15, 0, 0, 255, 15),
		"want 1 to 268435456":      change(file(t, "grey.bmp"), 18, 255, 255, 0, 0, 255, 255),
		"got AVIF":                 []byte("\x00\x00\x00\x1cftypavif\x00\x00"),
		"got JPEG XL":              []byte("\xff\x0a\x00\x00"),
		"want numbers up to":       []byte("P2 1 1 9 10"),
		"want whole numbers":       []byte("P2 1 1 9 x"),
		"bytes of pixels":          []byte("P5 10 10 255 abc"),
		"whole numbers in the hea": []byte("P5 ten 10 255 abc"),
		"1 to 4 channels":          []byte("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 9\nMAXVAL 255\nENDHDR\nabcdefghi"),
	} {
		if _, err := Decode(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

// Headers that state a huge picture are refused before memory is allocated.
func TestHuge(t *testing.T) {
	huge := func(name string, at int, order binary.ByteOrder) []byte {
		data := bytes.Clone(file(t, name))
		order.PutUint32(data[at:], 100000)
		order.PutUint32(data[at+4:], 100000)
		return data
	}
	for name, data := range map[string][]byte{
		"PNG":  huge("grey.png", 16, binary.BigEndian),
		"BMP":  huge("grey.bmp", 18, binary.LittleEndian),
		"GIF":  change(file(t, "colour.gif"), 6, 255, 255, 255, 255),
		"JPEG": change(file(t, "turned6.jpg"), bytes.Index(file(t, "turned6.jpg"), []byte{0xff, 0xc0})+5, 255, 255, 255, 255),
		"PNM":  []byte("P5 100000 100000 255 abc"),
	} {
		allocated(t, name, data)
	}
}

// allocated decodes a file and fails if that takes much memory for the size of the file.
func allocated(t *testing.T, name string, data []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	DecodeConfig(data)
	m, err := Decode(data)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 256<<20 {
		t.Errorf("%s: %d bytes were allocated for a file of %d (%v)", name, n, len(data), err)
	}
	if err == nil && max(len(m.Bytes), len(m.Deep)) != m.Height*m.Width*m.Channels {
		t.Errorf("%s: %d numbers of %d x %d x %d", name, max(len(m.Bytes), len(m.Deep)), m.Height, m.Width, m.Channels)
	}
}

// Ten thousand damaged files of all formats: no panic, and bounded memory.
func TestMutated(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 10,000 damaged files are NOT read")
	}
	src := random.New(1, "mutated")
	n := func(limit int) int { return int(src.Uint64n(uint64(limit))) }
	all := pillow(t)
	for range 10000 {
		name := all[n(len(all))].name
		data := bytes.Clone(file(t, name))
		for range 1 + n(4) {
			switch at := n(len(data)); n(4) {
			case 0:
				data[at] = byte(n(256))
			case 1:
				data[at] ^= 1 << n(8)
			case 2:
				data = append(data[:at:at], data[min(at+n(9), len(data)):]...)
			case 3:
				data = append(data[:at:at], append([]byte{byte(n(256)), 255, 0}, data[at:]...)...)
			}
			if len(data) == 0 {
				break
			}
		}
		allocated(t, name, data)
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range pillow(f) {
		f.Add(file(f, p.name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, errConfig := DecodeConfig(data)
		m, err := Decode(data)
		if err != nil {
			return
		}
		if errConfig != nil || c.Height != m.Height || c.Width != m.Width {
			t.Errorf("the header states %d x %d (%v), decoded are %d x %d", c.Height, c.Width, errConfig, m.Height, m.Width)
		}
		if max(len(m.Bytes), len(m.Deep)) != m.Height*m.Width*m.Channels {
			t.Errorf("%d numbers of %d x %d x %d", max(len(m.Bytes), len(m.Deep)), m.Height, m.Width, m.Channels)
		}
	})
}

// A progressive JPEG file that is cut between two scans is damaged, however well what is left decodes.
// One that lacks its end alone is whole.
func TestProgressive(t *testing.T) {
	data := file(t, "progressive.jpg")
	whole, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for n := len(data) - 1; n > 0; n-- {
		m, err := Decode(data[:n])
		if err == nil && !bytes.Equal(m.Bytes, whole.Bytes) {
			t.Errorf("%d of %d bytes make another picture without an error", n, len(data))
		}
		if err != nil && n >= len(data)-2 {
			t.Errorf("%d of %d bytes are refused: %v", n, len(data), err)
		}
	}
}

// Colours above their alpha are white at most, and fourth bytes of 0 in a BMP file are not transparency.
func TestAlpha(t *testing.T) {
	m, err := Decode(file(t, "above16.tif"))
	if err != nil || m.Channels != 4 || m.Deep[0] != 65535 || m.Deep[3] != 20000 {
		t.Errorf("50000 over an alpha of 20000 is %v (%v)", m, err)
	}
	if m, err = Decode(file(t, "v5.bmp")); err != nil || m.Channels != 3 || m.Bytes[2] != 200 {
		t.Errorf("a BMP file with fourth bytes of 0 is %v (%v)", m, err)
	}
}

// Files with more than one page or frame say so.
func TestMore(t *testing.T) {
	one := file(t, "grey.tif")
	entries := len(directory(one))
	at := int(binary.LittleEndian.Uint32(one[4:])) + 2 + 12*entries // of the offset of the next page
	png := file(t, "grey.png")
	for name, c := range map[string]struct {
		data []byte
		want bool
	}{
		"a page":    {one, false},
		"pages":     {change(one, at, 8), true},
		"a PNG":     {png, false},
		"an APNG":   {append(append(bytes.Clone(png[:33]), "\x00\x00\x00\x00acTLxxxx"...), png[33:]...), true},
		"a picture": {file(t, "colour.bmp"), false},
		"frames":    {file(t, "moving.webp"), true},
		"a frame":   {file(t, "moving-alpha.webp"), false},
	} {
		if m, err := Decode(c.data); err != nil || m.More != c.want {
			t.Errorf("%s: %v (%v)", name, m != nil && m.More, err)
		}
	}
}
