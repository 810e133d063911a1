using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What an <c>eval</c> command line asks for.</summary>
/// <param name="Model">Packed file or checkpoint folder.</param>
/// <param name="Reference">What to compare it with; null for perplexity alone.</param>
/// <param name="Sample">The text.</param>
/// <param name="Context">Tokens per window.</param>
/// <param name="Windows">Windows at most; null for all.</param>
/// <param name="Threads">Threads; 0 for one per processor.</param>
/// <param name="Activations">How the model's floating-point activations are computed.</param>
/// <param name="KeyValues">How its keys and values are kept.</param>
/// <param name="Json">Whether to write JSON.</param>
/// <param name="Log">The format of messages.</param>
internal sealed record EvalRequest(string Model, string? Reference, EvaluationSample Sample, int Context, int? Windows, int Threads, ActivationPrecision Activations, KeyValuePrecision KeyValues, bool Json, LogFormat Log)
{
    /// <summary>Refuses windows that are longer than what a model takes.</summary>
    /// <exception cref="MoEQuantException">MOEQ2020.</exception>
    public void RequireFits(MoEModel model, WindowPlan plan, string path)
    {
        if (Context + plan.Prefix.Length > model.ContextLength)
            throw new MoEQuantException(CliDiagnostics.Context, $"--context is {Context}{(plan.Prefix.Length > 0 ? $", and each window starts with {plan.Prefix.Length} more" : "")}; the model takes {model.ContextLength} tokens.", path);
    }
}
