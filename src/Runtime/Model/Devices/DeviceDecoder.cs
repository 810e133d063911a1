using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>A text on a device: a pass uploads its token numbers, and nothing comes back but logits that are asked for.</summary>
internal sealed class DeviceDecoder : SequenceDecoder
{
    private readonly DeviceModel _model;
    private readonly ComputeDevice _device;
    private readonly DeviceWorkspace _workspace;
    private readonly NativeArray<float> _logits;

    /// <exception cref="MoEQuantException">There is not enough memory on the device (MOEQ5061).</exception>
    public DeviceDecoder(DeviceModel model)
    {
        _model = model;
        _device = model.Device;
        _logits = new NativeArray<float>(model.WorkspaceSize.Logits);
        try
        {
            _workspace = new DeviceWorkspace(_device, model.WorkspaceSize);
        }
        catch (DeviceMemoryException e)
        {
            throw NoRoom(e);
        }
    }

    public override int MaxTokens => _model.WorkspaceSize.MaxTokens;

    public override bool CanBeObserved => false;

    public override void Forward(ReadOnlySpan<int> tokens, int firstPosition, ForwardObserver? observer)
    {
        try
        {
            // Other models may share the device: their steps and this one take turns.
            lock (_device.StepLock)
            {
                _device.Embed(_model.Embedding, tokens, _workspace.Hidden.Rows(tokens.Length, _model.Config.HiddenSize));
                for (int layer = 0; layer < _model.Layers.Length; layer++)
                    _model.Layers[layer].Forward(_workspace, layer, _model.Rotations, tokens.Length, firstPosition);
            }
        }
        catch (DeviceMemoryException e)
        {
            throw NoRoom(e);
        }
    }

    public override void ComputeLogits(int firstToken, int count)
    {
        int hiddenSize = _model.Config.HiddenSize, vocabulary = _model.Config.VocabularySize;
        DeviceRows hidden = _workspace.Hidden.Rows(firstToken + count, hiddenSize).Slice(firstToken, count);
        DeviceRows normalised = _workspace.Normalised.Rows(count, hiddenSize), logits = _workspace.Logits.Rows(count, vocabulary);
        try
        {
            lock (_device.StepLock)
            {
                _device.Normalise(hidden, _model.FinalNorm, _model.Config.RmsNormEpsilon, normalised);
                _device.Multiply(_model.Head, normalised, logits);
                for (int row = 0; row < count; row++)
                    _device.Read(logits.Slice(row, 1), _logits.Span((long)row * vocabulary, vocabulary));
            }
        }
        catch (DeviceMemoryException e)
        {
            throw NoRoom(e);
        }
    }

    public override ReadOnlySpan<float> LogitsRow(int row) => _logits.Span((long)row * _model.Config.VocabularySize, _model.Config.VocabularySize);

    public override void Dispose()
    {
        _workspace.Dispose();
        _logits.Dispose();
    }

    private MoEQuantException NoRoom(DeviceMemoryException e) => new(
        DeviceDiagnostics.NoRoomForSession, string.Create(CultureInfo.InvariantCulture,
            $"{e.NeededBytes} bytes were needed on {_device.Name} for a text of {_model.WorkspaceSize.ContextLength} tokens read in batches of {MaxTokens}; available are {e.AvailableBytes} of a budget of {_device.MemoryBudget}."),
        null, e);
}
