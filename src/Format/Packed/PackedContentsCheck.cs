namespace MoEQuant.Format;

/// <summary>Checks what a caller declares before a packed model is written, so that the writer cannot make a file that the reader refuses.</summary>
internal static class PackedContentsCheck
{
    public static void Check(PackedModelHeader header, PackedModelContents contents)
    {
        foreach (string value in (ReadOnlySpan<string>)[header.Name, header.Scheme, header.ToolVersion, header.RuntimeRange])
            ArgumentException.ThrowIfNullOrEmpty(value, nameof(header));
        ArgumentOutOfRangeException.ThrowIfNegative(header.RecordCapacity, nameof(header));
        foreach (string file in contents.Files)
            if (!PackedFormat.IsFileName(file))
                throw new ArgumentException($"'{file}' is not a plain file name.", nameof(contents));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (string name in contents.Files.Select(file => PackedFormat.FilePrefix + file).Concat(contents.Vectors).Concat(contents.Matrices))
            if (!names.Add(name))
                throw new ArgumentException($"The name '{name}' occurs twice.", nameof(contents));
        foreach (string name in contents.Vectors.Concat(contents.Matrices))
            if (name.StartsWith(PackedFormat.ReservedPrefix, StringComparison.Ordinal) || name is "" or "__metadata__")
                throw new ArgumentException($"The name '{name}' is reserved or empty.", nameof(contents));
    }
}
