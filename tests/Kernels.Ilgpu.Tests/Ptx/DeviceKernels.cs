using System.Reflection;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Every kernel of the assembly, for every type that it can be made for: whatever a device starts is among them.</summary>
internal static class DeviceKernels
{
    /// <summary>The entry points: public methods without result of static classes whose name says that they are kernels.</summary>
    public static IReadOnlyList<MethodInfo> All { get; } =
    [
        .. typeof(IlgpuDevice).Assembly.GetTypes()
            .Where(type => type.IsAbstract && type.IsSealed && (type.Name.Contains("Kernel`", StringComparison.Ordinal) || type.Name.Contains("Kernels`", StringComparison.Ordinal)
                || type.Name.EndsWith("Kernel", StringComparison.Ordinal) || type.Name.EndsWith("Kernels", StringComparison.Ordinal)))
            .SelectMany(Closed)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(void)),
    ];

    public static string Name(MethodInfo kernel) =>
        $"{kernel.DeclaringType!.Name.Split('`')[0]}.{kernel.Name}<{string.Join(", ", kernel.DeclaringType.GetGenericArguments().Select(type => type.Name))}>";

    private static IEnumerable<Type> Closed(Type type)
    {
        if (!type.IsGenericTypeDefinition)
            return [type];
        IEnumerable<Type[]> choices = [[]];
        foreach (Type parameter in type.GetGenericArguments())
            choices = choices.SelectMany(chosen => Candidates(parameter.Name).Select(candidate => (Type[])[.. chosen, candidate]));
        return choices.Where(chosen => Fits(type, chosen)).Select(chosen => type.MakeGenericType(chosen));
    }

    private static Type[] Candidates(string parameter) => parameter switch
    {
        "TCodes" => [.. Implementations(typeof(ITileCodes)), .. Implementations(typeof(ITensorCodes))],
        "TTile" => Implementations(typeof(ITokenTile<>)),
        "TReader" => Implementations(typeof(IElementReader<>)),
        "TElement" => [typeof(float), typeof(ushort)],
        _ => throw new InvalidOperationException($"A kernel has the type parameter {parameter}: say what it stands for."),
    };

    private static Type[] Implementations(Type contract) =>
    [
        .. typeof(IlgpuDevice).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.GetInterfaces().Any(face => face == contract || (face.IsGenericType && face.GetGenericTypeDefinition() == contract))),
    ];

    private static bool Fits(Type type, Type[] arguments)
    {
        try
        {
            _ = type.MakeGenericType(arguments);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
