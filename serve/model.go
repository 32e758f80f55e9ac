package serve

import (
	"net/http"
	"path/filepath"

	"github.com/gorgonae/gorgonae/images"
)

// about is the body of /api/model.
type about struct {
	Name         string        `json:"name"`
	Architecture string        `json:"architecture"`
	Image        aboutImage    `json:"image"`
	Code         aboutCode     `json:"code"`
	Weights      int           `json:"weights"`
	Data         aboutData     `json:"data"`
	Codes        aboutProgress `json:"codes"`
	Axes         []axis        `json:"axes"`
	Principal    bool          `json:"principal"`
	PlaneAxes    bool          `json:"plane_axes"` // /api/codes takes axes
	Codec        aboutCodec    `json:"codec"`
	Training     bool          `json:"training"`
	Missing      bool          `json:"missing,omitempty"` // the file of the model is gone
	Epochs       int           `json:"epochs"`
	Revision     int           `json:"revision"`
	Version      string        `json:"version"`
}

type aboutImage struct {
	Height   int  `json:"height"`
	Width    int  `json:"width"`
	Channels int  `json:"channels"`
	AnySize  bool `json:"any_size"`
}

type aboutCode struct {
	Shape   []int `json:"shape"`
	Numbers int   `json:"numbers"`
}

type aboutData struct {
	Name     string   `json:"name"`
	Status   status   `json:"status"`
	Reason   string   `json:"reason,omitempty"`
	Train    int      `json:"train"`
	Test     int      `json:"test"`
	Classes  []string `json:"classes,omitempty"`
	Labelled bool     `json:"labelled"`
	Notes    []string `json:"notes,omitempty"`
}

type aboutProgress struct {
	Status   status `json:"status"`
	Reason   string `json:"reason,omitempty"`
	Count    int    `json:"count"`
	Total    int    `json:"total"`
	Revision int    `json:"revision"`
}

type aboutCodec struct {
	Status       status  `json:"status"`
	Reason       string  `json:"reason,omitempty"`
	Lossless     bool    `json:"lossless"`
	Refinable    bool    `json:"refinable"`
	Lambda       float64 `json:"lambda,omitempty"`
	Bits         float64 `json:"bits,omitempty"`
	SquaredError float64 `json:"squared_error,omitempty"`
	DecoderBytes int     `json:"decoder_bytes,omitempty"`
}

// showModel says what is served, and how far it is computed.
func (s *Server) showModel(w http.ResponseWriter, _ *http.Request) error {
	st := s.now.Load()
	m, size := st.model, st.model.Size()
	a := about{Name: filepath.Base(m.Path), Architecture: m.Architecture(), Axes: []axis{}, PlaneAxes: true, Training: s.lively.training(), Missing: s.lively.missing(),
		Revision: st.revision, Version: s.o.Version,
		Image: aboutImage{size.Height, size.Width, size.Channels, m.AnySize()},
		Code:  aboutCode{m.Encoder.Out(), m.Encoder.Out().Size()}}
	if s.dir != "" {
		a.Name = images.FolderName(s.dir)
	}
	for _, weight := range m.Model.Weights() {
		if !weight.Kept {
			a.Weights += weight.Shape.Size()
		}
	}
	if t, err := m.Training(); err == nil {
		a.Epochs = len(t.History.Epochs)
	}
	a.Data = st.describeData()
	p := st.plane.view()
	a.Codes = aboutProgress{Status: p.status, Reason: p.reason, Count: p.count, Total: a.Data.Train}
	if p.codes != nil {
		a.Codes.Revision = p.codes.revision
	}
	if p.space != nil {
		a.Axes, a.Principal = p.space.axes, p.space.basis != nil
	}
	a.Codec = st.codec.describe()
	answerJSON(w, http.StatusOK, a)
	return nil
}

func (s *state) describeData() aboutData {
	a := aboutData{Name: s.model.TrainedOn.Name, Status: s.opened.status, Reason: s.opened.reason}
	data := s.opened.data
	if data == nil || s.train == nil {
		return a
	}
	a.Name, a.Classes, a.Notes = s.opened.name, data.Classes, data.Notes
	a.Train, a.Test = s.train.Len(), s.test.Len()
	a.Labelled = a.Train > 0 && s.train.Label(0) >= 0
	return a
}
