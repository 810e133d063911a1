using MoEQuant.Quality.Planting;

namespace MoEQuant.Quality.Ablation;

/// <summary>A checkpoint of the ablation.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Path">Its folder.</param>
internal sealed record AblationModel(string Name, string Path)
{
    private const int Seed = 1;

    /// <summary>Every checkpoint of a folder, each followed by itself with planted outlier channels.</summary>
    /// <param name="models">The folder of checkpoint folders.</param>
    /// <param name="scratch">Where planted checkpoints are written.</param>
    public static IEnumerable<AblationModel> Find(string models, string scratch)
    {
        foreach (string folder in Directory.GetDirectories(models).Where(folder => File.Exists(System.IO.Path.Combine(folder, "config.json"))).Order(StringComparer.Ordinal))
        {
            string name = System.IO.Path.GetFileName(folder), planted = System.IO.Path.Combine(scratch, name);
            yield return new(name, folder);
            OutlierPlanting.Write(folder, planted, Seed);
            yield return new($"{name}, outliers planted", planted);
        }
    }
}
