namespace MoEQuant.Build.Tasks.Accessors;

/// <summary>What the accessor class says about one model.</summary>
internal sealed class ModelAccessor
{
    public ModelAccessor(string name, string resourceName, string declaredPath, bool isSidecar)
    {
        Name = name;
        ResourceName = resourceName;
        DeclaredPath = declaredPath;
        IsSidecar = isSidecar;
    }

    /// <summary>The name after <c>Load</c>.</summary>
    public string Name { get; }

    /// <summary>The manifest resource's name.</summary>
    public string ResourceName { get; }

    /// <summary>The checkpoint's folder as the project wrote it; for documentation only.</summary>
    public string DeclaredPath { get; }

    /// <summary>Whether the resource describes a file beside the app instead of being the packed model.</summary>
    public bool IsSidecar { get; }
}
