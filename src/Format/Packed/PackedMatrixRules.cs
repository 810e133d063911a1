using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>What a matrix record must fulfil, whoever wrote it. Exact section sizes belong to the layout, which the kernels own; here are the bounds that every layout keeps.</summary>
internal static class PackedMatrixRules
{
    /// <summary>The first rule that a record breaks, or null.</summary>
    public static (DiagnosticDescriptor Descriptor, string Found)? FindFault(in PackedMatrixRecord record)
    {
        // The layout first: parameters of an unknown layout may follow other rules.
        if (record.Layout != PackedMatrixRecord.Tile16Layout)
            return (PackedDiagnostics.LayoutUnknown, $"layout {record.Layout}; this library knows layout {PackedMatrixRecord.Tile16Layout}");
        if (FindParameterFault(record) is { } parameter)
            return (PackedDiagnostics.MatrixInvalid, parameter);
        return FindSectionFault(record) is { } section ? (PackedDiagnostics.SectionsInvalid, section) : null;
    }

    private static string? FindParameterFault(in PackedMatrixRecord record) =>
        record.Rows < 1 ? $"{Unsigned(record.Rows)} rows; 1 to {int.MaxValue} are allowed"
        : record.Columns < 1 ? $"{Unsigned(record.Columns)} columns; 1 to {int.MaxValue} are allowed"
        : record.Bits is not (3 or 4 or 8) ? $"{record.Bits} bits per weight; 3, 4 or 8 are allowed"
        : record.GroupSize is not (32 or 64 or 128) ? $"group size {record.GroupSize}; 32, 64 or 128 are allowed"
        : record.Rank < 0 || record.Rank > Math.Min(record.Rows, record.Columns)
            ? $"rank {Unsigned(record.Rank)}; 0 to {Math.Min(record.Rows, record.Columns)} are allowed for {record.Rows} x {record.Columns}"
        : record.Rank == 0 && record.CompensatorBits != 0 ? $"{record.CompensatorBits} compensator bits at rank 0; 0 were expected"
        : record.Rank != 0 && record.CompensatorBits is not (3 or 8) ? $"{record.CompensatorBits} compensator bits at rank {record.Rank}; 3 or 8 are allowed"
        : FindActivationFault(record);

    private static string? FindActivationFault(in PackedMatrixRecord record)
    {
        (int bits, int groupSize, int clipPercent, int rotationBlock) = record.Activations;
        if (bits is not (0 or 4 or 8))
            return $"{bits} bits per activation; 4, 8, or 0 for floating point are allowed";
        if (bits == 0 && (groupSize != 0 || clipPercent != 0))
            return $"activation group size {groupSize} and clip ratio {clipPercent} % with floating-point activations; 0 were expected";
        if (bits != 0 && clipPercent is < 1 or > 100)
            return $"an activation clip ratio of {clipPercent} %; 1 to 100 are allowed";
        // A kernel adds up the products of a whole weight group before it scales them.
        if (groupSize is not (0 or 32 or 64 or 128) || (groupSize != 0 && groupSize < record.GroupSize))
            return $"activation group size {groupSize}; 32, 64 or 128, not below the weights' {record.GroupSize}, or 0 for one scale per token are allowed";
        if (rotationBlock is not (0 or 32 or 64 or 128))
            return $"rotation blocks of {(rotationBlock < 0 ? "2^31 or more" : rotationBlock)} columns; 32, 64 or 128, or 0 without rotation are allowed";
        return rotationBlock != 0 && record.Columns % rotationBlock != 0 ? $"rotation blocks of {rotationBlock} columns, which do not divide its {record.Columns} columns" : null;
    }

    private static string? FindSectionFault(in PackedMatrixRecord record)
    {
        // A quarter of the address space each: sums of three sections and their padding stay within 63 bits.
        const long limit = long.MaxValue / 4;
        if (OutOfRange(record.WeightBytes, record.Rows, record.Columns, record.Bits, limit))
            return $"{(ulong)record.WeightBytes} weight bytes for {record.Rows} x {record.Columns} codes of {record.Bits} bits";
        if (OutOfRange(record.InputFactorBytes, record.Rank, record.Columns, record.CompensatorBits, limit))
            return $"{(ulong)record.InputFactorBytes} bytes of V for rank {record.Rank} x {record.Columns} codes of {record.CompensatorBits} bits";
        if (OutOfRange(record.OutputFactorBytes, record.Rank, record.Rows, record.CompensatorBits, limit))
            return $"{(ulong)record.OutputFactorBytes} bytes of U for rank {record.Rank} x {record.Rows} codes of {record.CompensatorBits} bits";
        return null;
    }

    // Fewer bytes than the bare codes need cannot be right in any layout; a section without codes has no bytes. Two factors below 2^31 and one below 2^4 exceed 64 bits.
    private static bool OutOfRange(long bytes, int rows, int columns, int bits, long limit) =>
        bytes < 0 || bytes > limit || (UInt128)(ulong)bytes * 8 < (UInt128)(uint)rows * (uint)columns * (uint)bits || (rows == 0 && bytes != 0);

    private static uint Unsigned(int value) => (uint)value;
}
