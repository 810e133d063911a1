namespace MoEQuant.Format;

/// <summary>The metadata that a packed model is written with.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Scheme">The quantization scheme, for example <c>W3A16</c>.</param>
/// <param name="ToolVersion">The version of the tool, for example <c>0.1.0</c>.</param>
/// <param name="RuntimeRange">Versions of MoEQuant.Runtime that can read the file, as a NuGet version range, for example <c>[0.1.0,0.2.0)</c>.</param>
/// <param name="RecordCapacity">Bytes reserved for the quantization record, which is known at the end only; as escaped JSON text within a JSON string.</param>
public sealed record PackedModelHeader(string Name, string Scheme, string ToolVersion, string RuntimeRange, int RecordCapacity = 32 * 1024);
