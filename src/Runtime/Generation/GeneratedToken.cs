namespace MoEQuant.Runtime.Generation;

/// <summary>One step of a generation.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">The text that became complete with it; may be empty, never ends in half a character.</param>
/// <param name="FinishReason">None, or why this is the last one.</param>
public readonly record struct GeneratedToken(int Id, string Text, FinishReason FinishReason);
