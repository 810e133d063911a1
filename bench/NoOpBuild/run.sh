#!/usr/bin/env bash
# What a build that has nothing to do costs more with MoEQuant.Build than without: two projects that differ in the package and its model only, built in turns.
# usage: bench/NoOpBuild/run.sh [PAIRS]     (default 15; prints both medians and the median of the differences, in seconds)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
pairs="${1:-15}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export NUGET_PACKAGES="$work/packages" DOTNET_NOLOGO=1
machine="${HOME}/.nuget/packages"

dotnet pack "$root" -c Release -o "$work/feed" >/dev/null
version="$(basename "$work"/feed/MoEQuant.Build.*.nupkg .nupkg)"
version="${version#MoEQuant.Build.}"

cat > "$work/nuget.config" <<EOF
<configuration>
  <packageSources><clear /><add key="feed" value="$work/feed" /></packageSources>
  <fallbackPackageFolders><clear /><add key="machine" value="$machine" /></fallbackPackageFolders>
</configuration>
EOF

# make_project FOLDER ITEMS
make_project() {
  mkdir -p "$work/$1"
  cat > "$work/$1/$1.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>$2</ItemGroup>
</Project>
EOF
  echo 'System.Console.WriteLine("hello");' > "$work/$1/Program.cs"
  dotnet build "$work/$1" -c Release >/dev/null
}

make_project plain ""
make_project packed "<PackageReference Include=\"MoEQuant.Build\" Version=\"$version\" /><MoEModel Include=\"$root/sample-app/models/tiny-olmoe\" DenseRank=\"0\" SparseRank=\"0\" />"

seconds() {
  local start end
  start=$(date +%s%N)
  dotnet build "$work/$1" -c Release --no-restore >/dev/null
  end=$(date +%s%N)
  awk -v nanoseconds=$((end - start)) 'BEGIN { printf "%.3f\n", nanoseconds / 1e9 }'
}

median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

seconds plain >/dev/null
seconds packed >/dev/null
for ((pair = 0; pair < pairs; pair++)); do
  # The order changes, so that a drift of the machine favours neither.
  if ((pair % 2)); then packed=$(seconds packed) plain=$(seconds plain); else plain=$(seconds plain) packed=$(seconds packed); fi
  echo "$plain $packed"
done > "$work/times"
echo "plain   $(awk '{ print $1 }' "$work/times" | median) s"
echo "packed  $(awk '{ print $2 }' "$work/times" | median) s"
echo "more    $(awk '{ print $2 - $1 }' "$work/times" | median) s"
