namespace MoEQuant.Speed.Measuring;

/// <summary>Units per second.</summary>
/// <param name="Median">Of all turns.</param>
/// <param name="Best">Of the fastest turn: what the code can do where nothing disturbs it.</param>
internal readonly record struct Rate(double Median, double Best)
{
    public static Rate Of(double units, IReadOnlyList<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return new(units / ((sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2), units / sorted[0]);
    }
}
