using System.Globalization;
using System.Text.RegularExpressions;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A kernel's PTX as instructions: what ILGPU writes, and the inline PTX of the tensor core kernels.</summary>
internal sealed partial class PtxProgram
{
    private PtxProgram(string text)
    {
        foreach (Match parameter in Parameter().Matches(text))
            Parameters.Add((parameter.Groups["name"].Value, parameter.Groups["bytes"].Success ? int.Parse(parameter.Groups["bytes"].Value, CultureInfo.InvariantCulture) : 4));
        foreach (Match variable in Variable().Matches(text))
            Declare(variable.Groups["space"].Value, variable.Groups["name"].Value, int.Parse(variable.Groups["bytes"].Value, CultureInfo.InvariantCulture));
        string body = Spaces().Replace(Comment().Replace(text[text.IndexOf("\n{", StringComparison.Ordinal)..], string.Empty), " ");
        foreach (string piece in body.Split(';'))
            Add(piece.Trim());
    }

    public List<PtxInstruction> Instructions { get; } = [];

    public Dictionary<string, int> Labels { get; } = [];

    public List<(string Name, int Bytes)> Parameters { get; } = [];

    /// <summary>The addresses of variables in shared and local memory.</summary>
    public Dictionary<string, ulong> Addresses { get; } = [];

    public int SharedBytes { get; private set; }

    public int LocalBytes { get; private set; }

    public static PtxProgram Parse(string text) => new(text);

    private void Declare(string space, string name, int bytes)
    {
        Addresses[name] = (ulong)(space == "shared" ? SharedBytes : LocalBytes);
        if (space == "shared")
            SharedBytes += (bytes + 15) / 16 * 16;
        else
            LocalBytes += (bytes + 15) / 16 * 16;
    }

    private void Add(string piece)
    {
        // Scopes need no care: registers of different ones never live at the same time.
        piece = piece.TrimStart('{', '}', ' ');
        while (Label().Match(piece) is { Success: true } label)
        {
            Labels[label.Groups[1].Value] = Instructions.Count;
            piece = piece[label.Length..].TrimStart('{', '}', ' ');
        }
        if (piece.Length > 0 && piece[0] != '.')
            Instructions.Add(PtxInstruction.Parse(piece));
    }

    [GeneratedRegex(@"\.param (?:\.align \d+ )?\.b\d+ (?<name>\w+)(?:\[(?<bytes>\d+)\])?")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\.(?<space>shared|local) \.align \d+ \.b8 (?<name>\w+)\[(?<bytes>\d+)\]")]
    private static partial Regex Variable();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^(\w+):\s*")]
    private static partial Regex Label();
}
