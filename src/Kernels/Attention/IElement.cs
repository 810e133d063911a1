namespace MoEQuant.Kernels;

/// <summary>How elements of keys and values lie in memory.</summary>
internal unsafe interface IElement
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Bytes { get; }

    /// <summary>A register of neighbouring elements as numbers.</summary>
    static abstract TFloat Load<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct;
}
