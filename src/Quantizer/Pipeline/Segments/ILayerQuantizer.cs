namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Quantizes the layers of one model, one after the other in ascending order.</summary>
/// <remarks>
/// Implementations may carry a state from layer to layer (the hidden states of calibration). <see cref="SaveState"/> writes what the next layer needs; a later run reads it back
/// by <see cref="RestoreState"/> and goes on there, with the same bytes as if it had not been interrupted.
/// </remarks>
internal interface ILayerQuantizer : IDisposable
{
    /// <summary>Whether layers depend on those before them, so that one cannot be made without the state in front of it.</summary>
    bool CarriesState => true;

    /// <summary>Quantizes a layer. Its result must not depend on the number of threads.</summary>
    /// <param name="layer">The layer: 0, or the one after the layer of the last call, or the one that the state was restored for.</param>
    /// <param name="progress">Takes the share of the layer that is done, 0 to 1; called from any thread, one call at a time.</param>
    /// <param name="cancellationToken">Ends the work within some milliseconds to seconds.</param>
    /// <returns>All tensors of the layer in file order. Seconds of its statistics are filled in by the pipeline.</returns>
    LayerSegment Quantize(int layer, IProgress<double> progress, CancellationToken cancellationToken);

    /// <summary>Writes the state after the last layer that was quantized. Without a state there is nothing to write.</summary>
    void SaveState(Stream destination);

    /// <summary>Reads the state that stands before a layer.</summary>
    /// <param name="nextLayer">The layer that is quantized next.</param>
    /// <param name="source">What <see cref="SaveState"/> wrote after the layer before; already verified.</param>
    void RestoreState(int nextLayer, Stream source);
}
