namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Where a unit lies in a part file.</summary>
/// <param name="Index">The unit's place in the packed file.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of the part file.</param>
internal sealed record PartUnit(int Index, long Offset);
