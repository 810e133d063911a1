using System.CommandLine;
using System.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant run</c>: continues a prompt, streaming the text to the standard output and figures to the standard error.</summary>
internal static class RunCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string> model = ModelArgument.Create();
        RunArguments arguments = new();
        Command command = new("run", "Continues a prompt.") { model };
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(async () =>
        {
            _ = LogOption.Parse(result.GetValue(arguments.Log));
            string prompt = arguments.Prompt(result);
            GenerationOptions options = arguments.Options(result);
            int threads = arguments.Threads(result);
            string path = ModelArgument.Existing(result, model);
            using MoEModel loaded = ModelLoader.Load(path, new() { ThreadCount = threads });
            await Generate(loaded, prompt, options, host, cancellationToken).ConfigureAwait(false);
            return ExitCode.Success;
        }, CancellationToken.None));
        return command;
    }

    private static async Task Generate(MoEModel model, string prompt, GenerationOptions options, CliHost host, CancellationToken cancellationToken)
    {
        await host.Output.WriteAsync(prompt).ConfigureAwait(false);
        int tokens = 0;
        long start = Stopwatch.GetTimestamp(), first = start;
        FinishReason reason = FinishReason.None;
        try
        {
            await foreach (GeneratedToken token in model.GenerateAsync(prompt, options, cancellationToken).ConfigureAwait(false))
            {
                if (tokens++ == 0)
                    first = Stopwatch.GetTimestamp();
                reason = token.FinishReason;
                await host.Output.WriteAsync(token.Text).ConfigureAwait(false);
                await host.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await host.Output.WriteLineAsync().ConfigureAwait(false);
        }

        // The first token carries the prompt; speed is that of the ones after it.
        double seconds = Stopwatch.GetElapsedTime(first).TotalSeconds;
        string speed = tokens > 1 && seconds > 0 ? $"{Text.Number((tokens - 1) / seconds, 1)} tokens/s" : "too few tokens to measure the speed";
        await host.Error.WriteLineAsync($"{tokens} tokens, {speed}, first after {Text.Number(Stopwatch.GetElapsedTime(start, first).TotalSeconds, 2)} s, ended by {Reason(reason)}").ConfigureAwait(false);
    }

    private static string Reason(FinishReason reason) => reason switch
    {
        FinishReason.EndOfText => "the model",
        FinishReason.MaxTokens => "--max-tokens",
        FinishReason.ContextFull => "a full context",
        _ => reason.ToString(),
    };
}
