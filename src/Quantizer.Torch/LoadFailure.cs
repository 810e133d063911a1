namespace MoEQuant.Quantizer.Torch;

/// <summary>Why a native library was not loaded.</summary>
internal static class LoadFailure
{
    /// <summary>The one reason worth telling in what the .NET runtime says of a library that it could not load, as a sentence.</summary>
    /// <remarks>
    /// On Linux and macOS the first line is general, and a line per file that was tried follows. Most of those files are names that the library might have had; a library that was there and did not load is the
    /// exception that counts: a dependency is missing, or the system's C or C++ library is older than it needs.
    /// </remarks>
    /// <param name="message">The text of a <see cref="DllNotFoundException"/> or <see cref="BadImageFormatException"/>.</param>
    /// <param name="library">The library's name, without prefix and suffix.</param>
    public static string Reason(string message, string library)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string reason = lines.Skip(1).FirstOrDefault(line => !IsAbsent(line, library)) ?? lines[0].Split(". ")[0];
        return reason.TrimEnd('.', ':') + ".";
    }

    // "/folder/libLibTorchSharp.so: cannot open shared object file: No such file or directory"
    private static bool IsAbsent(string line, string library) =>
        line.Split(": ")[0].Contains(library, StringComparison.Ordinal) && line.Contains("No such file", StringComparison.OrdinalIgnoreCase);
}
