namespace MoEQuant.Quantizer.Calibration;

/// <summary>Independent token sequences, each fed from position 0; all their tokens have one running index, 0 … <see cref="TokenCount"/> − 1.</summary>
internal sealed class TokenSequences
{
    private readonly int[][] _sequences;
    private readonly int[] _starts;

    public TokenSequences(IReadOnlyList<int[]> sequences)
    {
        _sequences = [.. sequences];
        _starts = new int[_sequences.Length + 1];
        for (int i = 0; i < _sequences.Length; i++)
            _starts[i + 1] = checked(_starts[i] + _sequences[i].Length);
    }

    /// <summary>Number of sequences.</summary>
    public int Count => _sequences.Length;

    /// <summary>Tokens of all sequences.</summary>
    public int TokenCount => _starts[^1];

    /// <summary>Tokens of the longest sequence.</summary>
    public int LongestLength => _sequences.Max(sequence => sequence.Length);

    /// <summary>The tokens of a sequence.</summary>
    public ReadOnlySpan<int> this[int sequence] => _sequences[sequence];

    /// <summary>The running index of a sequence's first token.</summary>
    public int Start(int sequence) => _starts[sequence];
}
