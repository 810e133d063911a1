namespace MoEQuant.Format;

/// <summary>What a packed model says about itself.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Scheme">The quantization scheme, for example <c>W3A16</c>.</param>
/// <param name="ToolVersion">The version of the tool that wrote the file.</param>
/// <param name="RuntimeRange">Versions of MoEQuant.Runtime that can read the file, as a NuGet version range.</param>
/// <param name="FormatVersion">The version of the format.</param>
/// <param name="PayloadSha256">SHA-256 of all bytes after the header, 64 lower-case hexadecimal digits.</param>
/// <param name="RecordJson">The quantization record: a JSON object.</param>
public sealed record PackedModelInfo(
    string Name, string Scheme, string ToolVersion, string RuntimeRange, Version FormatVersion, string PayloadSha256, string RecordJson);
