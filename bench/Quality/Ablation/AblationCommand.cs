using System.CommandLine;

namespace MoEQuant.Quality.Ablation;

/// <summary>What each EAQuant correction is worth.</summary>
internal static class AblationCommand
{
    public static Command Create() => new("ablation", "Quantized activations with and without each correction.");
}
