namespace MoEQuant.Quantizer.Cli;

/// <summary>One line of <c>inspect</c>.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Kind"><c>packed</c> for a quantized matrix, <c>plain</c> for floats.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Bits">Bits of a weight code or of a plain element.</param>
/// <param name="GroupSize">Columns per scale; 0 for plain tensors.</param>
/// <param name="Rank">Rank of the compensator.</param>
/// <param name="Bytes">Stored bytes, compensator included.</param>
internal sealed record InspectedTensor(string Name, string Kind, IReadOnlyList<long> Shape, int Bits, int GroupSize, int Rank, long Bytes)
{
    public long WeightCount => Shape.Aggregate(1L, (product, dimension) => product * dimension);
}
