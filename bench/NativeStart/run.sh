#!/usr/bin/env bash
# Size and start of one native executable that contains its model: from the start of the process to the first token, and to the end of a program that generates one token.
# usage: bench/NativeStart/run.sh [STARTS] [PUBLISH-OPTIONS…]
#   STARTS  default 20; medians are printed, and the fastest start, in milliseconds
#   PUBLISH-OPTIONS  for example -p:CppCompilerAndLinker=gcc where there is no clang; -p:PublishAot=false --no-self-contained measures what needs an installed .NET
set -euo pipefail
export LC_ALL=C
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
starts="${1:-20}"
options=("${@:2}")
source "$root/bench/Packages/consumer.sh"
command -v clang >/dev/null || options+=(-p:CppCompilerAndLinker=gcc)

# The program of the README, but for one token.
make_consumer native "<PackageReference Include=\"MoEQuant.Build\" Version=\"$version\" /><MoEModel Include=\"$root/sample-app/models/tiny-olmoe\" />" <<'EOF'
using MoEQuant.Runtime.Generation;

using var model = MoEModels.LoadTinyOlmoe();
await foreach (GeneratedToken token in model.GenerateAsync("Once upon a time", new GenerationOptions { MaxTokens = 1, Temperature = 0.8f, Seed = 7 }))
    Console.Write(token.Text);
EOF
rid="$(dotnet --info | awk '$1 == "RID:" { print $2 }')"
rid="linux-${rid##*-}"
restore_machine -r "$rid" -p:PublishAot=true
run_dotnet publish "$work/consumers/native" -c Release -r "$rid" -p:PublishAot=true -p:StripSymbols=true -p:DebugType=none -o "$work/published" "${options[@]}"
rm -f "$work"/published/*.dbg
program="$work/published/native"

megabytes() { find "$@" -printf '%s\n' | awk '{ sum += $1 } END { printf "%.1f MB", sum / 1e6 }'; }
echo "files        $(find "$work/published" -type f | wc -l), $(megabytes "$work/published" -type f), of which the model $(megabytes "$work/consumers/native/obj" -name TinyOlmoe.moeq)"

"$program" >/dev/null
for ((i = 0; i < starts; i++)); do
  start=$EPOCHREALTIME
  exec {output}< <(exec "$program")
  IFS= read -r -N 1 -u "$output" _
  first=$EPOCHREALTIME
  # The stream ends with the process.
  while IFS= read -r -N 1 -u "$output" _; do :; done
  end=$EPOCHREALTIME
  exec {output}<&-
  awk -v a="$start" -v b="$first" -v c="$end" 'BEGIN { printf "%.2f %.2f\n", (b - a) * 1e3, (c - a) * 1e3 }'
done > "$work/times"
for column in 1 2; do
  awk -v column="$column" '{ print $column }' "$work/times" | sort -n |
    awk -v name="$([ "$column" = 1 ] && echo 'first token' || echo 'exit')" '{ value[NR] = $1 } END { printf "%-12s median %.0f ms, fastest %.0f ms\n", name, NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2, value[1] }'
done
