namespace MoEQuant.Build.Tasks.Diagnostics;

/// <summary>One kind of expected failure of the build step: its stable code, what it means and what the user can do about it.</summary>
/// <remarks>
/// The engine's assemblies have a type of the same name and shape. This assembly loads into MSBuild's own process and therefore references none of them.
/// </remarks>
internal sealed class DiagnosticDescriptor
{
    public DiagnosticDescriptor(string code, string title, string remedy)
    {
        Code = code;
        Title = title;
        Remedy = remedy;
    }

    /// <summary>The stable code, <c>MOEQ</c> and four digits from the range 4001 to 4049.</summary>
    public string Code { get; }

    /// <summary>What went wrong, in a few words, as docs/diagnostics.md lists it.</summary>
    public string Title { get; }

    /// <summary>What the user can do, as one sentence. It ends every message of this code.</summary>
    public string Remedy { get; }
}
