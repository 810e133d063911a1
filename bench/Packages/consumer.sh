# For the scripts of bench/ that measure what a user of the packages meets. Sourced with $root set; gives $work (deleted at the end), $version, run_dotnet, make_consumer and restore_machine.
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# run_dotnet ARGUMENTS…: silent unless it fails.
run_dotnet() {
  dotnet "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

run_dotnet pack "$root" -c Release -o "$work/feed"
version="$(basename "$work"/feed/MoEQuant.Build.*.nupkg .nupkg)"
version="${version#MoEQuant.Build.}"

# Unpacked afresh, so that nothing stale is used; what this machine has restored before is used in place.
machine="${NUGET_PACKAGES:-$HOME/.nuget/packages}"
export NUGET_PACKAGES="$work/packages"

mkdir "$work/consumers" "$work/probe"
cat > "$work/consumers/nuget.config" <<EOF
<configuration>
  <packageSources><clear /><add key="feed" value="$work/feed" /></packageSources>
  <fallbackPackageFolders><clear /><add key="machine" value="$machine" /></fallbackPackageFolders>
</configuration>
EOF

# make_project FOLDER NAME ITEMS < Program.cs
make_project() {
  mkdir -p "$1"
  cat > "$1/Program.cs"
  cat > "$1/$2.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>$3</ItemGroup>
</Project>
EOF
}

# make_consumer NAME ITEMS < Program.cs: a console project in $work/consumers/NAME, which restores from the feed and from what this machine has.
make_consumer() { make_project "$work/consumers/$1" "$1" "$2"; }

# restore_machine ARGUMENTS…: has this machine restore what a publish with these arguments needs, from wherever it usually restores.
restore_machine() {
  make_project "$work/probe" probe "" < /dev/null
  NUGET_PACKAGES="$machine" run_dotnet restore "$work/probe" "$@"
}
