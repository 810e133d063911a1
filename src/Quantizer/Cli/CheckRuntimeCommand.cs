using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using NuGet.Versioning;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant check-runtime</c>: whether a version of MoEQuant.Runtime reads what this tool writes. The build asks before it packs.</summary>
internal static class CheckRuntimeCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string> version = new("VERSION") { Description = "The version of MoEQuant.Runtime, for example 0.1.0." };
        Option<string?> log = LogOption.Create();
        // For the build step; a user has nothing to ask here.
        Command command = new("check-runtime", "Checks that a version of MoEQuant.Runtime reads the files that this tool writes.") { version, log };
        command.Hidden = true;
        command.SetAction(result =>
        {
            LogFormat format = LogOption.Parse(result.GetValue(log));
            Check(result.GetValue(version)!);
            if (format == LogFormat.Human)
                host.Output.WriteLine($"MoEQuant.Runtime {result.GetValue(version)} reads the files of moequant {ToolVersion.Current}.");
            return ExitCode.Success;
        });
        return command;
    }

    /// <exception cref="MoEQuantException">MOEQ2090.</exception>
    internal static void Check(string version)
    {
        if (!NuGetVersion.TryParse(version, out NuGetVersion? runtime))
            throw new MoEQuantException(VersionDiagnostics.RuntimeVersion, $"'{version}' is not a version.");
        // Builds before a release carry its number: 0.2.0-preview.1 writes and reads what 0.2.0 does.
        NuGetVersion release = new(runtime.Version);
        if (!VersionRange.Parse(ToolVersion.RuntimeRange).Satisfies(release))
            throw new MoEQuantException(
                VersionDiagnostics.RuntimeVersion,
                $"The project references MoEQuant.Runtime {version}; the files that MoEQuant.Build {ToolVersion.Current} packs need a version in {ToolVersion.RuntimeRange}.");
    }
}
