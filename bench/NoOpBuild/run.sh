#!/usr/bin/env bash
# What a build that has nothing to do costs more with MoEQuant.Build than without: two projects that differ in the package and its model only, built in turns.
# usage: bench/NoOpBuild/run.sh [PAIRS]     (default 15; prints both medians and the median of the differences, in seconds: wall clock, and processor time of all processes)
set -euo pipefail
export LC_ALL=C
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
pairs="${1:-15}"
source "$root/bench/Packages/consumer.sh"

hello='System.Console.WriteLine("hello");'
make_consumer plain "" <<< "$hello"
make_consumer packed "<PackageReference Include=\"MoEQuant.Build\" Version=\"$version\" /><MoEModel Include=\"$root/sample-app/models/tiny-olmoe\" DenseRank=\"0\" SparseRank=\"0\" />" <<< "$hello"

# build PROJECT: prints wall clock and processor seconds.
build() {
  TIMEFORMAT='%R %U %S'
  { time run_dotnet build "$work/consumers/$1" -c Release -tl:off --no-restore; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

median() { sort -n | awk '{ value[NR] = $1 } END { printf "%.3f", NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

for project in plain packed; do
  run_dotnet build "$work/consumers/$project" -c Release
  build "$project" >/dev/null
done
for ((pair = 0; pair < pairs; pair++)); do
  # The order changes, so that a drift of the machine favours neither.
  if ((pair % 2)); then packed=$(build packed) plain=$(build plain); else plain=$(build plain) packed=$(build packed); fi
  echo "$plain $packed"
done > "$work/times"

# row NAME PLAIN-COLUMN PACKED-COLUMN
row() {
  printf '%-10s plain %s s   packed %s s   more %s s\n' "$1" \
    "$(awk -v c="$2" '{ print $c }' "$work/times" | median)" "$(awk -v c="$3" '{ print $c }' "$work/times" | median)" "$(awk -v a="$2" -v b="$3" '{ print $b - $a }' "$work/times" | median)"
}
row wall 1 3
row processor 2 4
