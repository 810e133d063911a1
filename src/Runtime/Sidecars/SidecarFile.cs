using System.Security.Cryptography;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Sidecars;

/// <summary>Finds and opens the packed model beside the app.</summary>
internal static class SidecarFile
{
    /// <summary>
    /// Where the file may be: the app's folder; and the executable's, because a single file that unpacks itself has its app's folder elsewhere.
    /// </summary>
    public static IReadOnlyList<string> Folders { get; } = Path.GetDirectoryName(Environment.ProcessPath) is { Length: > 0 } executable
        ? [AppContext.BaseDirectory, executable]
        : [AppContext.BaseDirectory];

    /// <summary>Opens the file that <paramref name="reference"/> describes.</summary>
    /// <param name="reference">What the app knows about it.</param>
    /// <param name="folders">Where to look, in this order; normally <see cref="Folders"/>.</param>
    /// <remarks>
    /// Length and header are compared always: the header's hash stands for the whole content, because the header holds the hash of the rest. That the rest has this hash takes
    /// reading it all; <see cref="MoEModelOptions.VerifyContent"/> asks for it.
    /// </remarks>
    /// <exception cref="MoEQuantException">MOEQ5041 missing, MOEQ5042 another length, MOEQ5043 another content; or what opening a packed file can give.</exception>
    public static PackedModelFile Open(SidecarReference reference, IReadOnlyList<string> folders)
    {
        string path = folders.Select(folder => Path.Combine(folder, reference.FileName)).FirstOrDefault(File.Exists)
            ?? throw new MoEQuantException(SidecarDiagnostics.FileMissing, $"There is no {reference.FileName} in {string.Join(" or ", folders)}.");
        FileInfo file = new(path);
        if (file.Length != reference.Length)
            throw new MoEQuantException(SidecarDiagnostics.LengthDiffers, $"The file has {file.Length} bytes; the app was built with one of {reference.Length}.", path);

        MappedRegion region = MappedRegion.OpenFile(path);
        PackedModelFile model = PackedModelFile.Open(region, ownsRegion: true);
        string found = Convert.ToHexStringLower(SHA256.HashData(region.Span(0, checked((int)model.Container.DataOffset))));
        if (found == reference.HeaderSha256)
            return model;
        model.Dispose();
        throw new MoEQuantException(SidecarDiagnostics.ContentDiffers, $"Its header has the SHA-256 {found}; the app was built with {reference.HeaderSha256}.", path);
    }
}
