using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>Chooses the form of BPE that a tokenizer needs.</summary>
internal static class BpeModelFactory
{
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="options">The settings.</param>
    /// <param name="byteLevel">Whether and where the text is mapped to the byte-level alphabet.</param>
    public static BpeModel Create(Vocabulary vocabulary, MergeTable merges, BpeOptions options, ByteLevelStage byteLevel)
    {
        bool marked = options.ContinuingSubwordPrefix.Length + options.EndOfWordSuffix.Length > 0;
        if (byteLevel == ByteLevelStage.None)
            return new CharacterBpeModel(vocabulary, merges, options, WordBoundary.AlwaysHolds(vocabulary));
        if (ByteBpeModel.HasAllBytes(vocabulary, out int missing) && !marked)
            return new ByteBpeModel(vocabulary, merges, options, byteLevel == ByteLevelStage.BeforePieces);
        if (missing >= 0 && options.UnknownToken is null && !marked)
            throw new MoEQuantException(TokenizerDiagnostics.ByteTokenMissing,
                $"The byte-level vocabulary has no token \"{ByteAlphabet.Character((byte)missing)}\" for the byte 0x{missing:X2}, and there is no unknown token.");
        throw new MoEQuantException(TokenizerDiagnostics.OptionUnsupported, marked
            ? $"The model is byte-level and has the word prefix \"{options.ContinuingSubwordPrefix}\" and the word suffix \"{options.EndOfWordSuffix}\", expected none."
            : $"The byte-level vocabulary has no token for the byte 0x{missing:X2} and would take the unknown token \"{options.UnknownToken}\" instead.");
    }
}
