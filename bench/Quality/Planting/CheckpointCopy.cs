using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quality.Planting;

/// <summary>Writes a checkpoint folder whose weights come from a reader: single precision, configuration and tokenizer as they were.</summary>
internal static class CheckpointCopy
{
    private static readonly string[] FileNames = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];

    /// <summary>Writes model.safetensors and the small files.</summary>
    /// <param name="original">Where the small files come from.</param>
    /// <param name="plan">The tensors.</param>
    /// <param name="weights">Their values.</param>
    /// <param name="destination">The folder; made when it does not exist.</param>
    public static void Write(CheckpointFolder original, TensorPlan plan, ITensorReader weights, string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (string name in FileNames)
            if (original.TryReadFile(name, out byte[]? content))
                File.WriteAllBytes(Path.Combine(destination, name), content);
        TensorDeclaration[] declarations = [.. plan.Tensors.Select(tensor => new TensorDeclaration(tensor.Name, TensorDataType.F32, tensor.IsVector ? [tensor.Rows] : [tensor.Rows, tensor.Columns]))];
        using SafetensorsWriter writer = new(Path.Combine(destination, "model.safetensors"), declarations, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            float[] values = new float[checked((int)tensor.ElementCount)];
            weights.ReadRows(tensor, 0, tensor.IsVector ? 1 : tensor.Rows, values);
            writer.Append(tensor.Name, MemoryMarshal.AsBytes<float>(values));
        }

        writer.Commit();
    }
}
