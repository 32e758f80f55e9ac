package serve

import (
	"context"
	"io/fs"
	"runtime"
	"time"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
)

// Options say what is served, and to whom.
type Options struct {
	// Page has the files of the page; index.html is what / shows. Nil: only the API is served.
	Page fs.FS

	// Open opens the data set whose images and codes are shown; Serve calls it in the background. Nil: there is none.
	Open func(ctx context.Context) (*dataset.Data, error)

	// NoData says why there is no data set, if Open is nil.
	NoData string

	// Token is what each request must bring, as a bearer token or as a cookie; "": nothing.
	Token string

	// Beyond says that the server listens on more than loopback addresses. Then it has any name, and
	// needs a Token.
	Beyond bool

	// File is what os.Stat said of the model's file before it was read: a model that a training has written
	// since then is read again. Nil: what it says when New is called.
	File fs.FileInfo

	Version string // of the program, for /api/model and /metrics
	Limits  Limits

	// Log is told what the user of the server should know, one line each. It may be nil.
	Log func(line string)
}

// Limits bound what requests cost. Zero values stand for the defaults.
type Limits struct {
	Body        int64         // bytes of a request's body: 32 MB; all bodies at once have four times that
	Pixels      int           // of a picture in a file, and of all that are decoded at once: 2^24
	Numbers     int           // of all images that a request gives to the model, or gets of it: 2^22
	Images      int           // of a request: 1024
	Memory      int64         // bytes of the layers for images of other sizes than the model's: a quarter of the machine's
	Time        time.Duration // of a request: 30 s
	Receive     time.Duration // for the body of a request: 30 s
	AtOnce      int           // requests that compute: twice the processors
	Waiting     int           // requests that wait for that: 1024
	Wait        time.Duration // how long they wait at most: 5 s
	Connections int           // open at once: 1024
}

func orElse[T comparable](v *T, standard T) {
	var zero T
	if *v == zero {
		*v = standard
	}
}

func (l *Limits) complete() {
	orElse(&l.Body, 32<<20)
	orElse(&l.Pixels, 1<<24)
	orElse(&l.Numbers, 1<<22)
	orElse(&l.Images, 1024)
	orElse(&l.Memory, images.MachineMemory()/4)
	orElse(&l.Time, 30*time.Second)
	orElse(&l.Receive, 30*time.Second)
	orElse(&l.AtOnce, 2*runtime.GOMAXPROCS(0))
	orElse(&l.Waiting, 1024)
	orElse(&l.Wait, 5*time.Second)
	orElse(&l.Connections, 1024)
}

// Times that no client should have to change.
const (
	headerTime = 5 * time.Second  // for the head of a request
	idleTime   = 2 * time.Minute  // of a connection without a request
	stopTime   = 10 * time.Second // for the requests that are not done when the server stops
	pollTime   = 25 * time.Second // for an answer that waits for something new
	watchTime  = 500 * time.Millisecond
	sampleTime = 200 * time.Millisecond // between the codes of a sample and the work on all
)
