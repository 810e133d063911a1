using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>The smallest and largest weight of every 32 consecutive columns of every row: enough to tell what rounding costs in groups of any size.</summary>
internal sealed class GroupRanges
{
    private const int Unit = 32;
    private readonly float[] _lowest;
    private readonly float[] _highest;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _units;

    public GroupRanges(FloatMatrix weights)
    {
        (_rows, _columns, _units) = (weights.Rows, weights.Columns, (weights.Columns + Unit - 1) / Unit);
        _lowest = new float[checked(_rows * _units)];
        _highest = new float[_lowest.Length];
        for (int row = 0; row < _rows; row++)
            for (int unit = 0; unit < _units; unit++)
            {
                ReadOnlySpan<float> values = weights.Row(row).Slice(unit * Unit, Math.Min(Unit, _columns - unit * Unit));
                _lowest[row * _units + unit] = System.Numerics.Tensors.TensorPrimitives.Min(values);
                _highest[row * _units + unit] = System.Numerics.Tensors.TensorPrimitives.Max(values);
            }
    }

    /// <summary>Σ over groups of s² / 12 · Σ d over the group's columns: the error of rounding to steps of s, taken as evenly distributed, each column's counting d times.</summary>
    /// <param name="scheme">Bits, group size, symmetry.</param>
    /// <param name="columnWeights">d [K], not negative.</param>
    public double RoundingError(GroupScheme scheme, ReadOnlySpan<float> columnWeights)
    {
        int perGroup = scheme.GroupSize / Unit;
        double error = 0;
        for (int first = 0; first < _units; first += perGroup)
        {
            double weight = 0;
            foreach (float d in columnWeights[(first * Unit)..Math.Min((first + perGroup) * Unit, _columns)])
                weight += d;
            double squares = 0;
            for (int row = 0; row < _rows; row++)
            {
                double step = Step(scheme, row * _units + first, Math.Min(perGroup, _units - first));
                squares += step * step;
            }

            error += squares / 12 * weight;
        }

        return error;
    }

    private double Step(GroupScheme scheme, int start, int count)
    {
        float lowest = float.PositiveInfinity, highest = float.NegativeInfinity;
        for (int i = start; i < start + count; i++)
        {
            lowest = Math.Min(lowest, _lowest[i]);
            highest = Math.Max(highest, _highest[i]);
        }

        // Symmetric codes reach half a step further down than up; on average the larger side meets either.
        return scheme.Symmetric ? Math.Max(Math.Abs(lowest), Math.Abs(highest)) / (scheme.MiddleCode - 0.5) : (highest - lowest) / (double)scheme.MaxCode;
    }
}
