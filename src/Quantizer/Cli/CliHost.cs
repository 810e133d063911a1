using MoEQuant.Quantizer.Algorithms.Devices;
using Spectre.Console;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Where the tool writes to. Tests hand in their own writers and drive the whole tool in-process.</summary>
/// <param name="Output">Results, progress and, in MSBuild's format, messages.</param>
/// <param name="Error">Messages for people.</param>
/// <param name="Interactive">True when <paramref name="Output"/> is a terminal that moves its cursor.</param>
public sealed record CliHost(TextWriter Output, TextWriter Error, bool Interactive)
{
    /// <summary>The devices that this engine can compute on besides the managed one.</summary>
    internal IReadOnlyList<NumericDevice> Devices { get; init; } = [];

    /// <summary>A console for tables and progress bars: without escape codes, frames that overwrite each other and colours where the output is redirected.</summary>
    internal IAnsiConsole Console { get; } = AnsiConsole.Create(new()
    {
        Out = new AnsiConsoleOutput(Output),
        Ansi = Interactive ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = Interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = Interactive ? InteractionSupport.Detect : InteractionSupport.No,
    });
}
