namespace MoEQuant.Runtime.Generation;

/// <summary>Receives the logits of one position.</summary>
/// <param name="position">The token's position in the context; the logits are those of the token that follows it.</param>
/// <param name="logits">One value per vocabulary entry; valid during the call only.</param>
public delegate void LogitsVisitor(int position, ReadOnlySpan<float> logits);
