using System.Diagnostics.CodeAnalysis;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>A scheme WxAy: weight bits x and activation bits y. Activations of 16 bits stand for floating point.</summary>
public readonly record struct QuantizationScheme(int WeightBits, int ActivationBits)
{
    /// <summary>The schemes that this version can produce.</summary>
    public static IReadOnlyList<QuantizationScheme> Supported { get; } = [new(3, 16), new(4, 16)];

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
