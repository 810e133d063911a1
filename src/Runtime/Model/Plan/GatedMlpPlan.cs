namespace MoEQuant.Runtime.Model.Plan;

/// <summary>A gated feed-forward network: <c>down(silu(gate(x)) * up(x))</c>. Experts, shared experts and dense layers all have this form.</summary>
public sealed record GatedMlpPlan(PlannedTensor Gate, PlannedTensor Up, PlannedTensor Down);
