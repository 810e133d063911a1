namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Keeps what a survey found about a layer, for the same run on other machines and at other times.</summary>
internal interface ISurveyStore
{
    /// <summary>The matrices of a layer with their candidates, in file order; null where they are not kept.</summary>
    IReadOnlyList<StoredChoices>? TryReadSurvey(int layer);

    /// <summary>Keeps a layer, where that is possible.</summary>
    void WriteSurvey(int layer, IReadOnlyList<StoredChoices> choices);
}
