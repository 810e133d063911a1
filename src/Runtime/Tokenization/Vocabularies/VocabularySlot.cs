namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>One place of the open-addressing table of a <see cref="Vocabulary"/>.</summary>
/// <param name="Hash">The hash of the token's text, compared before the text.</param>
/// <param name="EntryPlusOne">The index of the entry plus one; 0 marks a free place.</param>
internal readonly record struct VocabularySlot(uint Hash, int EntryPlusOne);
