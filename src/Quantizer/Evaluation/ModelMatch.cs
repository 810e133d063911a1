using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Whether two models can be compared token by token.</summary>
internal static class ModelMatch
{
    /// <summary>Refuses models with different vocabularies.</summary>
    /// <param name="model">The model.</param>
    /// <param name="reference">What it is to be compared with.</param>
    /// <param name="path">The reference, for messages.</param>
    /// <exception cref="MoEQuantException">MOEQ3006.</exception>
    public static void Require(MoEModel model, MoEModel reference, string path)
    {
        if (model.Config.VocabularySize != reference.Config.VocabularySize)
            throw Different($"The model has {model.Config.VocabularySize} logits per token, the reference {reference.Config.VocabularySize}.", path);
        for (int id = 0; id < Math.Max(model.Tokenizer.VocabularySize, reference.Tokenizer.VocabularySize); id++)
        {
            string? own = model.Tokenizer.IdToToken(id), other = reference.Tokenizer.IdToToken(id);
            if (own != other)
                throw Different($"Token {id} is {Name(own)} in the model and {Name(other)} in the reference.", path);
        }
    }

    /// <summary>Refuses models that cut the same text into different tokens.</summary>
    /// <exception cref="MoEQuantException">MOEQ3006.</exception>
    public static void RequireSame(WindowPlan model, WindowPlan reference, string path)
    {
        if (!model.Prefix.AsSpan().SequenceEqual(reference.Prefix))
            throw Different($"The model puts {model.Prefix.Length} tokens before a text, the reference {reference.Prefix.Length} or others.", path);
        int same = model.Tokens.AsSpan().CommonPrefixLength(reference.Tokens);
        if (same < Math.Max(model.Tokens.Length, reference.Tokens.Length))
            throw Different($"The tokenizers agree on the text's first {same} tokens only.", path);
    }

    private static string Name(string? token) => token is null ? "nothing" : DiagnosticText.Quote(token);

    private static MoEQuantException Different(string found, string path) => new(EvaluationDiagnostics.VocabulariesDiffer, found, path);
}
