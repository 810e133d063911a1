using MoEQuant.Runtime.Tokenization.Models;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>The model as the file describes it.</summary>
internal sealed record ModelData(Vocabulary Vocabulary, MergeTable Merges, BpeOptions Options);
