package mnist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Unavailable is the error for a set that is not on this machine and could not be downloaded.
type Unavailable struct{ reason error }

func (u *Unavailable) Error() string { return u.reason.Error() }

// fetch downloads those of the four files that dir lacks. It writes nothing until it has received
// all of them and their SHA-256 are right.
//
// A folder with some of the four files is therefore damaged: a process was killed while it wrote
// them, or a user deleted some. If fetch cannot complete such a folder, that is an error of its
// own. If it cannot fill an empty folder, the error is *Unavailable.
func fetch(ctx context.Context, o Options, dir string, files [4]source) error {
	paths, found, err := locate(dir)
	if err != nil {
		return &Unavailable{err}
	}
	if found == 4 {
		return nil
	}
	var want []source
	for i, path := range paths {
		if path == "" {
			want = append(want, files[i])
		}
	}
	err = os.MkdirAll(dir, 0o777)
	if err == nil {
		err = download(ctx, o, dir, want)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.Wrap(context.Cause(ctx), "downloading")
	case found > 0:
		return errors.WithMessagef(err, "%v, and downloading the rest failed", missing(dir, paths))
	}
	return &Unavailable{err}
}

// download gets the files from the mirrors and writes them into dir. If a mirror fails, the next
// one goes on with the file that failed. So a dead mirror costs its time only once.
func download(ctx context.Context, o Options, dir string, files []source) error {
	var total, done int64
	for _, s := range files {
		total += s.size
	}
	var received [][]byte
	var faults []string
	for _, mirror := range o.Mirrors {
		for len(received) < len(files) {
			s := files[len(received)]
			body, err := get(ctx, mirror, s, o.Stall, func(n int64) {
				if o.Progress != nil {
					o.Progress(mirror, done+n, total)
				}
			})
			if err != nil {
				faults = append(faults, err.Error())
				break
			}
			received = append(received, body)
			done += s.size
		}
	}
	if len(received) < len(files) {
		return errors.Errorf("no mirror has it (%s)", strings.Join(faults, "; "))
	}
	for i, s := range files {
		err := atomicfile.Write(filepath.Join(dir, s.name+".gz"), func(w io.Writer) error {
			_, err := w.Write(received[i])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// get downloads one .gz file and checks its size and SHA-256. It gives up if it receives no byte
// for the time stall.
func get(ctx context.Context, mirror string, s source, stall time.Duration, progress func(n int64)) ([]byte, error) {
	if stall <= 0 {
		stall = 10 * time.Second
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(errors.Errorf("no byte was received for %v", stall)) })
	defer watch.Stop()

	address := strings.TrimSuffix(mirror, "/") + "/" + s.name + ".gz"
	body := make([]byte, s.size+1) // one more, to notice a file that is too long
	n, err := receive(ctx, address, body, func(n int) {
		watch.Reset(stall)
		progress(int64(n))
	})
	if ctx.Err() != nil {
		err = context.Cause(ctx) // which says why it was cancelled
	}
	if err != nil {
		return nil, errors.Wrap(err, address)
	}
	sum := sha256.Sum256(body[:n])
	if got := hex.EncodeToString(sum[:]); got != s.packed {
		return nil, errors.Errorf("%s: want %d bytes with SHA-256 %s, got %d with %s",
			address, s.size, s.packed, n, got)
	}
	return body[:n], nil
}

// receive reads the content of an address into body, until body is full, and returns the number of
// bytes. It calls progress with that number at the start and each time it grows.
func receive(ctx context.Context, address string, body []byte, progress func(n int)) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", "identity") // without this the client may unpack the .gz
	progress(0)
	response, err := http.DefaultClient.Do(request)
	if fault := (*url.Error)(nil); errors.As(err, &fault) {
		return 0, fault.Err // without the address: get adds it
	}
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, errors.Errorf("the server answers %s", response.Status)
	}
	for n := 0; ; {
		m, err := response.Body.Read(body[n:])
		n += m
		if m > 0 {
			progress(n)
		}
		if err == io.EOF || n == len(body) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
