using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The random matrices of some experts, with compensators where the rank is not 0, and their products by definition.</summary>
internal sealed class ExpertCase : IDisposable
{
    private readonly List<PackedCase> _matrices = [];
    private readonly List<FactorCase?> _inputFactors = [];
    private readonly List<FactorCase?> _outputFactors = [];

    public ExpertCase(Random random, PackedShape[] shapes, int[] ranks)
    {
        List<LinearOperand> operands = [];
        for (int expert = 0; expert < shapes.Length; expert++)
        {
            PackedCase matrix = new(random, shapes[expert]);
            int rank = ranks[expert];
            FactorCase? v = rank > 0 ? new FactorCase(random, new FactorShape(rank, shapes[expert].Columns, 3)) : null;
            FactorCase? u = rank > 0 ? new FactorCase(random, new FactorShape(rank, shapes[expert].Rows, 8)) : null;
            operands.Add(rank > 0 ? new LinearOperand(matrix.Matrix, rank, v!.Factor, u!.Factor) : new LinearOperand(matrix.Matrix));
            _matrices.Add(matrix);
            _inputFactors.Add(v);
            _outputFactors.Add(u);
        }
        Operands = operands;
    }

    public IReadOnlyList<LinearOperand> Operands { get; }

    public (double Value, double Tolerance) Expected(int expert, ITokens x, int token, int row) =>
        _inputFactors[expert] is { } v ? Compensated.Expected(_matrices[expert], v, _outputFactors[expert]!, x, token, row) : _matrices[expert].Expected(x, token, row);

    public void Dispose()
    {
        _matrices.ForEach(matrix => matrix.Dispose());
        _inputFactors.ForEach(factor => factor?.Dispose());
        _outputFactors.ForEach(factor => factor?.Dispose());
    }
}
