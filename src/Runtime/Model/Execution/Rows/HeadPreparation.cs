using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Brings queries, keys and values from their projections to where attention reads them.</summary>
/// <param name="workspace">Holds them.</param>
/// <param name="config">The network's widths.</param>
internal sealed class HeadPreparation(Workspace workspace, ModelConfig config) : RowWork(workspace.Pool)
{
    private Attention? _attention;
    private int _firstPosition;

    /// <summary>Prepares all heads of <paramref name="tokens"/> tokens and stores keys and values in the cache.</summary>
    public void Run(Attention attention, int layer, int firstPosition, int tokens)
    {
        _attention = attention;
        _firstPosition = firstPosition;
        for (int token = 0; token < tokens; token++)
            workspace.Cache.Reserve(layer, workspace.CachePosition(firstPosition, token));
        Run(tokens, 2L * (config.QuerySize + config.KeyValueSize));
    }

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int token = firstRow; token < endRow; token++)
            _attention!.PrepareHeads(workspace, token, workspace.CachePosition(_firstPosition, token));
    }
}
