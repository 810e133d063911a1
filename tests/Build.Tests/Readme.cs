using System.Text.RegularExpressions;

namespace MoEQuant.Build.Tests;

/// <summary>What README.md tells users to type, taken from the file itself.</summary>
internal static partial class Readme
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));

    /// <summary>All lines of the shell blocks.</summary>
    public static IReadOnlyList<string> Commands => [.. Blocks("sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The code blocks of a language, in order.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Fence().Matches(Text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)];

    /// <summary>The languages that occur.</summary>
    public static IReadOnlyList<string> Languages => [.. Fence().Matches(Text).Select(match => match.Groups[1].Value).Distinct()];

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
