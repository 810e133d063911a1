namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>A stretch of text: an added token, or what lies between them.</summary>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="TokenId">The added token, or -1 for ordinary text.</param>
internal readonly record struct AddedSegment(int Start, int End, int TokenId);
