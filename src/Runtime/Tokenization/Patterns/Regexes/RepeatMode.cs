namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>How a repetition decides how often.</summary>
internal enum RepeatMode
{
    /// <summary>As often as possible, then less.</summary>
    Greedy,

    /// <summary>As seldom as possible, then more.</summary>
    Lazy,

    /// <summary>As often as possible, and never less.</summary>
    Possessive,
}
