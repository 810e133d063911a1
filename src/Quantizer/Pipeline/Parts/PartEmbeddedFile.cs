namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Where one of the checkpoint's files lies in a part file.</summary>
/// <param name="Name">Its name, for example <c>config.json</c>.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of the part file.</param>
/// <param name="Length">Its length in bytes.</param>
internal sealed record PartEmbeddedFile(string Name, long Offset, int Length);
