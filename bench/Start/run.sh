#!/usr/bin/env bash
# Size and start of a program that contains its model, as a native executable and framework-dependent: from the start of the process to the first token, and to the end of a program that generates one token.
# usage: bench/Start/run.sh [STARTS] [PUBLISH-OPTIONS…]
#   STARTS  default 20; medians are printed, and the fastest start, in milliseconds
#   PUBLISH-OPTIONS  for the native executable, for example -p:CppCompilerAndLinker=gcc where there is no clang; for packages without ReadyToRun images set MoEQuantReadyToRun=false in the environment
#   QUIET in the environment is a command that the starts run under, for example one that stops other work on the machine
set -euo pipefail
export LC_ALL=C
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
starts="${1:-20}"
options=("${@:2}")
source "$root/bench/Packages/consumer.sh"
command -v clang >/dev/null || options+=(-p:CppCompilerAndLinker=gcc)

# The program of the README, but for one token.
make_consumer app "<PackageReference Include=\"MoEQuant.Build\" Version=\"$version\" /><MoEModel Include=\"$root/sample-app/models/tiny-olmoe\" />" <<'PROGRAM'
using MoEQuant.Runtime.Generation;

using var model = MoEModels.LoadTinyOlmoe();
await foreach (GeneratedToken token in model.GenerateAsync("Once upon a time", new GenerationOptions { MaxTokens = 1, Temperature = 0.8f, Seed = 7 }))
    Console.Write(token.Text);
PROGRAM
rid="$(dotnet --info | awk '$1 == "RID:" { print $2 }')"
rid="linux-${rid##*-}"
restore_machine -r "$rid" -p:PublishAot=true
run_dotnet publish "$work/consumers/app" -c Release -p:DebugType=none -o "$work/framework-dependent"
run_dotnet publish "$work/consumers/app" -c Release -r "$rid" -p:PublishAot=true -p:StripSymbols=true -p:DebugType=none -o "$work/native" "${options[@]}"
rm -f "$work"/native/*.dbg

megabytes() { find "$@" -printf '%s\n' | awk '{ sum += $1 } END { printf "%.1f MB", sum / 1e6 }'; }
for kind in framework-dependent native; do
  echo "$kind: $(find "$work/$kind" -type f | wc -l) files, $(megabytes "$work/$kind" -type f), of which the model $(megabytes "$work/consumers/app/obj/Release/net10.0" -maxdepth 2 -name TinyOlmoe.moeq)"
  ${QUIET:-} bash "$root/bench/Start/starts.sh" "$work/$kind/app" "$starts"
done
