namespace MoEQuant.Runtime.Tokenization.Unicode;

/// <summary>The normalization forms of Unicode Standard Annex 15.</summary>
internal enum NormalForm
{
    /// <summary>Canonical composition.</summary>
    C,

    /// <summary>Canonical decomposition.</summary>
    D,

    /// <summary>Compatibility decomposition, then canonical composition.</summary>
    KC,

    /// <summary>Compatibility decomposition.</summary>
    KD,
}
