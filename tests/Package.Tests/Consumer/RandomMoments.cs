using System.Globalization;

namespace MoEQuant.Package.Tests.Consumer;

/// <summary>Moments at which tests disturb builds: few and always the same unless the environment asks for more or for others.</summary>
internal static class RandomMoments
{
    /// <summary>How many: the environment variable MOEQUANT_KILL_MOMENTS, otherwise 2.</summary>
    public static int Count => Number("MOEQUANT_KILL_MOMENTS", 2);

    /// <summary>Chooses them: MOEQUANT_KILL_SEED, otherwise 1.</summary>
    public static int Seed => Number("MOEQUANT_KILL_SEED", 1);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
