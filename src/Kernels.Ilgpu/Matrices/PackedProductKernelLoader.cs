using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Compiles the products for one way to read inputs.</summary>
internal sealed class PackedProductKernelLoader<TElement, TReader>(Accelerator accelerator) : PackedProductKernelSet<TElement>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    protected override SingleKernel LoadSingle(int bits, int tokens) => bits switch
    {
        3 => LoadSingle<TileCodes3>(tokens),
        4 => LoadSingle<TileCodes4>(tokens),
        _ => LoadSingle<TileCodes8>(tokens),
    };

    protected override ExpertsKernel LoadExperts(int bits, int tokens) => bits switch
    {
        3 => LoadExperts<TileCodes3>(tokens),
        4 => LoadExperts<TileCodes4>(tokens),
        _ => LoadExperts<TileCodes8>(tokens),
    };

    private SingleKernel LoadSingle<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadSingle<TCodes, TokenTile1>(),
            4 => LoadSingle<TCodes, TokenTile4>(),
            _ => LoadSingle<TCodes, TokenTile8>(),
        };

    private ExpertsKernel LoadExperts<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadExperts<TCodes, TokenTile1>(),
            4 => LoadExperts<TCodes, TokenTile4>(),
            _ => LoadExperts<TCodes, TokenTile8>(),
        };

    private SingleKernel LoadSingle<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.Multiply).Invoke;

    private ExpertsKernel LoadExperts<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.MultiplyExperts).Invoke;
}
