package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"os/exec"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// The programs of other settings than those in Go. A setting is left out if its program is missing.
const (
	cwebp = "cwebp" // Debian: webp
	xz    = "xz"    // Debian: xz-utils
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

// programVersions names the versions of the programs on this machine.
func programVersions() (all []string) {
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
