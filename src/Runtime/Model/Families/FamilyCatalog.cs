using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Families;

/// <summary>All supported families; a new one is added here and nowhere else.</summary>
internal static class FamilyCatalog
{
    private static readonly FamilyDefinition[] KnownFamilies = [new MixtralFamily(), new OlmoeFamily(), new DeepSeekMoeFamily()];

    public static FamilyDefinition Find(ModelFamily family) => KnownFamilies.Single(f => f.Family == family);

    public static FamilyDefinition Find(ConfigReader reader)
    {
        IReadOnlyList<string> architectures = reader.Texts("architectures");
        if (architectures.Count == 0)
        {
            throw new MoEQuantException(ModelDiagnostics.ArchitectureMissing,
                $"There is no \"architectures\" entry (model_type is {reader.Text("model_type") ?? "absent too"}).", reader.Path);
        }

        return KnownFamilies.FirstOrDefault(f => architectures.Contains(f.Architecture, StringComparer.Ordinal))
            ?? throw new MoEQuantException(ModelDiagnostics.ArchitectureUnknown,
                $"The architecture is {string.Join(", ", architectures)}; supported are {string.Join(", ", KnownFamilies.Select(f => f.Architecture))}.", reader.Path);
    }
}
