namespace MoEQuant.Runtime;

/// <summary>How a session keeps the keys and values of its text.</summary>
public enum KeyValuePrecision
{
    /// <summary>In single precision.</summary>
    Float32,

    /// <summary>As bfloat16, rounded to nearest: half the memory.</summary>
    BFloat16,
}
