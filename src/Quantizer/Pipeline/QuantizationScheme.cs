using System.Diagnostics.CodeAnalysis;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>A scheme WxAy: weight bits x and activation bits y. Activations of 16 bits stand for floating point.</summary>
public readonly record struct QuantizationScheme(int WeightBits, int ActivationBits)
{
    /// <summary>The schemes that this version can produce.</summary>
    public static IReadOnlyList<QuantizationScheme> Supported { get; } = [new(3, 16), new(4, 16), new(3, 8), new(4, 8), new(4, 4), new(3, 4)];

    /// <summary>The supported names, for messages.</summary>
    public static string Names => string.Join(", ", Supported);

    /// <summary>Whether activations are quantized while the model runs.</summary>
    public bool QuantizesActivations => ActivationBits < 16;

    /// <summary>Finds a supported scheme by its name, in any case.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out QuantizationScheme scheme)
    {
        foreach (QuantizationScheme candidate in Supported)
            if (string.Equals(candidate.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                scheme = candidate;
                return true;
            }

        scheme = default;
        return false;
    }

    /// <summary>For example <c>W3A16</c>.</summary>
    public override string ToString() => $"W{WeightBits}A{ActivationBits}";
}
