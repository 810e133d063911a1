namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A product kernel whose cost is looked at. In all of them an iteration of the inner loop is 32 weights for each thread.</summary>
/// <param name="Name">What it is called in docs/gpu.md.</param>
/// <param name="Bits">Bits of a code; groups are of 64, with zero points.</param>
/// <param name="Tokens">Tokens that a weight is multiplied with.</param>
/// <param name="Threads">Threads of a group.</param>
/// <param name="Work">The PTX instruction of which the inner loop has the most: ILGPU writes products and sums apart, the assembler fuses them.</param>
/// <param name="Entry">The entry point.</param>
internal sealed record KernelCase(string Name, int Bits, int Tokens, int Threads, string Work, string Entry = "MultiplyExperts")
{
    private const int WeightsPerThread = 32;

    /// <summary>The kernels of docs/gpu.md.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        .. from bits in new[] { 3, 4, 8 } from tokens in new[] { 1, 4, 8 } select new KernelCase($"W{bits}, {tokens} token{(tokens > 1 ? "s" : "")}", bits, tokens, 128, "mul.f32"),
        new("W3, 8 tokens, tensor cores", 3, 8, TensorProduct.Threads, "mma.sync"),
        new("W4, 8 tokens, tensor cores", 4, 8, TensorProduct.Threads, "mma.sync"),
    ];

    /// <summary>Gate and up in one launch: the loop of each is that of the plain product, but one's sums wait while the other's are computed.</summary>
    public static IReadOnlyList<KernelCase> Gated { get; } = [.. All.Select(kernel => kernel with { Name = kernel.Name + ", gate and up", Entry = "MultiplyGatedExperts" })];

    public bool UsesTensorCores => Work == "mma.sync";

    /// <summary>Bytes of a weight: its code, and its part of scale and zero point.</summary>
    public double BytesPerWeight => (Bits / 8.0) + (4.0 / 64);

    public PtxListing Compile()
    {
        Type codes = UsesTensorCores ? (Bits == 3 ? typeof(TensorCodes3) : typeof(TensorCodes4)) : Bits switch { 3 => typeof(TileCodes3), 4 => typeof(TileCodes4), _ => typeof(TileCodes8) };
        Type tile = Tokens switch { 1 => typeof(TokenTile1), 4 => typeof(TokenTile4), _ => typeof(TokenTile8) };
        Type kernels = UsesTensorCores
            ? typeof(TensorProductKernels<>).MakeGenericType(codes)
            : typeof(PackedProductKernels<,,,>).MakeGenericType(codes, tile, typeof(float), typeof(SingleReader));
        return PtxListing.Compile(Name, kernels.GetMethod(Entry)!);
    }

    /// <summary>Instructions per weight and thread, of so many in an iteration.</summary>
    public static double PerWeight(int instructions) => (double)instructions / WeightsPerThread;
}
