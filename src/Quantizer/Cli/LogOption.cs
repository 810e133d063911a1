using System.CommandLine;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>--log</c>.</summary>
internal static class LogOption
{
    public static Option<string?> Create() => OptionValue.Create("--log", "Message format: human, or msbuild for canonical messages on the standard output.", "FORMAT", "human");

    /// <exception cref="MoEQuantException">MOEQ2009.</exception>
    public static LogFormat Parse(string? text) => text?.ToLowerInvariant() switch
    {
        null or "human" => LogFormat.Human,
        "msbuild" => LogFormat.MSBuild,
        _ => throw new MoEQuantException(CliDiagnostics.Log, $"--log is '{text}'; expected human or msbuild."),
    };

    /// <summary>The format for reporting failures of the command line itself, which may be those of this option.</summary>
    public static LogFormat Guess(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string value = arguments[i] == "--log" && i + 1 < arguments.Count ? arguments[i + 1] : arguments[i].StartsWith("--log=", StringComparison.Ordinal) ? arguments[i][6..] : "";
            if (value.Equals("msbuild", StringComparison.OrdinalIgnoreCase))
                return LogFormat.MSBuild;
        }

        return LogFormat.Human;
    }
}
