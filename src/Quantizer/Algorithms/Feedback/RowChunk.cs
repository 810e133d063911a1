using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Some rows of a block in work: weights, errors W − Ŵ, and the parameters of their groups.</summary>
internal sealed unsafe class RowChunk : IDisposable
{
    private const int Lanes = FloatMatrix.Lanes;
    private readonly int _firstRow;
    private readonly int _rows;
    private readonly CovarianceFactor _factor;
    private readonly GroupScheme _scheme;
    private readonly LaneRows _weights;
    private readonly LaneRows _errors;
    private readonly Vector512<float>[] _scales;
    private readonly Vector512<float>[] _zeroPoints;

    /// <summary>Takes rows of W; columns in the factor's order.</summary>
    public RowChunk(FloatMatrix weights, int firstRow, int rows, CovarianceFactor factor, GroupScheme scheme)
    {
        _firstRow = firstRow;
        _rows = rows;
        _factor = factor;
        _scheme = scheme;
        _weights = new(rows, factor.Order.Columns.Length);
        _errors = new(rows, factor.Order.Columns.Length);
        _weights.Load(weights, firstRow, factor.FirstColumn, factor.Order.Columns);
        _scales = new Vector512<float>[_weights.TileCount * factor.Order.Groups.Count];
        _zeroPoints = new Vector512<float>[_scales.Length];
    }

    /// <summary>Starts from codes and parameters that are there already.</summary>
    public void Load(QuantizedGroups groups)
    {
        int count = _scheme.GroupCount(groups.Columns);
        for (int row = 0; row < _rows; row++)
            for (int place = 0; place < _factor.Order.Groups.Count; place++)
            {
                OrderedGroup group = _factor.Order.Groups[place];
                int index = Index(row / Lanes, place), parameter = (_firstRow + row) * count + group.Index;
                float scale = (float)groups.Scales[parameter], zeroPoint = (float)groups.ZeroPoints[parameter];
                _scales[index] = _scales[index].WithElement(row % Lanes, scale);
                _zeroPoints[index] = _zeroPoints[index].WithElement(row % Lanes, zeroPoint);
                nint offset = (nint)group.Start * Lanes + row % Lanes;
                float* weights = _weights.Tile(row / Lanes) + offset, errors = _errors.Tile(row / Lanes) + offset;
                ReadOnlySpan<byte> codes = groups.Codes.AsSpan((_firstRow + row) * groups.Columns + _factor.FirstColumn);
                for (int k = 0; k < group.Length; k++)
                    errors[k * Lanes] = weights[k * Lanes] - (codes[_factor.Order.Columns[group.Start + k]] - zeroPoint) * scale;
            }
    }

    /// <summary>Error-feedback rounding of one group; all groups before it in the order are done.</summary>
    /// <param name="place">The group's place in the order.</param>
    /// <param name="panel">The group's columns of R̂ up to its last row.</param>
    public void Round(int place, FloatMatrix panel)
    {
        OrderedGroup group = _factor.Order.Groups[place];
        int padded = Padded(group.Length);
        float* memory = stackalloc float[(padded + FeedbackProduct.Step) * Lanes + Lanes];
        float* targets = Aligned(memory), scratch = targets + padded * Lanes;
        fixed (float* importance = &_factor.Weights[group.Start])
            for (int tile = 0; tile < _weights.TileCount; tile++)
            {
                float* weights = _weights.Tile(tile) + group.Start * Lanes, errors = _errors.Tile(tile) + group.Start * Lanes;
                new Span<float>(targets, padded * Lanes).Clear();
                new Span<float>(weights, group.Length * Lanes).CopyTo(new Span<float>(targets, padded * Lanes));
                FeedbackProduct.Add(_errors.Tile(tile), group.Start, panel.Data, panel.Stride, group.Length, targets);
                GroupProblem problem = new(_scheme, group.Length, weights, targets, panel.RowPointer(group.Start), panel.Stride, importance, scratch);
                (Vector512<float> scale, Vector512<float> zeroPoint) = ParameterSearch.Find(problem, errors);
                problem.Quantize(scale, zeroPoint, errors);
                (_scales[Index(tile, place)], _zeroPoints[Index(tile, place)]) = (scale, zeroPoint);
            }
    }

    /// <summary>Coordinate descent over one group, all others staying as they are.</summary>
    /// <param name="place">The group's place in the order.</param>
    /// <param name="panel">The group's columns of H'.</param>
    public void Descend(int place, FloatMatrix panel)
    {
        OrderedGroup group = _factor.Order.Groups[place];
        int padded = Padded(group.Length);
        float* memory = stackalloc float[4 * padded * Lanes + Lanes];
        float* gradient = Aligned(memory), codes = gradient + padded * Lanes, work = codes + padded * Lanes;
        for (int tile = 0; tile < _weights.TileCount; tile++)
        {
            new Span<float>(gradient, padded * Lanes).Clear();
            FeedbackProduct.Add(_errors.Tile(tile), panel.Rows, panel.Data, panel.Stride, group.Length, gradient);
            DescentGroup descent = new(_scheme, group.Length, _weights.Tile(tile) + group.Start * Lanes, _errors.Tile(tile) + group.Start * Lanes, gradient,
                panel.RowPointer(group.Start), panel.Stride, codes);
            descent.Improve(_scales[Index(tile, place)], _zeroPoints[Index(tile, place)], work);
            (_scales[Index(tile, place)], _zeroPoints[Index(tile, place)]) = (descent.Scale, descent.ZeroPoint);
        }
    }

    /// <summary>Writes the chunk's part of whichever is wanted. Ends the work: errors are weights afterwards.</summary>
    public void Store(QuantizedGroups? result, FloatMatrix? dequantized)
    {
        if (result is not null)
            for (int tile = 0; tile < _weights.TileCount; tile++)
                for (int place = 0; place < _factor.Order.Groups.Count; place++)
                    Store(result, tile, place);
        if (dequantized is null)
            return;
        _weights.Subtract(_errors);
        _weights.Store(dequantized, _firstRow, _factor.FirstColumn, _factor.Order.Columns);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _errors.Dispose();
    }

    private void Store(QuantizedGroups result, int tile, int place)
    {
        OrderedGroup group = _factor.Order.Groups[place];
        float* codes = stackalloc float[group.Length * Lanes];
        GroupCodes.Recover(_weights.Tile(tile) + group.Start * Lanes, _errors.Tile(tile) + group.Start * Lanes, group.Length, _scheme,
            _scales[Index(tile, place)], _zeroPoints[Index(tile, place)], codes);
        int groups = _scheme.GroupCount(result.Columns), first = _firstRow + tile * Lanes;
        for (int lane = 0; lane < Math.Min(Lanes, _firstRow + _rows - first); lane++)
        {
            result.Scales[(first + lane) * groups + group.Index] = (Half)_scales[Index(tile, place)][lane];
            result.ZeroPoints[(first + lane) * groups + group.Index] = (Half)_zeroPoints[Index(tile, place)][lane];
            Span<byte> row = result.Codes.AsSpan((first + lane) * result.Columns + _factor.FirstColumn);
            for (int k = 0; k < group.Length; k++)
                row[_factor.Order.Columns[group.Start + k]] = (byte)codes[k * Lanes + lane];
        }
    }

    private int Index(int tile, int place) => tile * _factor.Order.Groups.Count + place;

    private static int Padded(int length) => (length + FeedbackProduct.Step - 1) / FeedbackProduct.Step * FeedbackProduct.Step;

    private static float* Aligned(float* memory) => (float*)(((nint)memory + 63) & ~63);
}
