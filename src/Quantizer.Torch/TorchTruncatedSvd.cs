using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary><see cref="TruncatedSvd"/> on a device: the same randomised subspace iteration from the same noise, with Householder's QR in place of Gram–Schmidt.</summary>
internal sealed class TorchTruncatedSvd : ILowRankApproximator
{
    private readonly Device _device;
    private readonly int _rank;
    private Tensor _basis;
    private bool _warm;

    public TorchTruncatedSvd(int rows, int columns, int rank, ulong seed, Device device)
    {
        (_rank, _device) = (rank, device);
        int width = TruncatedSvd.BasisWidth(rows, columns, rank);
        using FloatMatrix noise = new(width, columns);
        TruncatedSvd.FillWithNoise(noise, seed);
        _basis = DeviceMemory.Use(() => TensorTransfer.Upload(noise, device).contiguous().DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public double Approximate(FloatMatrix matrix, LowRankFactors factors) => DeviceMemory.Use(() =>
    {
        Tensor a = TensorTransfer.Upload(matrix, _device), basis = _basis, range = basis;
        for (int step = _warm ? 1 : TruncatedSvd.FirstSteps; step > 0; step--)
        {
            (range, _) = linalg.qr(a.mm(basis.t()));
            basis = range.t().mm(a);
        }

        // B = E Λ^½ Vᵀ from the eigenvectors of B Bᵀ, which come in ascending order.
        Tensor exact = basis.to_type(ScalarType.Float64);
        (Tensor values, Tensor vectors) = linalg.eigh(exact.mm(exact.t()));
        Tensor squared = values.flip(0).clamp_min(LastingScalar.Of(0)), rotation = vectors.flip(1);
        Tensor rotated = rotation.t().mm(exact);
        Replace(rotated.to_type(ScalarType.Float32));

        Tensor root = squared.narrow(0, 0, _rank).sqrt().sqrt(), inverse = root.reciprocal();
        Tensor output = range.to_type(ScalarType.Float64).mm(rotation.narrow(1, 0, _rank)) * root;
        Tensor input = rotated.narrow(0, 0, _rank) * where(root.gt(LastingScalar.Of(0)), inverse, zeros_like(inverse)).unsqueeze(1);
        TensorTransfer.Download(output.to_type(ScalarType.Float32), factors.Output);
        TensorTransfer.Download(input.to_type(ScalarType.Float32), factors.Input);
        return squared.narrow(0, 0, _rank).sum().cpu().item<double>();
    });

    public void Dispose() => _basis.Dispose();

    private void Replace(Tensor basis)
    {
        _basis.Dispose();
        _basis = basis.DetachFromDisposeScope();
        _warm = true;
    }
}
