namespace MoEQuant.Quantizer.Calibration;

/// <summary>Where the tokens come from that calibration runs through the model.</summary>
public enum CalibrationSource
{
    /// <summary>No calibration: matrices are quantized from their weights alone.</summary>
    None,

    /// <summary>Text that the unquantized model writes itself: nothing that may not be used enters the build.</summary>
    Self,

    /// <summary>Text files.</summary>
    Files,
}
