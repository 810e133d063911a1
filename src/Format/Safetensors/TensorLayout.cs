using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Checks that tensors tile the data part of a file: in order, without gap, overlap, or a byte too many or too few.</summary>
internal static class TensorLayout
{
    /// <summary>Brings tensors into the order of their offsets.</summary>
    /// <returns>False where they were in that order already, as most writers leave them.</returns>
    public static bool Sort(TensorEntry[] tensors)
    {
        bool sorted = true;
        for (int i = 1; i < tensors.Length && sorted; i++)
            sorted = Compare(tensors[i - 1], tensors[i]) <= 0;
        if (!sorted)
            Array.Sort(tensors, Compare);
        return !sorted;
    }

    /// <summary>Checks tensors in the order of their offsets.</summary>
    public static void Check(TensorEntry[] tensors, long dataOffset, long fileLength, string? path)
    {
        long position = dataOffset;
        TensorEntry? previous = null;
        foreach (TensorEntry tensor in tensors)
        {
            if (tensor.Offset > position)
                throw new MoEQuantException(
                    SafetensorsDiagnostics.Hole,
                    $"Tensor {DiagnosticText.Quote(tensor.Name)} begins at byte {tensor.Offset}, but {Before(previous)} ends at byte {position}.", path);
            if (tensor.Offset < position)
                throw new MoEQuantException(
                    SafetensorsDiagnostics.Overlap,
                    $"Tensor {DiagnosticText.Quote(tensor.Name)} begins at byte {tensor.Offset}, within {Before(previous)}, which ends at byte {position}.", path);
            // The parser keeps Offset + Length within 63 bits.
            position = tensor.Offset + tensor.Length;
            previous = tensor;
        }

        if (position > fileLength)
            throw new MoEQuantException(
                SafetensorsDiagnostics.DataTruncated, $"{Capital(previous)} ends at byte {position}, but the file has {fileLength} bytes.", path);
        if (position < fileLength)
            throw new MoEQuantException(
                SafetensorsDiagnostics.TrailingBytes, $"{Capital(previous)} ends at byte {position}, but the file has {fileLength} bytes.", path);
    }

    // Names decide between empty tensors at one place, so that the order, which .moeq tables refer to, is always the same.
    private static int Compare(TensorEntry a, TensorEntry b) =>
        a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset)
        : a.Length != b.Length ? a.Length.CompareTo(b.Length)
        : string.CompareOrdinal(a.Name, b.Name);

    private static string Before(TensorEntry? previous) => previous is null ? "the header" : $"tensor {DiagnosticText.Quote(previous.Name)}";

    private static string Capital(TensorEntry? previous) => previous is null ? "The header" : $"Tensor {DiagnosticText.Quote(previous.Name)}";
}
