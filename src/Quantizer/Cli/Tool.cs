using System.CommandLine;
using System.CommandLine.Parsing;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The command line tool: parses, runs a command, turns failures into messages and exit codes.</summary>
public sealed class Tool(CliHost host)
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    /// <param name="arguments">The arguments; <c>@file</c> stands for the lines of a response file.</param>
    /// <param name="cancellationToken">Cancelled when the user wants the tool to stop.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ParseResult result = CreateRoot().Parse(arguments);
        // Tokens, not arguments: the option may stand in a response file.
        LogFormat format = LogOption.Guess([.. result.Tokens.Select(token => token.Value)]);
        try
        {
            if (result.Errors.Count > 0)
                throw new MoEQuantException(CliDiagnostics.Syntax, string.Join(' ', result.Errors.Select(Describe)));
            InvocationConfiguration configuration = new() { Output = host.Output, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await result.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (MoEQuantException failure)
        {
            return FailureReport.Write(failure, format, host);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return FailureReport.WriteCancelled(format, host);
        }
        finally
        {
            await host.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The parser does not say which argument it misses.</summary>
    private static string Describe(ParseError error) => error.SymbolResult is ArgumentResult argument && error.Message.StartsWith("Required argument", StringComparison.Ordinal)
        ? $"{argument.Argument.Name} is missing."
        : error.Message;

    private RootCommand CreateRoot()
    {
        RootCommand root = new("Compresses Mixture-of-Experts language models and runs them.")
        {
            QuantizeCommand.Create(host),
            MergeCommand.Create(host),
            InspectCommand.Create(host),
            RunCommand.Create(host),
            EvalCommand.Create(host),
            BenchCommand.Create(host),
            CacheCommand.Create(host),
            CheckRuntimeCommand.Create(host),
        };
        foreach (VersionOption version in root.Options.OfType<VersionOption>())
            version.Action = new VersionAction(host);
        return root;
    }
}
