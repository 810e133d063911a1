using System.Runtime.InteropServices;

namespace MoEQuant.Package.Tests.Consumer;

/// <summary>The machine for which programs are published.</summary>
internal static class Platform
{
    /// <summary>For example <c>linux-x64</c>: without a distribution, as runtime packs are named.</summary>
    public static string RuntimeIdentifier { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>What Native AOT must be told to link here; skips the test where there is no linker.</summary>
    public static string[] NativeLinkerProperties()
    {
        if (IsInstalled("clang"))
            return [];
        if (!IsInstalled("gcc"))
            Assert.Inconclusive("Native AOT links with clang or gcc; neither is here.");
        return ["-p:CppCompilerAndLinker=gcc"];
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
