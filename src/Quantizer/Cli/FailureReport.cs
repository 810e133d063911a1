using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Writes failures in the format that the reader understands, each on one line.</summary>
internal static class FailureReport
{
    /// <summary>Reports an expected failure and returns the exit code for it.</summary>
    public static int Write(MoEQuantException failure, LogFormat format, CliHost host)
    {
        string text = OneLine($"{failure.Found} {failure.Descriptor.Remedy}");
        string origin = failure.Path is null ? "moequant" : Path.GetFullPath(failure.Path);
        if (format == LogFormat.MSBuild)
            host.Output.WriteLine($"{origin} : error {failure.Code}: {text}");
        else
            host.Error.WriteLine(failure.Path is null ? $"error {failure.Code}: {text}" : $"error {failure.Code}: {failure.Path}: {text}");
        return failure.Code.StartsWith("MOEQ20", StringComparison.Ordinal) ? ExitCode.Usage : ExitCode.Failure;
    }

    /// <summary>Reports a cancelled run.</summary>
    public static int WriteCancelled(LogFormat format, CliHost host)
    {
        (format == LogFormat.MSBuild ? host.Output : host.Error).WriteLine("Cancelled.");
        return ExitCode.Cancelled;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
