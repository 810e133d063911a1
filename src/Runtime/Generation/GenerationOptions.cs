using System.Globalization;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Generation;

/// <summary>How text is generated. The defaults decode greedily: always the most probable token.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens to generate, at least 1.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Divides the logits before sampling, 0 to 100: below 1 sharper, above 1 flatter. 0 (the default) is greedy, and the filters below have no effect.</summary>
    public float Temperature { get; init; }

    /// <summary>Sample among this many most probable tokens; 0 (the default) means all.</summary>
    public int TopK { get; init; }

    /// <summary>Nucleus sampling (arXiv 1904.09751): sample among the fewest most probable tokens whose probabilities reach this sum, above 0 to 1 (the default, all).</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Min-p sampling (arXiv 2407.01082): drop tokens less probable than this share of the most probable one, 0 (the default, none) to 1.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens that occurred before (CTRL, arXiv 1909.05858); above 0 to 100, 1 (the default) does nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Seeds the choice of tokens: the same seed, prompt, options and model give the same text on the same kind of processor. Null draws a seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Tokens that end the text; null (the default) takes the model's own.</summary>
    public IReadOnlyList<int>? StopTokens { get; init; }

    /// <summary>False (the default) leaves special tokens out of the generated text.</summary>
    public bool IncludeSpecialTokens { get; init; }

    internal void Check()
    {
        Require(MaxTokens >= 1, nameof(MaxTokens), MaxTokens, "at least 1");
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "0 to 100");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 to 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "0 to 1");
        Require(RepetitionPenalty is > 0 and <= 100, nameof(RepetitionPenalty), RepetitionPenalty, "above 0 to 100");
    }

    private static void Require(bool valid, string name, double found, string range)
    {
        if (!valid)
            throw new MoEQuantException(RuntimeDiagnostics.OptionOutOfRange, string.Create(CultureInfo.InvariantCulture, $"{name} is {found}, allowed is {range}."));
    }
}
