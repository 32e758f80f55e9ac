//go:build linux

package beam

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// servers are the job servers of Beam, each of which brings its engine along: a class of Java and the flag that starts
// the engine.
var servers = map[string][]string{
	"flink": {"org.apache.beam.runners.flink.FlinkJobServerDriver", "--flink-master=[local]"},
	"spark": {"org.apache.beam.runners.spark.SparkJobServerDriver", "--spark-master-url=local[2]"},
}

// serve starts the job server of an engine, whose jars are in a folder. It returns the flags that choose the engine, and the
// server's process.
func serve(t *testing.T, engine, jars string, more ...string) (flags []string, process *os.Process) {
	t.Helper()
	var args []string
	for _, name := range []string{"java.io", "java.lang", "java.lang.invoke", "java.net", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch", "sun.security.action"} {
		args = append(args, "--add-opens=java.base/"+name+"=ALL-UNNAMED") // Spark 3.5 looks into them
	}
	port := freePort(t)
	args = slices.Concat(args, []string{"-cp", filepath.Join(jars, "*")}, servers[engine], []string{"--job-host=localhost", "--job-port=" + port,
		"--artifact-port=" + freePort(t), "--expansion-port=" + freePort(t), "--artifacts-dir=" + t.TempDir()}, more)
	return begin(t, exec.Command("java", args...), port)
}

// The command gives its work to Flink and to Spark, from an empty folder. What workers write in the command's own process and
// in processes that the engine starts is what a loop writes.
func TestClusters(t *testing.T) {
	jars := os.Getenv("ENGINE_JARS")
	if jars == "" {
		t.Skip("NOT TESTED ON FLINK AND SPARK: ENGINE_JARS is not set; make engines sets it")
	}
	model, archives := trained(t), drawn(t, 4, 50)
	want := wantedSums(t, model, archives)
	for engine := range servers {
		flags, _ := serve(t, engine, filepath.Join(jars, engine))
		for _, environment := range []string{"LOOPBACK", "PROCESS"} {
			c := elsewhere(t, slices.Concat(flags, []string{"--environment_type", environment, "--model", model, "--out", "results"}, archives)...)
			if out := succeeds(t, c); !strings.HasPrefix(out, "compressed 200 images of 4 archives, 0 left out, into results: ") {
				t.Errorf("%s, %s: got %q", engine, environment, out)
			}
			if got := sums(t, filepath.Join(c.Dir, "results")); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: want %v, got %v", engine, environment, want, got)
			}
		}
	}
}

// Flink, if it may, starts a worker again that was killed and repeats its work, and the command does not notice.
func TestClustersRepeat(t *testing.T) {
	jars := os.Getenv("ENGINE_JARS")
	if jars == "" {
		t.Skip("NOT TESTED ON FLINK: ENGINE_JARS is not set; make engines sets it")
	}
	model, archives := trained(t), drawn(t, 8, 2000)
	want := wantedSums(t, model, archives)
	config := t.TempDir()
	text := "restart-strategy.type: fixed-delay\nrestart-strategy.fixed-delay.attempts: 3\nrestart-strategy.fixed-delay.delay: 1 s\n"
	if err := os.WriteFile(filepath.Join(config, "config.yaml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	flags, server := serve(t, "flink", filepath.Join(jars, "flink"), "--flink-conf-dir="+config)
	c := elsewhere(t, slices.Concat(flags, []string{"--environment_type", "PROCESS", "--model", model, "--out", "results"}, archives)...)
	out := filepath.Join(c.Dir, "results")
	killed := make(chan int, 1)
	go func() {
		for range 10000 {
			written, _ := filepath.Glob(filepath.Join(out, "shard*.gae"))
			if workers := children(t, server.Pid); len(written) > 0 && len(workers) == 1 {
				kill(workers[0])
				killed <- len(written)
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
		killed <- len(archives)
	}()
	succeeds(t, c)
	if n := <-killed; n == len(archives) {
		t.Error("want a worker killed before all archives were done, got none: give them more to do")
	}
	if got := sums(t, out); !reflect.DeepEqual(got, want) {
		t.Errorf("after a worker was killed the files are %v, want %v", got, want)
	}
	if halves, _ := filepath.Glob(filepath.Join(out, ".*")); len(halves) > 0 {
		t.Errorf("halves of files are left: %v", halves)
	}
}
