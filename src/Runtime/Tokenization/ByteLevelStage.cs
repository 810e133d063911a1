namespace MoEQuant.Runtime.Tokenization;

/// <summary>Where a tokenizer maps text to the byte-level alphabet.</summary>
internal enum ByteLevelStage
{
    /// <summary>Nowhere: the vocabulary holds ordinary text.</summary>
    None,

    /// <summary>As the last step before the model. The mapping is then left out, because the model works on bytes.</summary>
    Last,

    /// <summary>Before some pre-tokenizer, which then sees the mapped text.</summary>
    BeforePieces,
}
