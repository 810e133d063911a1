namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>What a file turned out to be when its seal was checked.</summary>
internal enum SealState
{
    /// <summary>What was written, byte for byte.</summary>
    Whole,

    /// <summary>No sealed file at all.</summary>
    Foreign,

    /// <summary>Its length is not the one it was written with.</summary>
    Cut,

    /// <summary>Its content is not the one it was written with.</summary>
    Altered,
}
