using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>Holds a checkpoint's tensors against the architecture's plan.</summary>
internal static class PlanCheck
{
    private const int NamesInMessage = 5;

    public static void Check(CheckpointFolder folder, TensorPlan plan)
    {
        PlannedTensor[] missing = [.. plan.Tensors.Where(tensor => !folder.TryGetTensor(tensor.Name, out _))];
        HashSet<string> planned = new(plan.Tensors.Select(tensor => tensor.Name), StringComparer.Ordinal);
        string[] surplus = [.. folder.Tensors.Select(tensor => tensor.Name).Where(name => !planned.Contains(name) && !plan.Tolerates(name))];
        if (missing.Length > 0)
            throw new MoEQuantException(
                CheckpointDiagnostics.TensorMissing,
                $"{Count(missing.Length, plan.Tensors.Count)} missing: {List([.. missing.Select(tensor => tensor.Name)])}.{(surplus.Length > 0 ? $" Unknown are: {List(surplus)}." : "")}", folder.Path);
        if (surplus.Length > 0)
            throw new MoEQuantException(CheckpointDiagnostics.TensorSurplus, $"{surplus.Length} unknown: {List(surplus)}.", folder.Path);
        foreach (PlannedTensor tensor in plan.Tensors)
            Find(folder, tensor);
    }

    /// <summary>The stored tensor, of planned shape and readable type.</summary>
    public static CheckpointTensor Find(CheckpointFolder folder, PlannedTensor tensor)
    {
        if (!folder.TryGetTensor(tensor.Name, out CheckpointTensor? stored))
            throw new MoEQuantException(CheckpointDiagnostics.TensorMissing, $"Tensor {DiagnosticText.Quote(tensor.Name)} is missing.", folder.Path);
        ReadOnlySpan<long> expected = tensor.IsVector ? [tensor.Rows] : [tensor.Rows, tensor.Columns];
        if (!stored.Entry.Shape.AsSpan().SequenceEqual(expected))
            throw new MoEQuantException(
                CheckpointDiagnostics.TensorShape,
                $"Tensor {DiagnosticText.Quote(tensor.Name)} has the shape {stored.Entry.ShapeText}; config.json demands [{string.Join(", ", expected.ToArray())}].", stored.Path);
        if (!FloatConversion.Supports(stored.Type))
            throw new MoEQuantException(
                CheckpointDiagnostics.TensorType,
                $"Tensor {DiagnosticText.Quote(tensor.Name)} has the type {stored.Type.FileName()}; BF16, F16 or F32 was expected.", stored.Path);
        return stored;
    }

    private static string Count(int missing, int all) => missing == 1 ? $"1 of {all} tensors is" : $"{missing} of {all} tensors are";

    private static string List(string[] names) =>
        string.Join(", ", names.Take(NamesInMessage).Select(DiagnosticText.Quote)) + (names.Length > NamesInMessage ? $" and {names.Length - NamesInMessage} more" : "");
}
