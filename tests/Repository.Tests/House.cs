namespace MoEQuant.Repository.Tests;

/// <summary>A project below src, as the architecture has it.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Assembly">Its assembly.</param>
/// <param name="MayKnow">The houses it may reference.</param>
/// <param name="Codes">The ranges its diagnostic codes come from, both ends included.</param>
internal sealed record House(string Name, string Assembly, string[] MayKnow, (int First, int Last)[] Codes)
{
    /// <summary>docs/architecture.md says the same in words.</summary>
    public static IReadOnlyList<House> All { get; } =
    [
        new("Format", "MoEQuant.Format", [], [(1001, 1029), (5001, 5029)]),
        new("Kernels", "MoEQuant.Kernels", [], []),
        new("Kernels.Ilgpu", "MoEQuant.Kernels.Ilgpu", ["Format", "Kernels"], [(5070, 5079)]),
        new("Runtime", "MoEQuant.Runtime", ["Format", "Kernels"], [(1050, 1099), (5030, 5069)]),
        new("Quantizer", "moequant", ["Format", "Kernels", "Runtime"], [(1030, 1049), (2001, 2099), (3001, 3099)]),
        new("Quantizer.Torch", "moequant-torch", ["Format", "Quantizer"], []),
        new("Tasks", "MoEQuant.Build.Tasks", [], [(4001, 4049)]),
    ];

    // artifacts/bin/Repository.Tests/release/ → release
    private static readonly string Configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    /// <summary>The houses that exist.</summary>
    public static IEnumerable<House> Existing => All.Where(house => File.Exists(house.ProjectFile));

    public string ProjectFile => Path.Combine(RepositoryPaths.Root, "src", Name, Name + ".csproj");

    public string AssemblyFile => Path.Combine(RepositoryPaths.Root, "artifacts", "bin", Name, Configuration, Assembly + ".dll");
}
