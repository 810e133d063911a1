using System.Buffers.Binary;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Reads and checks the matrix table. The records are copied: what was checked cannot change afterwards, even where the mapped file does.</summary>
internal static class PackedMatrixTable
{
    private const int FlagsOffset = 16;
    private const ushort KnownFlags = 1;

    /// <param name="container">The file.</param>
    /// <param name="table">The table's tensor, or null.</param>
    /// <param name="ordinals">Ordinals of all packed matrices, ascending.</param>
    public static PackedMatrixRecord[] Read(SafetensorsFile container, TensorEntry? table, List<int> ordinals)
    {
        string? path = container.Region.Path;
        if (table is null)
            return ordinals.Count == 0 ? [] : throw Invalid($"There are {ordinals.Count} packed matrices, but no tensor '{PackedFormat.TableName}'.", path);
        if (table.Type != TensorDataType.U8 || table.Shape.Length != 1 || table.Length != (long)ordinals.Count * PackedMatrixRecord.Size)
            throw Invalid(
                $"Tensor '{PackedFormat.TableName}' has type {table.Type.FileName()} and shape {table.ShapeText}; U8 [{(long)ordinals.Count * PackedMatrixRecord.Size}] was expected for {ordinals.Count} packed matrices.", path);
        PackedMatrixRecord[] records = new PackedMatrixRecord[ordinals.Count];
        for (int i = 0; i < records.Length; i++)
        {
            ReadOnlySpan<byte> bytes = container.Region.Span(table.Offset + ((long)i * PackedMatrixRecord.Size), PackedMatrixRecord.Size);
            PackedMatrixRecord record = PackedMatrixRecord.ReadFrom(bytes);
            if (record.TensorOrdinal != ordinals[i])
                throw Invalid($"Record {i} of the matrix table names tensor {(uint)record.TensorOrdinal}; tensor {ordinals[i]} was expected, the next packed matrix.", path);
            Check(record, bytes, container.Tensors[ordinals[i]], path);
            records[i] = record;
        }

        return records;
    }

    private static void Check(in PackedMatrixRecord record, ReadOnlySpan<byte> bytes, TensorEntry tensor, string? path)
    {
        if (PackedMatrixRules.FindFault(record) is var (descriptor, found))
            throw new MoEQuantException(descriptor, $"Matrix {DiagnosticText.Quote(tensor.Name)} has {found}.", path);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[FlagsOffset..]);
        if ((flags & ~KnownFlags) != 0)
            throw new MoEQuantException(
                PackedDiagnostics.MatrixInvalid, $"Matrix {DiagnosticText.Quote(tensor.Name)} has the flags 0x{flags:x4}; only 0x{KnownFlags:x4} is known.", path);
        if (bytes[PackedMatrixRecord.ReservedOffset..].ContainsAnyExcept((byte)0))
            throw new MoEQuantException(PackedDiagnostics.MatrixInvalid, $"Matrix {DiagnosticText.Quote(tensor.Name)} has a reserved byte that is not 0.", path);
        if (record.TotalBytes != tensor.Length)
            throw new MoEQuantException(
                PackedDiagnostics.SectionsInvalid,
                $"Matrix {DiagnosticText.Quote(tensor.Name)} has {tensor.Length} bytes; its sections of {record.WeightBytes}, {record.InputFactorBytes} and {record.OutputFactorBytes} bytes need {record.TotalBytes}.", path);
    }

    private static MoEQuantException Invalid(string found, string? path) => new(PackedDiagnostics.TableInvalid, found, path);
}
