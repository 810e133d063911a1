using System;
using System.Globalization;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Accessors;

/// <summary>What the compiler of a project understands, as its property LangVersion says it.</summary>
internal static class CSharpVersion
{
    /// <summary>The oldest version that the generated source keeps to.</summary>
    public static readonly Version Oldest = new(7, 3);

    /// <summary>Nullable reference types: <c>#nullable enable</c>, <c>T?</c>.</summary>
    public static readonly Version Nullable = new(8, 0);

    /// <summary><c>global using</c>.</summary>
    public static readonly Version GlobalUsing = new(10, 0);

    // Later than any version; names such as "latest" and an empty property mean at least what .NET 10's compiler has by itself.
    private static readonly Version Newest = new(int.MaxValue, 0);

    /// <param name="langVersion">For example <c>14.0</c>, <c>8</c>, <c>latest</c>, or empty.</param>
    /// <exception cref="BuildFailureException">Older than <see cref="Oldest"/>.</exception>
    public static Version Parse(string langVersion)
    {
        string text = langVersion.Trim();
        bool iso = text.StartsWith("ISO-", StringComparison.OrdinalIgnoreCase);
        Version version = iso ? new Version(1, 0)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? new Version(major, 0)
            : Version.TryParse(text, out Version? exact) ? exact
            : Newest;
        return version >= Oldest
            ? version
            : throw new BuildFailureException(BuildDiagnostics.LanguageVersionTooOld, $"LangVersion is \"{langVersion}\".");
    }
}
