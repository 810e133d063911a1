namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>What an instruction of a compiled pattern does.</summary>
internal enum RegexOp
{
    /// <summary>Consumes one code point of the set.</summary>
    Set,

    /// <summary>Consumes A to B code points of the set, in the mode C.</summary>
    Loop,

    /// <summary>Goes on at A, and at B when that fails.</summary>
    Branch,

    /// <summary>Goes on at A.</summary>
    Jump,

    /// <summary>Notes the position in register A.</summary>
    Note,

    /// <summary>Leaves a loop, going on behind this instruction, when nothing was consumed since register A was noted; else goes on at B.</summary>
    Repeat,

    /// <summary>Tries the instructions that follow, up to their Accept, ahead (B = -1) or B code points behind; C = 1 wants them to fail. Goes on at A.</summary>
    Look,

    /// <summary>Matches the instructions that follow, up to their Accept, and keeps the first way found. Goes on at A.</summary>
    Atomic,

    /// <summary>Checks the <see cref="RegexAssertion"/> A.</summary>
    Assert,

    /// <summary>The pattern, or the part that stands for itself, has matched.</summary>
    Accept,

    /// <summary>Nothing matches.</summary>
    Fail,
}
