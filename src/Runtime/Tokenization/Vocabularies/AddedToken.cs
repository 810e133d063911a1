namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>A token that is searched for in the text before anything else, named as in tokenizer.json.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Whether it only counts where no word character touches it.</param>
/// <param name="LeftStrip">Whether it swallows white space before it.</param>
/// <param name="RightStrip">Whether it swallows white space behind it.</param>
/// <param name="Normalized">Whether it is searched for, normalized itself, in the normalized text.</param>
/// <param name="Special">Whether decoding can skip it.</param>
internal sealed record AddedToken(int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special);
