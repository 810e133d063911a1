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

    protected override GatedKernel LoadGated(int bits, int tokens) => bits switch
    {
        3 => LoadGated<TileCodes3>(tokens),
        4 => LoadGated<TileCodes4>(tokens),
        _ => LoadGated<TileCodes8>(tokens),
    };

    protected override ExpertsKernel LoadExperts(int bits, int tokens) => bits switch
    {
        3 => LoadExperts<TileCodes3>(tokens),
        4 => LoadExperts<TileCodes4>(tokens),
        _ => LoadExperts<TileCodes8>(tokens),
    };

    protected override GatedExpertsKernel LoadGatedExperts(int bits, int tokens) => bits switch
    {
        3 => LoadGatedExperts<TileCodes3>(tokens),
        4 => LoadGatedExperts<TileCodes4>(tokens),
        _ => LoadGatedExperts<TileCodes8>(tokens),
    };

    private SingleKernel LoadSingle<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadSingle<TCodes, TokenTile1>(),
            4 => LoadSingle<TCodes, TokenTile4>(),
            _ => LoadSingle<TCodes, TokenTile8>(),
        };

    private GatedKernel LoadGated<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadGated<TCodes, TokenTile1>(),
            4 => LoadGated<TCodes, TokenTile4>(),
            _ => LoadGated<TCodes, TokenTile8>(),
        };

    private ExpertsKernel LoadExperts<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadExperts<TCodes, TokenTile1>(),
            4 => LoadExperts<TCodes, TokenTile4>(),
            _ => LoadExperts<TCodes, TokenTile8>(),
        };

    private GatedExpertsKernel LoadGatedExperts<TCodes>(int tokens)
        where TCodes : struct, ITileCodes => tokens switch
        {
            1 => LoadGatedExperts<TCodes, TokenTile1>(),
            4 => LoadGatedExperts<TCodes, TokenTile4>(),
            _ => LoadGatedExperts<TCodes, TokenTile8>(),
        };

    private SingleKernel LoadSingle<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.Multiply).Invoke;

    private GatedKernel LoadGated<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.MultiplyGated).Invoke;

    private ExpertsKernel LoadExperts<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.MultiplyExperts).Invoke;

    private GatedExpertsKernel LoadGatedExperts<TCodes, TTile>()
        where TCodes : struct, ITileCodes
        where TTile : struct, ITokenTile<TTile> =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ArrayView<float>, ProductShape>(
            PackedProductKernels<TCodes, TTile, TElement, TReader>.MultiplyGatedExperts).Invoke;
}
