namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>What going back to a frame means.</summary>
internal enum RegexFrameKind
{
    /// <summary>Go on at the instruction and position.</summary>
    Branch,

    /// <summary>Give one code point of a greedy loop back, down to the limit, and go on.</summary>
    Shrink,

    /// <summary>Let a lazy loop take one code point more.</summary>
    Extend,

    /// <summary>Put the former value back into a register and go back further.</summary>
    Restore,
}
