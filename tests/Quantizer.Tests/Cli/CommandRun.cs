using System.Text.Json;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary>One run of the whole tool in this process, with what it wrote.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static CommandRun Execute(params string[] arguments) => Execute(CancellationToken.None, arguments);

    public static CommandRun Execute(CancellationToken cancellationToken, params string[] arguments) => Execute([], cancellationToken, arguments);

    /// <summary>Runs an engine that has other devices too.</summary>
    public static CommandRun Execute(IReadOnlyList<NumericDevice> devices, CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int exitCode = new Tool(new(output, error, Interactive: false) { Devices = devices }).RunAsync(arguments, cancellationToken).GetAwaiter().GetResult();
        return new(exitCode, output.ToString(), error.ToString());
    }
}
