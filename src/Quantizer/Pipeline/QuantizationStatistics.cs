using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Sizes and errors of a run, collected in file order and therefore the same for any number of threads.</summary>
public sealed class QuantizationStatistics
{
    private readonly SortedDictionary<TensorRole, ClassStatistics> _classes = [];
    private readonly SortedDictionary<string, SortedDictionary<int, ErrorStatistics>> _errors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, ErrorStatistics> _layers = [];

    /// <summary>Figures per role.</summary>
    public IReadOnlyCollection<ClassStatistics> Classes => _classes.Values;

    /// <summary>Errors by kind of matrix (its name without layer and expert numbers), then by layer.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyDictionary<int, ErrorStatistics>>> Errors =>
        _errors.Select(pair => KeyValuePair.Create<string, IReadOnlyDictionary<int, ErrorStatistics>>(pair.Key, pair.Value));

    /// <summary>Errors over all compensated matrices.</summary>
    public ErrorStatistics Total { get; } = new();

    /// <summary>All weights.</summary>
    public long WeightCount => _classes.Values.Sum(c => c.WeightCount);

    /// <summary>Stored bits per weight over everything: codes, scales, zero points, compensators and plain tensors.</summary>
    public double BitsPerWeight => WeightCount == 0 ? 0 : _classes.Values.Sum(c => c.WeightBytes + c.CompensatorBytes) * 8.0 / WeightCount;

    /// <summary>Stored bits per weight of the layers' linear matrices alone.</summary>
    public double LinearBitsPerWeight
    {
        get
        {
            ClassStatistics[] linear = [.. _classes.Values.Where(c => c.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear)];
            long weights = linear.Sum(c => c.WeightCount);
            return weights == 0 ? 0 : linear.Sum(c => c.WeightBytes + c.CompensatorBytes) * 8.0 / weights;
        }
    }

    /// <summary>The error of a layer's compensated matrices so far.</summary>
    public double LayerError(int layer) => _layers.TryGetValue(layer, out ErrorStatistics? error) ? error.RelativeError : 0;

    internal void Add(TensorBlock block, BlockResult result)
    {
        PlannedTensor tensor = block.Tensor;
        if (!_classes.TryGetValue(tensor.Role, out ClassStatistics? figures))
            _classes.Add(tensor.Role, figures = new(tensor.Role));
        figures.Bits = block.Treatment.Groups?.Bits ?? 32;
        figures.RequestedRank = block.Treatment.RequestedRank;
        figures.Rank = Math.Max(figures.Rank, block.Treatment.Rank);
        figures.WeightCount += block.WeightCount;
        figures.WeightBytes += result.Weights.Length + (long)result.Plain.Length * sizeof(float);
        figures.CompensatorBytes += result.InputFactor.Length + result.OutputFactor.Length;
        if (block.IsLast)
        {
            figures.TensorCount++;
            figures.ClampedCount += block.Treatment.Rank < block.Treatment.RequestedRank ? 1 : 0;
        }

        if (block.Treatment.Groups is null)
            return;
        Find(Find(_errors, MatrixKind.Of(tensor)), tensor.Layer).Add(result);
        if (tensor.Layer < 0)
            return;
        Find(_layers, tensor.Layer).Add(result);
        Total.Add(result);
    }

    private static TValue Find<TKey, TValue>(SortedDictionary<TKey, TValue> dictionary, TKey key) where TKey : notnull where TValue : new()
    {
        if (!dictionary.TryGetValue(key, out TValue? value))
            dictionary.Add(key, value = new());
        return value;
    }
}
