using System.CommandLine;
using System.CommandLine.Invocation;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>--version</c>: the tool's version, not that of the process it happens to run in.</summary>
internal sealed class VersionAction(CliHost host) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        host.Output.WriteLine(ToolVersion.Current);
        return ExitCode.Success;
    }
}
