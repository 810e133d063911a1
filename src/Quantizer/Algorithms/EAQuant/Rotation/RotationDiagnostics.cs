using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;

/// <summary>Models that cannot be rotated.</summary>
public static class RotationDiagnostics
{
    /// <summary>Embedding and output head are one matrix.</summary>
    public static readonly DiagnosticDescriptor TiedEmbeddings = new(
        "MOEQ3070", "A model with tied embeddings cannot be rotated", "Quantize without rotation, or use a checkpoint whose output head is a matrix of its own.");
}
