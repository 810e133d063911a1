namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What an attention kernel must know of its operands.</summary>
internal struct AttentionShape
{
    /// <summary>Numbers of a token's queries.</summary>
    public int QuerySize;

    /// <summary>Numbers of a position's keys, or values.</summary>
    public int KeyValueSize;

    /// <summary>D.</summary>
    public int HeadDimension;

    /// <summary>Query heads that share a key-value head.</summary>
    public int GroupHeads;

    /// <summary>The first token's position.</summary>
    public int FirstPosition;

    /// <summary>Positions that a token sees, itself included.</summary>
    public int Window;

    /// <summary>What scores are multiplied with: 1 / √D.</summary>
    public float Scale;
}
