module github.com/gorgonae/gorgonae/bench/codecs

go 1.26.0

replace github.com/gorgonae/gorgonae => ../..

require (
	github.com/andybalholm/brotli v1.3.0
	github.com/gen2brain/avif v0.4.4
	github.com/gen2brain/jpegxl v0.4.5
	github.com/gen2brain/webp v0.5.5
	github.com/gorgonae/gorgonae v0.0.0
	github.com/klauspost/compress v1.20.4
	github.com/pkg/errors v0.9.1
	github.com/spf13/pflag v1.0.9
	golang.org/x/image v0.48.0
	golang.org/x/term v0.44.0
)

require (
	github.com/ebitengine/purego v0.8.3 // indirect
	github.com/maruel/natural v1.3.0 // indirect
	github.com/pbnjay/memory v0.0.0-20210728143218-7b4eea64cf58 // indirect
	github.com/tetratelabs/wazero v1.9.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
)
