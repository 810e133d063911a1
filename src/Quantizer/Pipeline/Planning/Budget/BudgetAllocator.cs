namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Spends a number of bytes over matrices so that the sum of their losses is as small as possible.</summary>
/// <remarks>
/// Every matrix starts with its cheapest candidate. Steps along the hulls are taken in the order of their gain per byte, which is what one Lagrange multiplier for all matrices gives; a step
/// that no longer fits ends its matrix, and smaller ones of other matrices fill what is left. Equal choices give equal plans: ties go to the earlier matrix.
/// </remarks>
internal static class BudgetAllocator
{
    /// <summary>Picks a candidate for each matrix.</summary>
    /// <param name="choices">The matrices.</param>
    /// <param name="budget">Bytes; at least <see cref="LeastBytes"/>.</param>
    public static RecipeCandidate[] Allocate(IReadOnlyList<MatrixChoices> choices, long budget)
    {
        IReadOnlyList<RecipeCandidate>[] hulls = [.. choices.Select(choice => LowerHull.Of(choice.Candidates))];
        int[] places = new int[hulls.Length];
        long left = budget - hulls.Sum(hull => hull[0].Bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(left, nameof(budget));
        PriorityQueue<int, (double Gain, int Matrix)> steps = new(Comparer<(double Gain, int Matrix)>.Create(
            (a, b) => a.Gain != b.Gain ? b.Gain.CompareTo(a.Gain) : a.Matrix.CompareTo(b.Matrix)));
        for (int i = 0; i < hulls.Length; i++)
            Offer(i);
        while (steps.TryDequeue(out int matrix, out _))
        {
            long bytes = hulls[matrix][places[matrix] + 1].Bytes - hulls[matrix][places[matrix]].Bytes;
            if (bytes > left)
                continue;
            left -= bytes;
            places[matrix]++;
            Offer(matrix);
        }

        return [.. hulls.Select((hull, i) => hull[places[i]])];

        void Offer(int matrix)
        {
            if (places[matrix] + 1 < hulls[matrix].Count)
                steps.Enqueue(matrix, (LowerHull.Gain(hulls[matrix][places[matrix]], hulls[matrix][places[matrix] + 1]), matrix));
        }
    }

    /// <summary>Bytes of the cheapest candidates.</summary>
    public static long LeastBytes(IReadOnlyList<MatrixChoices> choices) => choices.Sum(choice => choice.Candidates.Min(candidate => candidate.Bytes));

    /// <summary>Bytes beyond which nothing gets better.</summary>
    public static long MostBytes(IReadOnlyList<MatrixChoices> choices) => choices.Sum(choice => LowerHull.Of(choice.Candidates)[^1].Bytes);
}
