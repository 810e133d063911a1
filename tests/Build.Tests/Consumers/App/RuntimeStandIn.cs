// The surface of MoEQuant.Runtime that the generated accessors call. It keeps tests of the build step independent of the runtime's own state;
// EndToEndTests uses the real one.
namespace MoEQuant.Runtime
{
    internal sealed class MoEModelOptions;

    internal sealed class MoEModel(string description) : IDisposable
    {
        public string Description { get; } = description;

        public static MoEModel LoadResource(System.Reflection.Assembly assembly, string resourceName, MoEModelOptions? options)
        {
            using Stream stream = assembly.GetManifestResourceStream(resourceName)
                ?? throw new InvalidOperationException($"No resource {resourceName}, but {string.Join(", ", assembly.GetManifestResourceNames())}.");
            using StreamReader reader = new(stream);
            return new MoEModel($"{resourceName}: {reader.ReadToEnd()}");
        }

        public void Dispose()
        {
        }
    }
}
