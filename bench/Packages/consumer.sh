# For the scripts of bench/ that measure what a user of the packages meets. Sourced with $root set; gives $work (deleted at the end), $version, run_dotnet and make_consumer.
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Unpacked afresh, so that nothing stale is used; what this machine has restored before is used in place.
machine="${NUGET_PACKAGES:-$HOME/.nuget/packages}"
export NUGET_PACKAGES="$work/packages" DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# run_dotnet ARGUMENTS…: silent unless it fails.
run_dotnet() {
  dotnet "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

run_dotnet pack "$root" -c Release -o "$work/feed"
version="$(basename "$work"/feed/MoEQuant.Build.*.nupkg .nupkg)"
version="${version#MoEQuant.Build.}"

cat > "$work/nuget.config" <<EOF
<configuration>
  <packageSources><clear /><add key="feed" value="$work/feed" /></packageSources>
  <fallbackPackageFolders><clear /><add key="machine" value="$machine" /></fallbackPackageFolders>
</configuration>
EOF

# make_consumer NAME ITEMS < Program.cs: a console project in $work/NAME.
make_consumer() {
  mkdir -p "$work/$1"
  cat > "$work/$1/Program.cs"
  cat > "$work/$1/$1.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>$2</ItemGroup>
</Project>
EOF
}
