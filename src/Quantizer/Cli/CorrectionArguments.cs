using System.CommandLine;
using MoEQuant.Quantizer.Algorithms.EAQuant;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c> that make quantized activations better.</summary>
internal sealed class CorrectionArguments
{
    private readonly Option<string?> _smoothing = OptionValue.Create("--smoothing", "Move outliers of activations into the weights: on or off; needs --calibration.", "on|off", "on where activations are quantized");
    private readonly Option<string?> _routers = OptionValue.Create("--router-alignment", "Fit routers to what they see behind quantized layers: on or off; needs --calibration.", "on|off", "on where activations are quantized");
    private readonly Option<string?> _rotation = OptionValue.Create("--rotation", "Spread outliers over blocks of channels: none, online (while the model runs), or fused (in the weights where possible).", "MODE", "online with 4-bit activations");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_smoothing, _routers, _rotation])
            command.Add(option);
    }

    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ2080–2082.</exception>
    public CorrectionOptions Parse(ParseResult result) => new()
    {
        Smoothing = OptionValue.Switch(result, _smoothing, CorrectionDiagnostics.Smoothing),
        RouterAlignment = OptionValue.Switch(result, _routers, CorrectionDiagnostics.RouterAlignment),
        Rotation = OptionValue.Name<RotationMode>(result, _rotation, CorrectionDiagnostics.Rotation),
    };
}
