namespace MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;

/// <summary>Which channels are rotated.</summary>
internal sealed record RotationOptions
{
    /// <summary>DuQuant's block (arXiv 2406.01721).</summary>
    public const int DefaultLargestBlock = 128;

    /// <summary>The largest block, a power of two; each width takes the largest power of two that divides it, up to this.</summary>
    public int LargestBlock { get; init; } = DefaultLargestBlock;

    /// <summary>Rotate the residual stream, fused into embedding, all projections and the head; folds every norm's weight into its readers.</summary>
    public bool Residual { get; init; } = true;

    /// <summary>Rotate values within each head, fused into v and o; left out where values are clipped.</summary>
    public bool Values { get; init; } = true;

    /// <summary>Rotate the inputs of the down projections. Their columns are rotated here; the runtime rotates the activations (<see cref="ModelRotation.InnerBlockOf"/>).</summary>
    public bool Inner { get; init; } = true;
}
