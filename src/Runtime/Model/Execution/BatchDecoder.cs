using MoEQuant.Kernels;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Writes several texts at once, one token of each per step, so that the weights are read once per step and not once per text. Used by one caller at a time.
/// </summary>
public sealed unsafe class BatchDecoder : IDisposable
{
    private readonly DecoderModel _model;
    private readonly WorkerPool _pool;
    private readonly KvCache _cache;
    private readonly Workspace _workspace;
    private readonly NativeArray<float> _logits;
    private readonly int _length;

    /// <summary>Builds the network and allocates its buffers.</summary>
    /// <param name="config">The network's configuration.</param>
    /// <param name="source">The weights; must outlive this object.</param>
    /// <param name="threadCount">Threads that compute, the calling one included; the results do not depend on it.</param>
    /// <param name="texts">Texts.</param>
    /// <param name="length">The longest text in tokens.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">A tensor is missing or has another shape.</exception>
    public BatchDecoder(ModelConfig config, IWeightSource source, int threadCount, int texts, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(texts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _model = new DecoderModel(config, source);
        _length = length;
        _pool = new WorkerPool(threadCount);
        _cache = new KvCache(config, checked(texts * length));
        _workspace = new Workspace(config, _model.LargestRank, _cache, _pool, KernelCatalog.Best, texts, sequenceStride: length);
        _logits = new NativeArray<float>((long)texts * config.VocabularySize);
    }

    /// <summary>Tokens that each text has so far.</summary>
    public int Position { get; private set; }

    /// <summary>Appends one token to every text and shows the logits of the token that follows it.</summary>
    /// <param name="tokens">One token per text.</param>
    /// <param name="visitor">Called once per text with the text's number in place of a position.</param>
    /// <exception cref="ArgumentException">There are more or fewer tokens than texts, or a token is outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The texts have reached their length.</exception>
    public void Step(ReadOnlySpan<int> tokens, LogitsVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        int vocabulary = _model.Config.VocabularySize;
        if (tokens.Length != _workspace.MaxTokens)
            throw new ArgumentException($"There are {tokens.Length} tokens for {_workspace.MaxTokens} texts.", nameof(tokens));
        if (Position == _length)
            throw new InvalidOperationException($"The texts have {_length} tokens already.");
        for (int text = 0; text < tokens.Length; text++)
        {
            if ((uint)tokens[text] >= (uint)vocabulary)
                throw new ArgumentException($"The token {tokens[text]} is outside the vocabulary of {vocabulary}.", nameof(tokens));
            _model.Embedding.ReadRow(tokens[text], _workspace.HiddenRow(text));
            _model.Rotary.FillRotation(Position, _workspace.Cosines(text), _workspace.Sines(text));
        }

        foreach (DecoderLayer layer in _model.Layers)
            layer.Forward(_workspace, tokens.Length, Position, null);
        Position++;
        _model.Head.Forward(_workspace, 0, tokens.Length, _logits.Pointer);
        for (int text = 0; text < tokens.Length; text++)
            visitor(text, _logits.Span((long)text * vocabulary, vocabulary));
        GC.KeepAlive(this);
    }

    /// <summary>Frees threads and buffers.</summary>
    public void Dispose()
    {
        _logits.Dispose();
        _workspace.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }
}
