#!/bin/sh
# Compresses a folder of pictures in parts on one machine, some at a time:
#
#   xargs.sh runs/conv-faces faces compressed 20 4     # 20 parts, 4 at a time
#
# One process uses all cores as well. This is for what is slow outside of gorgonae, as a file system on the
# network, and for a machine that may stop: what is done is not done again.
set -eu
export MODEL="$1" IMAGES="$2" OUT="$3" PARTS="$4"
mkdir -p "$OUT"
seq "$PARTS" | xargs -P "$5" -I{} sh -c 'gorgonae compress "$MODEL" "$IMAGES" --part "{}/$PARTS" --skip-bad --out "$OUT/part-{}.gae" || [ $? -eq 3 ]'
gorgonae merge "$OUT"/part-*.gae --out "$OUT.gae"
