namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A compiled pattern.</summary>
/// <param name="Source">The pattern as the file spells it.</param>
/// <param name="Code">The instructions; the pattern begins at the first.</param>
/// <param name="RegisterCount">How many registers the instructions use.</param>
/// <param name="First">The code points that a match can begin with, or null where it may be empty or begin with anything.</param>
/// <param name="LeadingLoop">
/// The set of the unbounded loop that the pattern begins with, or null. When the pattern fails at the begin of a run of this set, it fails everywhere in the run:
/// every later start would try a part of the same ends. Skipping the run keeps such patterns (<c>\s+$</c>) linear.
/// </param>
internal sealed record RegexProgram(string Source, RegexInstruction[] Code, int RegisterCount, CodePointSet? First, CodePointSet? LeadingLoop);
