using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;
using Spectre.Console;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant eval</c>: perplexity on a text.</summary>
internal static class EvalCommand
{
    private const int DefaultContext = 256;

    public static Command Create(CliHost host)
    {
        Argument<string> model = ModelArgument.Create();
        Option<string?> text = OptionValue.Create("--text", "The UTF-8 text to predict.", "FILE");
        Option<string?> context = OptionValue.Create("--context", "Tokens per window; windows do not overlap.", "C", $"{DefaultContext}");
        Option<string?> windows = OptionValue.Create("--windows", "Windows at most.", "N", "all");
        Option<string?> threads = OptionValue.Create("--threads", "Threads.", "N", "one per processor");
        Option<bool> json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
        Option<string?> log = LogOption.Create();
        Command command = new("eval", "Measures a model's perplexity on a text.") { model, text, context, windows, threads, json, log };
        command.SetAction((result, cancellationToken) => Task.Run(() =>
        {
            LogFormat format = LogOption.Parse(result.GetValue(log));
            int length = OptionValue.Number(result, context, 2, 1_000_000, CliDiagnostics.Context) ?? DefaultContext;
            int? most = OptionValue.Number(result, windows, 1, int.MaxValue, CliDiagnostics.Windows);
            int threadCount = OptionValue.Number(result, threads, 1, QuantizeArguments.MostThreads, CliDiagnostics.Threads) ?? 0;
            string? path = result.GetValue(text);
            if (string.IsNullOrWhiteSpace(path))
                throw new MoEQuantException(CliDiagnostics.TextMissing, "There is no --text.");
            string modelPath = ModelArgument.Existing(result, model);
            string content = EvaluationText.Read(path);
            bool quiet = result.GetValue(json);
            PerplexityResult measured = Evaluate(modelPath, content, path, length, most, threadCount, quiet || format == LogFormat.MSBuild ? null : host, cancellationToken);
            if (quiet)
                WriteJson(modelPath, path, measured, host.Output);
            else
                host.Output.WriteLine($"Perplexity {Text.Number(measured.Perplexity, 4)} over {measured.Tokens} tokens ({measured.Windows} windows of {measured.Context}), {Text.Number(measured.NegativeLogLikelihood, 5)} nats per token");
            return ExitCode.Success;
        }, CancellationToken.None));
        return command;
    }

    private static PerplexityResult Evaluate(string path, string text, string textPath, int context, int? windows, int threads, CliHost? host, CancellationToken cancellationToken)
    {
        using MoEModel model = ModelLoader.Load(path, new() { ThreadCount = threads });
        WindowPlan plan = WindowPlan.Create(model.Tokenizer, text, context, windows, textPath);
        if (context + plan.Prefix.Length > model.ContextLength)
            throw new MoEQuantException(CliDiagnostics.Context, $"--context is {context}{(plan.Prefix.Length > 0 ? $", and each window starts with {plan.Prefix.Length} more" : "")}; the model takes {model.ContextLength} tokens.");
        if (host is not { Interactive: true })
            return PerplexityEvaluator.Run(model, plan, null, cancellationToken);

        PerplexityResult result = null!;
        host.Console.Progress().Start(progress =>
        {
            ProgressTask task = progress.AddTask("Evaluating", maxValue: plan.WindowCount);
            result = PerplexityEvaluator.Run(model, plan, (done, mean) => (task.Value, task.Description) = (done, $"Perplexity {Text.Number(Math.Exp(mean), 3)}"), cancellationToken);
        });
        return result;
    }

    private static void WriteJson(string model, string text, PerplexityResult measured, TextWriter output) => JsonOutput.Write(output, json =>
    {
        json.WriteString("model", model);
        json.WriteString("text", text);
        json.WriteNumber("perplexity", measured.Perplexity);
        json.WriteNumber("negativeLogLikelihood", measured.NegativeLogLikelihood);
        json.WriteNumber("tokens", measured.Tokens);
        json.WriteNumber("windows", measured.Windows);
        json.WriteNumber("context", measured.Context);
    });
}
