using System.CommandLine;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>MODEL: a packed file or the folder of a checkpoint.</summary>
internal static class ModelArgument
{
    public static Argument<string> Create() => new("MODEL") { Description = "A packed model (.moeq), or the folder of an unquantized checkpoint." };

    /// <exception cref="MoEQuantException">MOEQ2022.</exception>
    public static string Existing(ParseResult result, Argument<string> argument)
    {
        string path = result.GetValue(argument)!;
        return Path.Exists(path) ? path : throw new MoEQuantException(CliDiagnostics.ModelMissing, "MODEL does not exist.", path);
    }
}
