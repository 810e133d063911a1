namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Disposes what was made in a loop when the loop's method ends.</summary>
internal sealed class Disposables : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Takes over an object.</summary>
    public T Add<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }
}
