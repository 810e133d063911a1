namespace MoEQuant.Format;

/// <summary>The names of everything that a packed model is going to hold. They are declared first because the header, which lists them, stands before the payload.</summary>
/// <param name="Files">Embedded files, for example <c>config.json</c>.</param>
/// <param name="Vectors">Plain F32 tensors.</param>
/// <param name="Matrices">Packed matrices.</param>
public sealed record PackedModelContents(IReadOnlyList<string> Files, IReadOnlyList<string> Vectors, IReadOnlyList<string> Matrices);
