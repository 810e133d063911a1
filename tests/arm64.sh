#!/usr/bin/env bash
# Runs the Arm64 kernels on another processor: tests/Kernels.Tests, and the sample model packed and run, in qemu's emulation of a processor. Nothing here is a measure of speed.
# usage: tests/arm64.sh [CPU…]     (default: max, which has the dot product instructions and runs all kernels; cortex-a72 lacks them; qemu-aarch64-static -cpu help lists others)
# Needs the .NET SDK, a package source with Microsoft.NETCore.App.Runtime.linux-arm64, Debian's or Ubuntu's qemu-user-static, and apt-get, which fetches the C and C++ libraries and OpenSSL for Arm64 into artifacts/arm64.
set -euo pipefail
export LC_ALL=C
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$root/artifacts/arm64"
processors=("${@:-max}")
command -v qemu-aarch64-static >/dev/null || { echo "qemu-aarch64-static is missing: apt-get install qemu-user-static" >&2; exit 1; }

# Lists and packages of another architecture, in a folder of their own: the machine's stay as they are.
if [ ! -e "$work/root/lib/ld-linux-aarch64.so.1" ]; then
  mkdir -p "$work"/lists/partial "$work"/cache/archives/partial "$work/packages"
  apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work/packages" && "${apt[@]}" download libc6 libgcc-s1 libssl3 libstdc++6)
  for package in "$work"/packages/*.deb; do
    dpkg-deb -x "$package" "$work/root"
  done
fi

for project in tests/Kernels.Tests src/Quantizer; do
  dotnet publish "$root/$project" -c Release -r linux-arm64 --self-contained --artifacts-path "$work/build"
done
dotnet build "$root/src/Quantizer" -c Release
tests="$work/build/publish/Kernels.Tests/release_linux-arm64/Kernels.Tests"
engine="$work/build/publish/Quantizer/release_linux-arm64/moequant"

# Code is compiled once and at its best: emulated, a second compilation costs more than it gains.
emulate() { QEMU_LD_PREFIX="$work/root" DOTNET_TieredCompilation=0 DOTNET_EnableWriteXorExecute=0 qemu-aarch64-static -cpu "$@"; }
story() { "$@" --prompt "Once upon a time" --max-tokens 32; }

for scheme in W3A16 W4A8; do
  dotnet "$root/artifacts/bin/Quantizer/release/moequant.dll" quantize "$root/sample-app/models/tiny-olmoe" --output "$work/here-$scheme.moeq" --scheme $scheme --rounding nearest --dense-rank 8 --sparse-rank 0
  story dotnet "$root/artifacts/bin/Quantizer/release/moequant.dll" run "$work/here-$scheme.moeq" > "$work/here-$scheme.txt"
done
for processor in "${processors[@]}"; do
  echo "== $processor"
  emulate "$processor" "$tests" --no-ansi --progress off --results-directory "$work/results"
  for scheme in W3A16 W4A8; do
    emulate "$processor" "$engine" quantize "$root/sample-app/models/tiny-olmoe" --output "$work/there-$scheme.moeq" --scheme $scheme --rounding nearest --dense-rank 8 --sparse-rank 0
    cmp "$work/here-$scheme.moeq" "$work/there-$scheme.moeq"
    story emulate "$processor" "$engine" run "$work/here-$scheme.moeq" > "$work/there-$scheme.txt"
    cmp "$work/here-$scheme.txt" "$work/there-$scheme.txt"
    echo "$processor, $scheme: the same packed bytes and the same text"
  done
done
