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

// Unavailable is why a set is not here and could not be downloaded.
type Unavailable struct{ reason error }

func (u *Unavailable) Error() string { return u.reason.Error() }

// fetch downloads into dir what it lacks of the four files. Nothing is written before all of them have come and have
// their SHA-256, so that a folder which holds some but not all was left by a process killed in that moment, or by hand;
// failing to complete it is an error, while failing to fill an empty one is *Unavailable.
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

// download takes the files from the mirrors and writes them into dir. A mirror that fails is left for the next one,
// which goes on with the file that failed, so that a dead mirror costs its time only once.
func download(ctx context.Context, o Options, dir string, files []source) error {
	var total, done int64
	for _, s := range files {
		total += s.size
	}
	var came [][]byte
	var faults []string
	for _, mirror := range o.Mirrors {
		for len(came) < len(files) {
			s := files[len(came)]
			body, err := get(ctx, mirror, s, o.Stall, func(n int64) {
				if o.Progress != nil {
					o.Progress(mirror, done+n, total)
				}
			})
			if err != nil {
				faults = append(faults, err.Error())
				break
			}
			came = append(came, body)
			done += s.size
		}
	}
	if len(came) < len(files) {
		return errors.Errorf("no mirror has it (%s)", strings.Join(faults, "; "))
	}
	for i, s := range files {
		err := atomicfile.Write(filepath.Join(dir, s.name+".gz"), func(w io.Writer) error {
			_, err := w.Write(came[i])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// get downloads one .gz file and checks its size and SHA-256. It gives up when no byte has come for the time stall.
func get(ctx context.Context, mirror string, s source, stall time.Duration, progress func(n int64)) ([]byte, error) {
	if stall <= 0 {
		stall = 10 * time.Second
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(errors.Errorf("no byte came for %v", stall)) })
	defer watch.Stop()

	address := strings.TrimSuffix(mirror, "/") + "/" + s.name + ".gz"
	body := make([]byte, s.size+1) // one more, to see that no more comes
	n, err := receive(ctx, address, body, func(n int) {
		watch.Reset(stall)
		progress(int64(n))
	})
	if ctx.Err() != nil {
		err = context.Cause(ctx) // says more than that the context was cancelled
	}
	if err != nil {
		return nil, errors.Wrap(err, address)
	}
	sum := sha256.Sum256(body[:n])
	if came := hex.EncodeToString(sum[:]); came != s.packed {
		return nil, errors.Errorf("%s: %d bytes with SHA-256 %s wanted, came %d with %s",
			address, s.size, s.packed, n, came)
	}
	return body[:n], nil
}

// receive reads what is at an address into body, at most until that is full, and returns how many bytes came. It calls
// progress with that number at the start and whenever it grows.
func receive(ctx context.Context, address string, body []byte, progress func(n int)) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", "identity") // else the client may unpack the .gz
	progress(0)
	response, err := http.DefaultClient.Do(request)
	if fault := (*url.Error)(nil); errors.As(err, &fault) {
		return 0, fault.Err // without the address, which get adds
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
