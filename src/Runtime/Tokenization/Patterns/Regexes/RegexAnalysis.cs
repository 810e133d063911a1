namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>What can be told of a pattern before matching.</summary>
internal static class RegexAnalysis
{
    /// <summary>The code points that a match can begin with, or null where it may be empty or that is not known.</summary>
    public static CodePointSet? First(RegexNode node)
    {
        var sets = new List<CodePointSet>();
        return CollectFirst(node, sets) ? new CodePointSet(c => sets.Exists(set => set.Contains(c))) : null;
    }

    /// <summary>The set of the unbounded loop that the pattern begins with, or null.</summary>
    public static CodePointSet? LeadingLoop(RegexNode node) => node switch
    {
        SequenceNode { Parts: [var first, ..] } => LeadingLoop(first),
        RepeatNode { Child: SetNode child, Minimum: <= 1, Maximum: int.MaxValue, Mode: not RepeatMode.Lazy } => child.Set,
        _ => null,
    };

    /// <summary>How many code points every match of the part has, or -1 where that varies.</summary>
    public static int FixedLength(RegexNode node)
    {
        switch (node)
        {
            case SetNode:
                return 1;
            case AssertionNode or LookNode:
                return 0;
            case AtomicNode atomic:
                return FixedLength(atomic.Child);
            case RepeatNode repeat:
                int child = FixedLength(repeat.Child);
                long repeated = (long)child * repeat.Minimum;
                return child >= 0 && repeat.Minimum == repeat.Maximum && repeated <= int.MaxValue ? (int)repeated : -1;
            case SequenceNode sequence:
                long sum = 0;
                foreach (RegexNode part in sequence.Parts)
                {
                    int length = FixedLength(part);
                    if (length < 0 || (sum += length) > int.MaxValue)
                        return -1;
                }
                return (int)sum;
            case AlternationNode alternation:
                int[] lengths = [.. alternation.Alternatives.Select(FixedLength).Distinct()];
                return lengths.Length == 1 ? lengths[0] : -1;
            default:
                return -1;
        }
    }

    // Adds the sets that a match of the node can begin with. True when every match begins with one of them, that is, none is empty.
    private static bool CollectFirst(RegexNode node, List<CodePointSet> sets)
    {
        switch (node)
        {
            case SetNode set:
                sets.Add(set.Set);
                return true;
            case AtomicNode atomic:
                return CollectFirst(atomic.Child, sets);
            case RepeatNode repeat:
                return CollectFirst(repeat.Child, sets) && repeat.Minimum > 0;
            case SequenceNode sequence:
                return sequence.Parts.Any(part => CollectFirst(part, sets));
            case AlternationNode alternation:
                bool always = true;
                foreach (RegexNode alternative in alternation.Alternatives)
                    always &= CollectFirst(alternative, sets);
                return always;
            default:
                return false;
        }
    }
}
