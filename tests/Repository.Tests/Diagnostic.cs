using System.Reflection;

namespace MoEQuant.Repository.Tests;

/// <summary>A diagnostic code as an assembly declares it: a public static field of type DiagnosticDescriptor in a class whose name ends in Diagnostics.</summary>
internal sealed record Diagnostic(string Code, string Title, string Remedy)
{
    /// <summary>Its row in docs/diagnostics.md. Text in angle brackets would vanish from the rendered page, so it is set as code.</summary>
    public string Row => $"| {Code} | {Cell(Title)} | {Cell(Remedy)} |";

    public static IEnumerable<Diagnostic> DeclaredIn(House house) =>
        from type in TypesOf(System.Reflection.Assembly.LoadFrom(house.AssemblyFile))
        where type.Name.EndsWith("Diagnostics", StringComparison.Ordinal)
        from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where field.FieldType.Name == "DiagnosticDescriptor"
        let descriptor = field.GetValue(null)!
        select new Diagnostic(Text(descriptor, "Code"), Text(descriptor, "Title"), Text(descriptor, "Remedy"));

    private static string Text(object descriptor, string property) => (string)descriptor.GetType().GetProperty(property)!.GetValue(descriptor)!;

    private static string Cell(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "<[^>]*>", match => $"`{match.Value}`").Replace("|", "\\|", StringComparison.Ordinal);

    // The Tasks' other types derive from MSBuild's, which are not here; the diagnostics need none of them.
    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partial)
        {
            return partial.Types.OfType<Type>();
        }
    }
}
