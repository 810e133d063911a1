namespace MoEQuant.Runtime.Generation;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model produced a token that ends the text.</summary>
    EndOfText,

    /// <summary><see cref="GenerationOptions.MaxTokens"/> were generated.</summary>
    MaxTokens,

    /// <summary>The context is full. The text so far is complete and valid; load the model with a larger ContextLength to go on for longer.</summary>
    ContextFull,
}
