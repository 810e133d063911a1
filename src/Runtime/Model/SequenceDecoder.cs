using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Model;

/// <summary>The network at work on one text: its keys, values and work buffers, wherever they lie. Used by one caller at a time.</summary>
internal abstract class SequenceDecoder : IDisposable
{
    /// <summary>The most tokens of one pass.</summary>
    public abstract int MaxTokens { get; }

    /// <summary>Whether <see cref="Forward"/> can show what happens inside.</summary>
    public abstract bool CanBeObserved { get; }

    /// <summary>Runs embedding and layers on the tokens that stand at consecutive positions; what later positions held is forgotten.</summary>
    /// <param name="tokens">1 to <see cref="MaxTokens"/> tokens of the vocabulary.</param>
    /// <param name="firstPosition">The first token's position; all before it have been run.</param>
    /// <param name="observer">Sees what happens inside; or null.</param>
    public abstract void Forward(ReadOnlySpan<int> tokens, int firstPosition, ForwardObserver? observer);

    /// <summary>Computes the logits of some of the tokens of the last <see cref="Forward"/>.</summary>
    /// <param name="firstToken">The first token.</param>
    /// <param name="count">Tokens.</param>
    public abstract void ComputeLogits(int firstToken, int count);

    /// <summary>The logits of one of the tokens of the last <see cref="ComputeLogits"/>, valid until the next.</summary>
    /// <param name="row">The token, counted from the first of that call.</param>
    public abstract ReadOnlySpan<float> LogitsRow(int row);

    public abstract void Dispose();
}
