namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>How the tokens of a tokenizer become text. Immutable, safe for concurrent use.</summary>
/// <param name="steps">Makes the steps, each in front of the step given to it; in the order in which tokens pass them. Null where the file has no decoder.</param>
internal sealed class Decoder(IReadOnlyList<Func<DecodeStage, DecodeStage>>? steps)
{
    /// <summary>Sets the steps up for one sequence of tokens.</summary>
    /// <param name="output">The last step, where the text comes out.</param>
    /// <returns>The first step.</returns>
    public DecodeStage Start(out OutputStage output)
    {
        // Without a decoder tokens are set apart by spaces.
        output = new OutputStage(steps is null ? " " : "");
        DecodeStage first = output;
        for (int i = (steps?.Count ?? 0) - 1; i >= 0; i--)
            first = steps![i](first);
        return first;
    }
}
