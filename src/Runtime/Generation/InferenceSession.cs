using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model;
using MoEQuant.Runtime.Model.Devices;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Generation;

/// <summary>
/// One text in progress: its key-value cache and work buffers. Sessions of a model share its weights and threads; their steps take turns. A session is used
/// by one caller at a time; disposing it, or its model, while a step runs waits for the step.
/// </summary>
/// <remarks>After its first step with a given number of tokens a session allocates no managed memory per step.</remarks>
public sealed class InferenceSession : IDisposable
{
    private readonly MoEModel _owner;
    private readonly SequenceDecoder _decoder;
    private bool _disposed;

    internal InferenceSession(MoEModel owner, SequenceDecoder decoder)
    {
        _owner = owner;
        _decoder = decoder;
    }

    /// <summary>The most tokens that fit; <see cref="Process(ReadOnlySpan{int})"/> refuses more.</summary>
    public int ContextLength => _owner.ContextLength;

    /// <summary>Number of tokens processed so far: the position of the next one.</summary>
    public int Position { get; private set; }

    /// <summary>Sees routing decisions while it is set; null most of the time. On a device nothing can be seen: what happens inside a step stays there.</summary>
    /// <exception cref="MoEQuantException">The model runs on a device (MOEQ5063).</exception>
    public ForwardObserver? Observer
    {
        get;
        set => field = value is null || _decoder.CanBeObserved
            ? value
            : throw new MoEQuantException(DeviceDiagnostics.NotOnDevices, "An observer was set on a session that runs on a device.");
    }

    /// <summary>Appends tokens to the text and returns the logits of the token that follows the last one.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <returns>One value per vocabulary entry, valid until the next call.</returns>
    /// <exception cref="MoEQuantException">A token is outside the vocabulary (MOEQ5037), or the tokens do not fit (MOEQ5035). Nothing was appended.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public ReadOnlySpan<float> Process(scoped ReadOnlySpan<int> tokens) => Process(tokens, null, CancellationToken.None);

    /// <summary>As <see cref="Process(ReadOnlySpan{int})"/>, stopping between batches when cancelled; tokens of finished batches stay appended.</summary>
    public ReadOnlySpan<float> Process(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken) => Process(tokens, null, cancellationToken);

    /// <summary>Appends tokens to the text and shows the logits of every one of them, in order.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="visitor">Called once per token.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public void ProcessAll(ReadOnlySpan<int> tokens, LogitsVisitor visitor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        Process(tokens, visitor, cancellationToken);
    }

    /// <summary>Forgets the tokens from <paramref name="position"/> on, so that the text continues from there. 0 starts a new text.</summary>
    public void Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    /// <summary>Frees cache and buffers, after a step that may be running.</summary>
    public void Dispose()
    {
        lock (_owner.StepLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _decoder.Dispose();
        }
    }

    private ReadOnlySpan<float> Process(scoped ReadOnlySpan<int> tokens, LogitsVisitor? visitor, CancellationToken cancellationToken)
    {
        Check(tokens);
        _owner.Kernels?.Expect(tokens.Length);
        ReadOnlySpan<float> logits = default;
        while (!tokens.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(tokens.Length, _decoder.MaxTokens);
            lock (_owner.StepLock)
            {
                _owner.ThrowIfDisposed();
                ObjectDisposedException.ThrowIf(_disposed, this);
                logits = Step(tokens[..count], count == tokens.Length, visitor);
            }

            tokens = tokens[count..];
        }

        // Kernels work on raw pointers: without this a session that nobody refers to any more could be finalized in its last step.
        GC.KeepAlive(this);
        return logits;
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            throw new MoEQuantException(RuntimeDiagnostics.PromptEmpty, "There are no tokens to process.");
        if (tokens.Length > ContextLength - Position)
        {
            throw new MoEQuantException(RuntimeDiagnostics.PromptTooLong,
                $"{tokens.Length} tokens after {Position} do not fit into a context of {ContextLength}.");
        }

        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)_owner.Config.VocabularySize)
                throw new MoEQuantException(RuntimeDiagnostics.TokenOutOfRange, $"The token id {token} is outside the vocabulary of {_owner.Config.VocabularySize}.");
        }
    }

    private ReadOnlySpan<float> Step(scoped ReadOnlySpan<int> tokens, bool last, LogitsVisitor? visitor)
    {
        int count = tokens.Length;
        _decoder.Forward(tokens, Position, Observer);

        // The position moves only when the layers are done: a failing step can be repeated.
        int first = Position;
        Position += count;
        if (visitor is null)
            return last ? Logits(count - 1, 1) : default;

        Logits(0, count);
        for (int i = 0; i < count; i++)
            visitor(first + i, _decoder.LogitsRow(i));
        return _decoder.LogitsRow(count - 1);
    }

    private ReadOnlySpan<float> Logits(int firstToken, int count)
    {
        _decoder.ComputeLogits(firstToken, count);
        return _decoder.LogitsRow(0);
    }
}
