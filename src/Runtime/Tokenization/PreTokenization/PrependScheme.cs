namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Which texts Metaspace puts its character before.</summary>
internal enum PrependScheme
{
    /// <summary>Each piece.</summary>
    Always,

    /// <summary>The piece that begins the whole text.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
