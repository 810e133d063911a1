using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Splits a piece at the matches of a pattern.</summary>
/// <param name="pattern">What is searched for.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">True treats what lies between the matches as the matches.</param>
internal sealed class PatternSplitter(TextPattern pattern, SplitBehavior behavior, bool invert = false)
{
    public void Split(in TextPiece piece, List<TextPiece> output)
    {
        var open = new Segment(0, 0, IsMatch: false);
        bool isOpen = false;
        foreach (Segment found in pattern.Segments(piece.Span))
        {
            Segment segment = found with { IsMatch = found.IsMatch != invert };
            if (behavior is SplitBehavior.Isolated or SplitBehavior.Removed)
            {
                if (behavior == SplitBehavior.Isolated || !segment.IsMatch)
                    Add(in piece, segment, output);
                continue;
            }
            if (isOpen && Joins(open, segment))
            {
                open = new Segment(open.Start, segment.End, segment.IsMatch);
                continue;
            }
            if (isOpen)
                Add(in piece, open, output);
            open = segment;
            isOpen = true;
        }
        if (isOpen)
            Add(in piece, open, output);
    }

    // The flag of the joined segment is that of its last part, so that a second match behind it does not join again.
    private bool Joins(Segment before, Segment segment) => behavior switch
    {
        SplitBehavior.MergedWithPrevious => segment.IsMatch && !before.IsMatch,
        SplitBehavior.MergedWithNext => before.IsMatch && !segment.IsMatch,
        _ => before.IsMatch == segment.IsMatch,
    };

    private static void Add(in TextPiece piece, Segment segment, List<TextPiece> output)
    {
        if (segment.End > segment.Start)
            output.Add(piece.Slice(segment.Start, segment.End));
    }
}
