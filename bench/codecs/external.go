package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gen2brain/avif"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// The programs of other settings than those in Go. A setting is left out if its program is missing.
const (
	avifenc = "avifenc" // Debian: libavif-bin
	cwebp   = "cwebp"   // Debian: webp
	xz      = "xz"      // Debian: xz-utils
)

// missing returns the first program that a setting needs and this machine lacks, or "".
func (c setting) missing() string {
	if c.program == "" {
		return ""
	}
	if _, err := exec.LookPath(c.program); err != nil {
		return c.program
	}
	return ""
}

// cwebpSettings are qualities below 1. gen2brain/webp cannot have them, and they are far apart:
// libwebp quantises by the cube root of the quality.
func cwebpSettings(qualities ...string) (all []setting) {
	for _, q := range qualities {
		all = append(all, setting{
			text:    fmt.Sprintf("quality %s, method 4, by %s", q, cwebp),
			program: cwebp,
			encode: encoder(func(w io.Writer, m image.Image) error {
				var in bytes.Buffer
				if err := png.Encode(&in, m); err != nil {
					return err
				}
				data, err := pipe(in.Bytes(), cwebp, "-quiet", "-q", q, "-m", "4", "-o", "-", "--", "-")
				if err != nil {
					return err
				}
				_, err = w.Write(data)
				return err
			}),
			decode: decodeWebP,
		})
	}
	return all
}

// avifencSettings are libaom at its best for the squared error: speed 2, tuned for it, grey images
// without planes of colour. At the errors of small models that takes a quarter fewer bits than
// gen2brain/avif at speed 6. A quantiser is from 0 to 63, the coarsest.
func avifencSettings(quantizers ...int) (all []setting) {
	for _, q := range quantizers {
		level := strconv.Itoa(q)
		all = append(all, setting{
			text:    fmt.Sprintf("quantizer %d, speed 2, tune psnr, by %s", q, avifenc),
			program: avifenc,
			encode: encoder(func(w io.Writer, m image.Image) error {
				planes := "444"
				if _, grey := m.(*image.Gray); grey {
					planes = "400"
				}
				data, err := throughFiles(m, avifenc, "-s", "2", "-j", "1", "-y", planes, "--min", level, "--max", level, "-a", "tune=psnr")
				if err != nil {
					return err
				}
				_, err = w.Write(data)
				return err
			}),
			decode: decoder(avif.Decode),
		})
	}
	return all
}

// xzSetting uses liblzma: github.com/ulikunitz/xz, which is in Go, writes files that are a seventh larger.
func xzSetting() setting {
	return setting{text: "xz -9e", program: xz, lossless: true,
		encode: func(_ images.Size, pixels []byte) ([]byte, error) { return pipe(pixels, xz, "-9e", "-c", "-T1") },
		decode: func(_ images.Size, data []byte) ([]byte, error) { return pipe(data, xz, "-dc") },
	}
}

// pipe runs a program with the given input and returns its output.
func pipe(in []byte, program string, args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, errors.Wrapf(err, "%s: %s", program, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}

// throughFiles runs a program that reads a PNG file and writes another file, whose names come after
// its other arguments. It returns what the program wrote.
func throughFiles(m image.Image, program string, args ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "codecs-")
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer os.RemoveAll(dir)
	var in bytes.Buffer
	if err := png.Encode(&in, m); err != nil {
		return nil, errors.WithStack(err)
	}
	from, to := filepath.Join(dir, "in.png"), filepath.Join(dir, "out")
	if err := os.WriteFile(from, in.Bytes(), 0o600); err != nil {
		return nil, errors.WithStack(err)
	}
	if _, err := pipe(nil, program, append(args, from, to)...); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(to)
	return data, errors.WithStack(err)
}

// programVersions names the versions of the programs on this machine.
func programVersions() (all []string) {
	if out, err := pipe(nil, avifenc, "--version"); err == nil {
		text := strings.Join(strings.Fields(string(out)), " ") // "Version: 0.11.1 (dav1d ..., aom [enc/dec]:v3.6.0, ...)"
		if end := strings.IndexByte(text, ')'); end >= 0 {
			text = text[:end+1]
		}
		all = append(all, avifenc+" "+strings.TrimPrefix(text, "Version: "))
	}
	if out, err := pipe(nil, cwebp, "-version"); err == nil {
		all = append(all, cwebp+" "+firstLine(out))
	}
	if out, err := pipe(nil, xz, "--version"); err == nil {
		all = append(all, firstLine(out))
	}
	return all
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
