using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Draws calibration sequences from a text: spread evenly over it, never overlapping, the same ones for the same seed.</summary>
internal static class SequenceSampler
{
    /// <summary>Of how many sequences one is kept in reserve where a text is too short for all.</summary>
    private const int ReserveShare = 4;

    /// <summary>Draws sequences.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="prefix">Tokens in front of every sequence (a beginning-of-text token).</param>
    /// <param name="options">Length, count and seed.</param>
    /// <param name="path">The text's file, for messages; or null.</param>
    /// <exception cref="MoEQuantException">MOEQ3053: the text is shorter than one sequence.</exception>
    public static CalibrationData Draw(int[] tokens, int[] prefix, CalibrationOptions options, string? path)
    {
        int length = options.SequenceLength, possible = tokens.Length / length;
        if (possible < 1)
            throw new MoEQuantException(CalibrationDiagnostics.TextTooShort, $"The text has {tokens.Length} tokens; a sequence has {length}.", path);
        int count = Math.Min(possible, options.SequenceCount + Reserve(options)), stretch = tokens.Length / count;
        SeededRandom random = new(options.Seed);
        int[][] sequences = new int[count][];
        for (int i = 0; i < count; i++)
        {
            int start = (i * stretch) + random.Next(stretch - length + 1);
            sequences[i] = [.. prefix, .. tokens.AsSpan(start, length)];
        }

        // The reserve is drawn from everywhere: shuffled sequences have no order that reserve and primary could inherit.
        random.Shuffle(sequences);
        return new(new TokenSequences(sequences), PrimaryCount(count, options));
    }

    /// <summary>Sequences in reserve that are wanted.</summary>
    public static int Reserve(CalibrationOptions options) => options.BalanceRatio > 0 ? (options.SequenceCount + ReserveShare - 2) / (ReserveShare - 1) : 0;

    /// <summary>How many of <paramref name="count"/> sequences are not in reserve.</summary>
    public static int PrimaryCount(int count, CalibrationOptions options) => Math.Max(1, count - Math.Min(Reserve(options), Math.Max(count / ReserveShare, count - options.SequenceCount)));
}
