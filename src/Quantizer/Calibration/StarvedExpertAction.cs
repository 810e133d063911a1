namespace MoEQuant.Quantizer.Calibration;

/// <summary>What happens when fewer tokens are routed to an expert than asked for.</summary>
public enum StarvedExpertAction
{
    /// <summary>A warning with the figures.</summary>
    Warn,

    /// <summary>The run fails.</summary>
    Fail,
}
