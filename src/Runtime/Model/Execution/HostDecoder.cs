using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>A text on this machine's processor.</summary>
internal sealed unsafe class HostDecoder : SequenceDecoder
{
    private readonly DecoderModel _model;
    private readonly KvCache _cache;
    private readonly Workspace _workspace;
    private readonly NativeArray<float> _logits;

    /// <param name="model">The network.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="contextLength">The most tokens of the text.</param>
    /// <param name="prefillBatch">The most tokens of one pass.</param>
    /// <param name="precision">How keys and values are kept.</param>
    public HostDecoder(DecoderModel model, WorkerPool pool, int contextLength, int prefillBatch, KeyValuePrecision precision)
    {
        _model = model;
        int batch = Math.Min(prefillBatch, contextLength);
        try
        {
            _cache = new KvCache(model.Config, contextLength, precision);
            _workspace = new Workspace(model.Config, model.LargestRank, _cache, pool, KernelCatalog.Best, batch);
            _logits = new NativeArray<float>((long)batch * model.Config.VocabularySize);
        }
        catch (OutOfMemoryException e)
        {
            _workspace?.Dispose();
            throw new MoEQuantException(RuntimeDiagnostics.OutOfMemory, $"The buffers for a context of {contextLength} tokens could not be allocated.", null, e);
        }
    }

    public override int MaxTokens => _workspace.MaxTokens;

    public override bool CanBeObserved => true;

    public override void Forward(ReadOnlySpan<int> tokens, int firstPosition, ForwardObserver? observer)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _model.Embedding.ReadRow(tokens[i], _workspace.HiddenRow(i));
            _model.Rotary.FillRotation(firstPosition + i, _workspace.Cosines(i), _workspace.Sines(i));
        }

        foreach (DecoderLayer layer in _model.Layers)
            layer.Forward(_workspace, tokens.Length, firstPosition, observer);
    }

    public override void ComputeLogits(int firstToken, int count) => _model.Head.Forward(_workspace, firstToken, count, _logits.Pointer);

    public override ReadOnlySpan<float> LogitsRow(int row) => _logits.Span((long)row * _model.Config.VocabularySize, _model.Config.VocabularySize);

    public override void Dispose()
    {
        _logits.Dispose();
        _workspace.Dispose();
        _cache.Dispose();
    }
}
