using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>A token sequence cut into windows that do not overlap: window w is fed tokens w·C … w·C + C − 1 from its own start and scored on the tokens one further.</summary>
/// <param name="Prefix">Tokens that the tokenizer puts in front of every text (a beginning-of-text token); fed before each window, never scored.</param>
/// <param name="Tokens">The text without special tokens.</param>
/// <param name="Context">C.</param>
/// <param name="WindowCount">Windows.</param>
internal sealed record WindowPlan(int[] Prefix, int[] Tokens, int Context, int WindowCount)
{
    /// <summary>Cuts a text.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="context">C, at least 1.</param>
    /// <param name="windows">Windows at most; null for all that are complete.</param>
    /// <param name="path">The text's file, for messages.</param>
    /// <exception cref="MoEQuantException">MOEQ3004.</exception>
    public static WindowPlan Create(Tokenizer tokenizer, string text, int context, int? windows, string? path)
    {
        int[] tokens = tokenizer.Encode(text, false);
        int complete = (tokens.Length - 1) / context;
        if (complete < 1)
            throw new MoEQuantException(EvaluationDiagnostics.TextTooShort, $"The text has {tokens.Length} tokens; one window of {context} needs {context + 1}.", path);
        return new(FindPrefix(tokenizer), tokens, context, Math.Min(complete, windows ?? complete));
    }

    /// <summary>What window <paramref name="window"/> is fed: the prefix, then its C tokens.</summary>
    public int[] Input(int window) => [.. Prefix, .. Tokens.AsSpan(window * Context, Context)];

    /// <summary>The token that window <paramref name="window"/> is scored on at <paramref name="index"/>, 0 … C − 1.</summary>
    public int Target(int window, int index) => Tokens[window * Context + index + 1];

    /// <summary>How many tokens are fed before each window.</summary>
    public static int PrefixLength(Tokenizer tokenizer) => FindPrefix(tokenizer).Length;

    /// <summary>Tokens that a tokenizer puts in front of every text.</summary>
    public static int[] FindPrefix(Tokenizer tokenizer)
    {
        // What a post-processor adds shows on any text; the letter is one that every vocabulary has.
        int[] with = tokenizer.Encode("a", true), without = tokenizer.Encode("a", false);
        int start = with.AsSpan().IndexOf(without);
        return start > 0 ? with[..start] : [];
    }
}
