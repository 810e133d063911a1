#!/usr/bin/env bash
# usage: bench/Start/starts.sh PROGRAM STARTS: starts a program again and again; the time until it writes something, and until it ends.
set -euo pipefail
export LC_ALL=C
program="$1"
"$program" >/dev/null
for ((i = 0; i < $2; i++)); do
  start=$EPOCHREALTIME
  exec {output}< <(exec "$program")
  IFS= read -r -N 1 -u "$output" _
  first=$EPOCHREALTIME
  # The stream ends with the process.
  while IFS= read -r -N 1 -u "$output" _; do :; done
  end=$EPOCHREALTIME
  exec {output}<&-
  awk -v a="$start" -v b="$first" -v c="$end" 'BEGIN { printf "%.2f %.2f\n", (b - a) * 1e3, (c - a) * 1e3 }'
done > >(
  times="$(cat)"
  for column in 1 2; do
    awk -v column="$column" '{ print $column }' <<< "$times" | sort -n |
      awk -v name="$([ "$column" = 1 ] && echo 'first token' || echo 'exit')" '{ value[NR] = $1 } END { printf "  %-12s median %.0f ms, fastest %.0f ms\n", name, NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2, value[1] }'
  done
)
wait
