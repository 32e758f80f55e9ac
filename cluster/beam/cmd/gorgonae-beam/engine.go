package main

import (
	"context"
	"debug/elf"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/apache/beam/sdks/v2/go/container/tools"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/util/grpcx"
	"github.com/pkg/errors"
)

// Flags with which an engine starts a worker by itself (--environment_type PROCESS). Beam's SDK expects a program
// of its own there, which fetches the worker's binary and starts it; here one program is all three.
var (
	provision = flag.String("provision_endpoint", "", "where a worker asks what to do; an engine sets it")
	_         = flag.String("artifact_endpoint", "", "not used; an engine may set it")
)

// local says if the work is done in this process, which ends with the command.
func local() bool {
	switch *runners.Runner {
	case "direct", "DirectRunner", "dot":
		return true
	case "", "prism", "PrismRunner":
		return *jobopts.EnvironmentType == "" && *jobopts.Endpoint == "" || jobopts.IsLoopback()
	}
	return jobopts.IsLoopback()
}

// carry makes this program the one that workers run, unless a flag names another. Beam's Go SDK would build it from
// its source, which need not be on this machine.
func carry() error {
	if local() {
		if *jobopts.Async {
			return errors.New("want an engine on other machines with --async, got one in this process, which would end with the command")
		}
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return errors.Wrap(err, "cannot find this program, which workers run: name one with --worker_binary")
	}
	if strings.EqualFold(*jobopts.EnvironmentType, "process") && *jobopts.EnvironmentConfig == "" {
		config, err := json.Marshal(map[string]string{"command": self})
		if err != nil {
			return errors.WithStack(err)
		}
		*jobopts.EnvironmentConfig = string(config)
	}
	if *jobopts.WorkerBinary != "" {
		return nil
	}
	if runtime.GOOS != "linux" {
		return errors.Errorf("want a program for the workers as --worker_binary, since they run Linux and this one is for %s: build it with CGO_ENABLED=0 GOOS=linux GOARCH=amd64", runtime.GOOS)
	}
	*jobopts.WorkerBinary = self
	if docker := jobopts.GetEnvironmentUrn(context.Background()); docker == "beam:env:docker:v1" && dynamic(self) {
		fmt.Fprintln(os.Stderr, "gorgonae-beam: this program needs the C library of this machine, which containers of the workers may lack: if they do not start, build it with CGO_ENABLED=0")
	}
	return nil
}

// dynamic says if a program needs shared libraries.
func dynamic(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return true
		}
	}
	return false
}

// enlist makes this process a worker if an engine has started it as one: it asks the engine for what the flags of a
// worker say.
func enlist(ctx context.Context) error {
	if *provision == "" {
		return nil
	}
	id := strings.Trim(flag.Lookup("id").Value.String(), "'") // Beam's prism puts it into quotes, as for a shell
	info, err := tools.ProvisionInfo(grpcx.WriteWorkerID(ctx, id), *provision)
	if err != nil {
		return errors.WithMessage(err, "cannot ask the engine what to do as a worker")
	}
	options, err := tools.ProtoToJSON(info.GetPipelineOptions())
	if err != nil {
		return errors.WithMessage(err, "cannot read the options of the pipeline")
	}
	set := map[string]string{"worker": "true", "options": options, "id": id}
	if url := info.GetControlEndpoint().GetUrl(); url != "" {
		set["control_endpoint"] = url
	}
	if url := info.GetLoggingEndpoint().GetUrl(); url != "" {
		set["logging_endpoint"] = url
	}
	for name, value := range set {
		if err := flag.Set(name, value); err != nil {
			return errors.WithStack(err)
		}
	}
	for name, value := range map[string]string{
		"STATUS_ENDPOINT":     info.GetStatusEndpoint().GetUrl(),
		"RUNNER_CAPABILITIES": strings.Join(info.GetRunnerCapabilities(), " "),
	} {
		if err := os.Setenv(name, value); err != nil {
			return errors.WithStack(err)
		}
	}
	return nil
}
