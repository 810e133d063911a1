using System.Globalization;
using System.Reflection;
using System.Text;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Sidecars;

/// <summary>What an app knows about the packed model that lies beside it: a small resource that the build embeds.</summary>
/// <param name="FileName">The file's name, without a folder.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="HeaderSha256">SHA-256 of the file up to its first tensor, 64 lower-case hexadecimal digits. The header holds the hash of everything after it.</param>
internal sealed record SidecarReference(string FileName, long Length, string HeaderSha256)
{
    /// <summary>The first line; the number is the version of this text.</summary>
    private const string Signature = "moeq-sidecar 1";

    /// <summary>Reads the resource of an assembly.</summary>
    /// <exception cref="MoEQuantException">MOEQ5034: there is none; MOEQ5040: it is damaged.</exception>
    public static SidecarReference Read(Assembly assembly, string resourceName)
    {
        using Stream stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new MoEQuantException(RuntimeDiagnostics.ResourceMissing, $"The assembly {assembly.GetName().Name} has no resource \"{resourceName}\".");
        using StreamReader reader = new(stream, Encoding.UTF8);
        string text = reader.ReadToEnd();
        return TryParse(text) ?? throw new MoEQuantException(
            SidecarDiagnostics.ReferenceInvalid, $"The resource \"{resourceName}\" of {assembly.GetName().Name} is {DiagnosticText.Quote(text)}; \"{Signature}\", name, length and hash were expected.");
    }

    /// <summary>Reads the text: signature, name, length and hash, a line each.</summary>
    /// <returns>Null when it is not that.</returns>
    internal static SidecarReference? TryParse(string text)
    {
        string[] lines = text.Split('\n');
        return lines is [Signature, { Length: > 0 } name, var length, { Length: 64 } hash, ""]
            && name == Path.GetFileName(name)
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? new SidecarReference(name, bytes, hash)
            : null;
    }
}
