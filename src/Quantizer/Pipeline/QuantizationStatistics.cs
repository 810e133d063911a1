using System.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Sizes, errors and times of a run. All but times and memory are collected in file order and therefore the same for any number of threads.</summary>
public sealed class QuantizationStatistics
{
    private readonly SortedDictionary<TensorRole, ClassStatistics> _classes = [];
    private readonly SortedDictionary<string, SortedDictionary<int, ErrorStatistics>> _errors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, ErrorStatistics> _layerErrors = [];
    private readonly List<TensorStatistics> _tensors = [];
    private readonly List<LayerStatistics> _layers = [];
    private readonly List<PhaseStatistics> _phases = [];

    /// <summary>Every tensor in file order.</summary>
    public IReadOnlyList<TensorStatistics> Tensors => _tensors;

    /// <summary>Every packed matrix in file order.</summary>
    public IEnumerable<TensorStatistics> Matrices => _tensors.Where(tensor => tensor.IsPacked);

    /// <summary>Figures per layer.</summary>
    public IReadOnlyList<LayerStatistics> Layers => _layers;

    /// <summary>Where the time went, in the order of the phases. Phases do not overlap.</summary>
    public IReadOnlyList<PhaseStatistics> Phases => _phases;

    /// <summary>The most memory that the process had in use, in bytes, mapped checkpoint files included; 0 before the end of a run.</summary>
    public long PeakMemoryBytes { get; private set; }

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

    /// <summary>The error of a layer's packed matrices; 0 where there is none.</summary>
    public double LayerError(int layer) => _layerErrors.TryGetValue(layer, out ErrorStatistics? error) ? error.RelativeError : 0;

    /// <summary>Adds the time of a phase.</summary>
    internal void AddPhase(string name, double seconds)
    {
        int index = _phases.FindIndex(phase => phase.Name == name);
        if (index < 0)
            _phases.Add(new(name, seconds));
        else
            _phases[index] = _phases[index] with { Seconds = _phases[index].Seconds + seconds };
    }

    /// <summary>Notes the most memory that the process had in use so far.</summary>
    internal void MeasureMemory()
    {
        using Process process = Process.GetCurrentProcess();
        PeakMemoryBytes = process.PeakWorkingSet64;
    }

    /// <summary>Adds a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="layer">What is known about it.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="phases">What of that time belongs to other phases.</param>
    internal void Add(ModelUnit unit, LayerStatistics layer, IEnumerable<TensorStatistics> tensors, double seconds, IReadOnlyList<PhaseStatistics> phases)
    {
        foreach (PhaseStatistics phase in phases)
            AddPhase(phase.Name, phase.Seconds);
        seconds -= phases.Sum(phase => phase.Seconds);
        AddPhase(unit.Name, seconds);
        if (unit.Layer >= 0)
            Add(layer with { Layer = unit.Layer, Seconds = seconds });
        foreach (TensorStatistics tensor in tensors)
            Add(tensor);
    }

    internal void Add(LayerStatistics layer) => _layers.Add(layer);

    internal void Add(TensorStatistics tensor)
    {
        _tensors.Add(tensor);
        if (!_classes.TryGetValue(tensor.Role, out ClassStatistics? figures))
            _classes.Add(tensor.Role, figures = new(tensor.Role));
        figures.Add(tensor);
        if (!tensor.IsPacked)
            return;
        Find(Find(_errors, tensor.Kind), tensor.Layer).Add(tensor);
        if (tensor.Layer < 0)
            return;
        Find(_layerErrors, tensor.Layer).Add(tensor);
        Total.Add(tensor);
    }

    private static TValue Find<TKey, TValue>(SortedDictionary<TKey, TValue> dictionary, TKey key) where TKey : notnull where TValue : new()
    {
        if (!dictionary.TryGetValue(key, out TValue? value))
            dictionary.Add(key, value = new());
        return value;
    }
}
