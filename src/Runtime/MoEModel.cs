using System.Reflection;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Devices;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Sidecars;
using MoEQuant.Runtime.Tokenization;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime;

/// <summary>A Mixture-of-Experts language model, ready to generate text. Weights are used where they are mapped; opening reads none of them.</summary>
/// <remarks>
/// Safe for concurrent use: each text has its own <see cref="InferenceSession"/>, and the sessions' steps take turns on the model's threads.
/// <see cref="Dispose"/> waits for a running step and frees everything; later calls throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class MoEModel : IDisposable
{
    private readonly IWeightSource _weights;
    private readonly DecoderModel? _model;
    private readonly DeviceModel? _deviceModel;
    private readonly MoEModelOptions _options;
    private bool _disposed;

    private MoEModel(IWeightSource weights, ModelConfig config, Tokenizer tokenizer, GenerationDefaults defaults, PackedModelInfo? info, MoEModelOptions options)
    {
        options.Check(config.MaxPositions);
        _weights = weights;
        _options = options;
        Config = config;
        Tokenizer = tokenizer;
        Defaults = defaults;
        Info = info;
        ContextLength = options.ContextLength > 0 ? options.ContextLength : Math.Min(config.MaxPositions, MoEModelOptions.DefaultLongestContext);
        if (options.Device is { } device)
            _deviceModel = DeviceModel.Load(config, weights, device, ContextLength, options.PrefillBatch);
        else
            _model = new DecoderModel(config, weights);

        // On a device the calling thread alone works here: it hands out operations.
        int threads = options.ThreadCount > 0 ? options.ThreadCount : Environment.ProcessorCount;
        Pool = new WorkerPool(_model is null ? 1 : threads);
    }

    /// <summary>The network's configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>What the model's authors say about generation: the tokens that end a text.</summary>
    public GenerationDefaults Defaults { get; }

    /// <summary>What the packed file says about itself; null for a model that does not come from one.</summary>
    public PackedModelInfo? Info { get; }

    /// <summary>The context of every session, in tokens.</summary>
    public int ContextLength { get; }

    internal WorkerPool Pool { get; }

    /// <summary>Compiles kernels ahead of their use; null where there is nothing to compile for.</summary>
    internal KernelPreparation? Kernels { get; private init; }

    /// <summary>Held during every step: steps of different sessions take turns, and nothing is freed under a running step.</summary>
    internal Lock StepLock { get; } = new();

    /// <summary>Opens a packed model file (.moeq).</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="MoEQuantException">The file is missing, damaged, or made for another runtime.</exception>
    public static MoEModel Load(string path, MoEModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(PackedModelFile.Open(path), options);
    }

    /// <summary>Opens a packed model that is embedded in an assembly, without copying it.</summary>
    /// <param name="assembly">The assembly that holds the resource.</param>
    /// <param name="resourceName">The resource's name; the generated <c>MoEModels</c> class knows it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="MoEQuantException">There is no such resource (MOEQ5034), or it is damaged.</exception>
    public static MoEModel LoadResource(Assembly assembly, string resourceName, MoEModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(resourceName);
        return assembly.GetManifestResourceStream(resourceName) switch
        {
            UnmanagedMemoryStream stream => Open(PackedModelFile.Open(MappedRegion.FromStream(stream), ownsRegion: true), options),
            null => throw new MoEQuantException(RuntimeDiagnostics.ResourceMissing, $"The assembly {assembly.GetName().Name} has no resource \"{resourceName}\"."),
            Stream other => throw NotMappable(other, assembly, resourceName),
        };
    }

    /// <summary>Opens a packed model that was built as a file beside the app; the file must be the very one.</summary>
    /// <param name="assembly">The assembly that holds the description of the file.</param>
    /// <param name="resourceName">The description's name; the generated <c>MoEModels</c> class knows it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="MoEQuantException">
    /// There is no such description (MOEQ5034, MOEQ5040); the file is neither in <see cref="AppContext.BaseDirectory"/> nor beside the executable (MOEQ5041), is incomplete (MOEQ5042) or another one (MOEQ5043), or damaged.
    /// </exception>
    public static MoEModel LoadSidecar(Assembly assembly, string resourceName, MoEModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(resourceName);
        return Open(SidecarFile.Open(SidecarReference.Read(assembly, resourceName), SidecarFile.Folders), options);
    }

    /// <summary>Builds a model on weights from anywhere, for example an unquantized checkpoint.</summary>
    /// <param name="weights">The weights; disposed with the model, and when building it fails.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="defaults">Null when nothing ends a text.</param>
    /// <param name="options">Null for the defaults.</param>
    public static MoEModel Create(IWeightSource weights, ModelConfig config, Tokenizer tokenizer, GenerationDefaults? defaults = null, MoEModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        try
        {
            return new MoEModel(weights, config, tokenizer, defaults ?? GenerationDefaults.None, null, options ?? new MoEModelOptions());
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Starts a text.</summary>
    /// <exception cref="MoEQuantException">There is not enough memory for its cache and buffers (MOEQ5039, MOEQ5061).</exception>
    public InferenceSession CreateSession()
    {
        ThrowIfDisposed();
        return new InferenceSession(this, _model is not null
            ? new HostDecoder(_model, Pool, ContextLength, _options.PrefillBatch, _options.KeyValuePrecision)
            : new DeviceDecoder(_deviceModel!));
    }

    /// <summary>Continues a prompt, token by token.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="options">Null for greedy decoding with the default limits.</param>
    /// <param name="cancellationToken">Looked at before every token.</param>
    /// <returns>Pieces of text as they come; never half a character. The last one carries the <see cref="FinishReason"/>.</returns>
    /// <exception cref="MoEQuantException">The prompt is empty or does not fit, or an option is out of range.</exception>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ThrowIfDisposed();
        return new TextGenerator(this, options ?? new GenerationOptions()).RunAsync(prompt, cancellationToken);
    }

    /// <summary>Waits for a running step, then stops the threads and unmaps the weights; on a device it frees the uploaded weights. The device stays its creator's.</summary>
    public void Dispose()
    {
        lock (StepLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            Pool.Dispose();
            _deviceModel?.Dispose();
            _weights.Dispose();
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    private static MoEModel Open(PackedModelFile file, MoEModelOptions? options)
    {
        try
        {
            RuntimeCompatibility.Check(file.Info, file.Container.Region.Path);
            if (options is { VerifyContent: true })
                file.VerifyPayload(CancellationToken.None);
            options ??= new MoEModelOptions();
            KernelPreparation? kernels = options.Device is null ? PrepareKernels(file, options) : null;
            string? path = file.Container.Region.Path;
            ModelConfig config = ModelConfig.Parse(Require(file, "config.json"), path);
            Tokenizer tokenizer = Tokenizer.FromJson(Require(file, "tokenizer.json"));
            file.TryGetFile("generation_config.json", out ReadOnlySpan<byte> generation);
            GenerationDefaults defaults = GenerationDefaults.Parse(Require(file, "config.json"), generation, path);
            return new MoEModel(new PackedWeightSource(file, options.Activations), config, tokenizer, defaults, file.Info, options) { Kernels = kernels };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Beside the loading of the tokenizer.
    private static KernelPreparation PrepareKernels(PackedModelFile file, MoEModelOptions options)
    {
        bool quantizes = options.Activations == ActivationPrecision.Int8;
        HashSet<KernelUse> uses = [];
        foreach (PackedMatrixRecord record in file.Matrices)
        {
            PackedActivations activations = record.Activations;
            (int bits, int group) = quantizes && activations.Bits == 0 && record.Bits < 8 ? (8, record.GroupSize) : (activations.Bits, activations.GroupSize);
            uses.Add(new KernelUse(record.Bits, record.Rank > 0 ? record.CompensatorBits : 0, bits, group));
        }

        return KernelPreparation.Begin(KernelCatalog.Best, uses, options.KeyValuePrecision == KeyValuePrecision.Float32 ? DenseType.F32 : DenseType.BF16);
    }

    private static ReadOnlySpan<byte> Require(PackedModelFile file, string name) => file.TryGetFile(name, out ReadOnlySpan<byte> content)
        ? content
        : throw new MoEQuantException(RuntimeDiagnostics.FileMissing, $"There is no {name} in it.", file.Container.Region.Path);

    private static MoEQuantException NotMappable(Stream stream, Assembly assembly, string resourceName)
    {
        stream.Dispose();
        return new(RuntimeDiagnostics.ResourceMissing, $"The resource \"{resourceName}\" of {assembly.GetName().Name} is a {stream.GetType().Name}, which has no address in memory.");
    }
}
