#!/usr/bin/env bash
# Apache Beam: Go SDK 2.77.0 with the Flink runner of Beam 2.62.0 (Flink 1.19.0).
#
# One would guess: a struct that passes through a GroupByKey arrives as it was sent, on every runner, or the job fails.
# What happens: if it holds a slice that is nil, the fields behind the slice arrive as other values, without an error; in a larger struct
# the job may fail with "reached end of stream". The Go SDK writes a nil slice as a null field of a row, but its schema says that only
# pointers may be null, so the runner, which decodes the row in Java, reads the next field in its place. An empty slice that is not nil
# arrives as it should, and so does everything on the runner that the Go SDK brings along. Spark 3.5.0 with the same version of its
# runner reads them wrongly too.
#
# Seen, the sum of a field of 1000 in three structs: runner of the SDK: nil 3000, empty 3000; Flink: nil 6, empty 3000
#
# It needs Java 11 or 17 and Maven besides Go.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill $server 2>/dev/null || true; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.beam</groupId><artifactId>beam-runners-flink-1.19</artifactId><version>2.62.0</version></dependency>
  </dependencies>
</project>
POM
cat > go.mod <<'MOD'
module rows

go 1.26

require github.com/apache/beam/sdks/v2 v2.77.0
MOD
cat > main.go <<'GO'
package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

type Row struct {
	Name   string
	List   []string
	Number int
}

type Make struct{ Empty bool }

func (m *Make) ProcessElement(name string, emit func(string, Row)) {
	row := Row{Name: name, Number: 1000}
	if m.Empty {
		row.List = []string{}
	}
	emit("all", row)
}

type Sum struct{}

func (*Sum) ProcessElement(_ string, rows func(*Row) bool) {
	sum := 0
	for row := (Row{}); rows(&row); row = (Row{}) {
		sum += row.Number
	}
	fmt.Println("sum", sum)
}

func init() {
	register.DoFn2x0[string, func(string, Row)](&Make{})
	register.DoFn2x0[string, func(*Row) bool](&Sum{})
	register.Emitter2[string, Row]()
	register.Iter1[Row]()
}

func main() {
	empty := flag.Bool("empty", false, "")
	flag.Parse()
	beam.Init()
	p, s := beam.NewPipelineWithRoot()
	rows := beam.ParDo(s, &Make{*empty}, beam.Create(s, "one", "two", "three"))
	beam.ParDo0(s, &Sum{}, beam.GroupByKey(s, rows))
	if err := beamx.Run(context.Background(), p); err != nil {
		fmt.Println("failed:", err)
	}
}
GO
go build -o rows .
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars
java -cp 'jars/*' org.apache.beam.runners.flink.FlinkJobServerDriver --job-host=localhost --job-port=18099 --artifact-port=18098 \
	--expansion-port=18097 --flink-master='[local]' --artifacts-dir="$dir/artifacts" > server.log 2>&1 &
server=$!
for _ in $(seq 60); do (: < /dev/tcp/localhost/18099) 2>/dev/null && break; sleep 1; done
seen=
for runner in "--runner prism" "--runner flink --endpoint localhost:18099 --environment_type LOOPBACK"; do
	for empty in false true; do
		# shellcheck disable=SC2086
		printed=$(./rows -empty=$empty $runner 2>log | grep -E '^(sum|failed)' | head -1)
		echo "$runner, empty $empty: $printed"
		seen="$seen$printed;"
	done
done
[[ $seen == "sum 3000;sum 3000;sum 6;sum 3000;" ]] || { echo "the behaviour has changed"; exit 1; }
