using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>The folder of <c>--cache</c> as a whole: its entries, and their removal. Nothing but entries is ever touched.</summary>
internal static class CacheFolder
{
    /// <summary>The file in which an entry says what it is of.</summary>
    public const string TitleFile = "title.txt";

    private const int KeyLength = 64;

    /// <summary>The entries in the order of their keys.</summary>
    /// <exception cref="MoEQuantException">MOEQ3081: there is no such folder, or it cannot be read.</exception>
    public static IReadOnlyList<CacheEntry> List(string folder) => Guarded(folder, () =>
        Directory.GetDirectories(folder).Where(IsEntry).Order(StringComparer.Ordinal).Select(Describe).ToArray());

    /// <summary>Removes entries.</summary>
    /// <param name="folder">The cache folder.</param>
    /// <param name="keys">Whole keys.</param>
    /// <exception cref="MoEQuantException">MOEQ3081: something cannot be removed.</exception>
    public static void Remove(string folder, IEnumerable<string> keys) => Guarded(folder, () =>
    {
        foreach (string key in keys)
            Directory.Delete(Path.Combine(folder, key), recursive: true);
        return true;
    });

    private static CacheEntry Describe(string path)
    {
        FileInfo[] files = new DirectoryInfo(path).GetFiles();
        FileInfo? title = Array.Find(files, file => file.Name == TitleFile);
        return new(Path.GetFileName(path), title is null ? "" : File.ReadAllText(title.FullName), files.Count(file => file.Extension == SegmentStore.Extension), files.Sum(file => file.Length),
            files.Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(Directory.GetLastWriteTimeUtc(path)).Max());
    }

    private static bool IsEntry(string path) => Path.GetFileName(path) is { Length: KeyLength } name && name.All(char.IsAsciiHexDigitLower);

    private static T Guarded<T>(string folder, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new MoEQuantException(CacheDiagnostics.CacheUnreadable, DiagnosticText.Sentence(cause.Message), folder, cause);
        }
    }
}
