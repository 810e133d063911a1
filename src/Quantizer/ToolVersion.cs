namespace MoEQuant.Quantizer;

/// <summary>The version of this tool, and what it promises about the files it writes.</summary>
internal static class ToolVersion
{
    /// <summary>Major, minor and patch, without the source revision: the same sources give the same bytes wherever they are built.</summary>
    public static string Current { get; } = typeof(ToolVersion).Assembly.GetName().Version!.ToString(3);

    /// <summary>Runtime versions that can read the files of this version: those of the same minor version.</summary>
    public static string RuntimeRange
    {
        get
        {
            Version version = typeof(ToolVersion).Assembly.GetName().Version!;
            return $"[{version.Major}.{version.Minor}.0,{version.Major}.{version.Minor + 1}.0)";
        }
    }
}
