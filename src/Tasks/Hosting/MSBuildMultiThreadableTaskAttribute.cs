using System;

namespace Microsoft.Build.Framework;

/// <summary>Tells multithreaded MSBuild that a task may run in its process: it uses absolute paths only and neither the environment nor static state.</summary>
/// <remarks>MSBuild matches the attribute by name; the assembly that this project compiles against (17.7) does not have it yet.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
