#!/bin/sh
# Compresses a folder of pictures in parts with GNU parallel, on this machine or on several that share a
# file system:
#
#   parallel.sh runs/conv-faces faces compressed 20                  # 20 parts, as many at a time as there are cores
#   parallel.sh runs/conv-faces faces compressed 20 -S node1,node2   # on two other machines
set -eu
export MODEL="$1" IMAGES="$2" OUT="$3" PARTS="$4"
shift 4
mkdir -p "$OUT"
parallel --will-cite --workdir . --env MODEL --env IMAGES --env OUT --env PARTS "$@" \
    'gorgonae compress "$MODEL" "$IMAGES" --part "{}/$PARTS" --skip-bad --out "$OUT/part-{}.gae" || [ $? -eq 3 ]' \
    ::: $(seq "$PARTS")
gorgonae merge "$OUT"/part-*.gae --out "$OUT.gae"
