namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>One place of the open-addressing table of a <see cref="Vocabulary"/>. All that a look-up needs is here: a second table would be a second cache miss.</summary>
/// <param name="Hash">The hash of the token's text, compared before the text.</param>
/// <param name="Start">Where the text begins in the text of all tokens.</param>
/// <param name="Length">How many bytes the text has.</param>
/// <param name="IdPlusOne">The id plus one; 0 marks a free place.</param>
internal readonly record struct VocabularySlot(uint Hash, int Start, int Length, int IdPlusOne);
