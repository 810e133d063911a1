namespace MoEQuant.Runtime.Tokenization.PostProcessing;

/// <summary>One place of a template: the encoded text, or special tokens.</summary>
/// <param name="SpecialIds">The ids of the special tokens, or null for the encoded text.</param>
internal readonly record struct TemplatePiece(int[]? SpecialIds);
