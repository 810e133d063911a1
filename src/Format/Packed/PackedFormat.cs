namespace MoEQuant.Format;

/// <summary>The names and numbers of the <c>.moeq</c> format, version 1.0; docs/format.md explains them.</summary>
public static class PackedFormat
{
    /// <summary>The format version that this library writes. It reads every version with the same major number.</summary>
    public static readonly Version Version = new(1, 0);

    /// <summary>Tensors, and the sections within a packed matrix, start at multiples of this many bytes from the start of the file.</summary>
    public const int Alignment = 64;

    /// <summary>The value of metadata key <c>format</c>.</summary>
    public const string FormatName = "moeq";

    /// <summary>Tensor names with this prefix belong to the format; everything else carries its name in the checkpoint.</summary>
    public const string ReservedPrefix = "moeq.";

    /// <summary>The matrix table.</summary>
    public const string TableName = "moeq.matrices";

    /// <summary>Prefix of the checkpoint's files.</summary>
    public const string FilePrefix = "moeq.file/";

    /// <summary>Prefix of the bytes between tensors.</summary>
    public const string PaddingPrefix = "moeq.padding/";

    internal const string FormatKey = "format";
    internal const string VersionKey = "moeq.version";
    internal const string RuntimeKey = "moeq.runtime";
    internal const string ToolKey = "moeq.tool";
    internal const string NameKey = "moeq.name";
    internal const string SchemeKey = "moeq.scheme";
    internal const string PayloadHashKey = "moeq.payload_sha256";
    internal const string RecordKey = "moeq.record";

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    /// <param name="value">0 or more.</param>
    /// <exception cref="OverflowException">The result exceeds 63 bits.</exception>
    public static long Align(long value) => checked(value + (Alignment - 1)) & -Alignment;

    /// <summary>Whether a name is fit for an embedded file: letters, digits, dot, hyphen and underscore, not beginning with a dot.</summary>
    internal static bool IsFileName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > 128 || name[0] == '.')
            return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
                return false;
        return true;
    }
}
