using System.CommandLine;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;
using Spectre.Console;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant eval</c>: perplexity on a text, and the distance from a reference.</summary>
internal static class EvalCommand
{
    public static Command Create(CliHost host)
    {
        EvalArguments arguments = new();
        Command command = new("eval", "Measures a model on a text: its perplexity and, with --reference, how far it is from the original.");
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(() =>
        {
            EvalRequest request = arguments.Parse(result);
            if (request.Reference is null)
                EvalReport.Write(request, Measure(request, host, cancellationToken), host);
            else
                EvalReport.Write(request, Compare(request, request.Reference, host, cancellationToken), host);
            return ExitCode.Success;
        }, CancellationToken.None));
        return command;
    }

    private static PerplexityResult Measure(EvalRequest request, CliHost host, CancellationToken cancellationToken)
    {
        using MoEModel model = ModelLoader.Load(request.Model, new() { ThreadCount = request.Threads, ActivationPrecision = request.Activations, KeyValuePrecision = request.KeyValues });
        WindowPlan plan = WindowPlan.Create(model.Tokenizer, request.Sample.Content, request.Context, request.Windows, request.Sample.Path);
        request.RequireFits(model, plan, request.Model);
        return Follow(request, host, plan.WindowCount, mean => $"Perplexity {Text.Number(Math.Exp(mean), 3)}",
            progress => PerplexityEvaluator.Run(model, plan, progress, cancellationToken));
    }

    private static ComparisonResult Compare(EvalRequest request, string referencePath, CliHost host, CancellationToken cancellationToken)
    {
        using MoEModel model = ModelLoader.Load(request.Model, Comparison.ModelOptions(request.Threads) with { ActivationPrecision = request.Activations, KeyValuePrecision = request.KeyValues });
        using MoEModel reference = ModelLoader.Load(referencePath, Comparison.ModelOptions(request.Threads) with { ActivationPrecision = ActivationPrecision.Exact });
        IReadOnlyList<WindowPlan> plans = Comparison.Plan(model, reference, referencePath, [request.Sample], request.Context, request.Windows);
        request.RequireFits(model, plans[0], request.Model);
        request.RequireFits(reference, plans[0], referencePath);
        return Follow(request, host, plans[0].WindowCount, mean => $"KL divergence {Text.Number(mean, 5)}",
            progress => ModelComparer.Run(model, reference, plans, progress, cancellationToken));
    }

    /// <summary>Shows a bar where a person watches.</summary>
    private static TResult Follow<TResult>(EvalRequest request, CliHost host, int windows, Func<double, string> describe, Func<Action<int, double>?, TResult> work)
    {
        if (request.Json || request.Log == LogFormat.MSBuild || !host.Interactive)
            return work(null);
        TResult result = default!;
        host.Console.Progress().Start(progress =>
        {
            ProgressTask task = progress.AddTask("Evaluating", maxValue: windows);
            result = work((done, mean) => (task.Value, task.Description) = (done, describe(mean)));
        });
        return result;
    }
}
