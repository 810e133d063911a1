namespace MoEQuant.Quantizer.Calibration;

/// <summary>Draws sequences from the reserve, always the one that brings the most tokens that starved experts still need.</summary>
internal static class ReserveDraw
{
    /// <summary>Draws until no sequence helps.</summary>
    /// <param name="routing">Where the tokens went.</param>
    /// <param name="data">The sequences.</param>
    /// <param name="needs">Tokens that each expert needs; counted down.</param>
    /// <returns>Per token: whether its sequence was drawn.</returns>
    public static bool[] Draw(CapturedRouting routing, CalibrationData data, int[] needs)
    {
        TokenSequences sequences = data.Sequences;
        bool[] drawn = new bool[sequences.TokenCount];
        Dictionary<int, int[]> counts = Enumerable.Range(data.PrimaryCount, sequences.Count - data.PrimaryCount).ToDictionary(sequence => sequence, sequence => Count(routing, sequences, sequence));
        while (counts.Count > 0)
        {
            (int best, int gain) = (-1, 0);
            foreach ((int sequence, int[] count) in counts.OrderBy(pair => pair.Key))
            {
                int helps = 0;
                for (int expert = 0; expert < needs.Length; expert++)
                    helps += Math.Min(needs[expert], count[expert]);
                if (helps > gain)
                    (best, gain) = (sequence, helps);
            }

            if (gain == 0)
                return drawn;
            counts.Remove(best, out int[]? taken);
            for (int expert = 0; expert < needs.Length; expert++)
                needs[expert] = Math.Max(0, needs[expert] - taken![expert]);
            drawn.AsSpan(sequences.Start(best), sequences[best].Length).Fill(true);
        }

        return drawn;
    }

    private static int[] Count(CapturedRouting routing, TokenSequences sequences, int sequence)
    {
        int[] count = new int[routing.ExpertCount];
        for (int i = 0; i < sequences[sequence].Length; i++)
            foreach (int expert in routing.Experts(sequences.Start(sequence) + i))
                count[expert]++;
        return count;
    }
}
