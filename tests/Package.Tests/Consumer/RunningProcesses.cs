using System.Globalization;

namespace MoEQuant.Package.Tests.Consumer;

/// <summary>Processes that a test has caused, found by what only they have; Linux.</summary>
internal static class RunningProcesses
{
    /// <summary>Processes whose working folder lies in <paramref name="folder"/>: the engine works beside the packed file.</summary>
    public static IReadOnlyList<int> WorkingIn(string folder) => Find(process =>
        Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(folder, StringComparison.Ordinal) == true);

    /// <summary>Processes with a text in their environment: build nodes that outlive their build.</summary>
    public static IReadOnlyList<int> WithEnvironment(string text) => Find(process => File.ReadAllText(Path.Combine(process, "environ")).Contains(text, StringComparison.Ordinal));

    private static List<int> Find(Func<string, bool> matches)
    {
        List<int> found = [];
        foreach (string process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out int id) && id != Environment.ProcessId))
        {
            try
            {
                if (matches(process))
                    found.Add(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is somebody else's.
            }
        }

        return found;
    }
}
