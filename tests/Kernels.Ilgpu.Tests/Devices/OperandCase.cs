using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A random packed matrix with its compensator in guarded memory.</summary>
internal sealed class OperandCase : IDisposable
{
    private readonly PackedCase _matrix;
    private readonly FactorCase? _input;
    private readonly FactorCase? _output;

    public OperandCase(Random random, PackedShape shape, int rank, int factorBits)
    {
        _matrix = new PackedCase(random, shape);
        if (rank == 0)
            return;
        _input = new FactorCase(random, new FactorShape(rank, shape.Columns, factorBits));
        _output = new FactorCase(random, new FactorShape(rank, shape.Rows, factorBits));
    }

    public LinearOperand Operand => _input is null ? new(_matrix.Matrix) : new(_matrix.Matrix, _input.Shape.Rank, _input.Factor, _output!.Factor);

    public void Dispose()
    {
        _matrix.Dispose();
        _input?.Dispose();
        _output?.Dispose();
    }
}
