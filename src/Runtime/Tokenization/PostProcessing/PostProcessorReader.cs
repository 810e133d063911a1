using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Json;

namespace MoEQuant.Runtime.Tokenization.PostProcessing;

/// <summary>Makes the templates that the post-processor of tokenizer.json describes, in the order in which they apply. ByteLevel only concerns offsets, which are not kept.</summary>
/// <param name="isToken">Tells whether an id is one of a token.</param>
internal sealed class PostProcessorReader(Func<int, bool> isToken)
{
    private readonly List<Template> _templates = [];

    /// <param name="node">The post-processor, or null where the file has none.</param>
    public Template[] Read(JsonNode? node)
    {
        if (node is not null)
            Add(node);
        return [.. _templates];
    }

    private void Add(JsonNode node)
    {
        switch (node.Type)
        {
            case "ByteLevel":
                break;
            case "Sequence":
                foreach (JsonNode part in node.Required("processors").Items())
                    Add(part);
                break;
            case "TemplateProcessing":
                _templates.Add(ReadTemplate(node));
                break;
            case string other:
                throw new MoEQuantException(TokenizerDiagnostics.ComponentUnsupported, $"{node.Location} is a post-processor of type \"{other}\".");
        }
    }

    private Template ReadTemplate(JsonNode node)
    {
        JsonNode specials = node.Required("special_tokens");
        TemplatePiece[] pieces = [.. node.Required("single").Items().Select(piece => ReadPiece(piece, specials))];
        int texts = pieces.Count(piece => piece.SpecialIds is null);
        // A template without the text, or with it twice, would be valid to the reference; no model is trained like that.
        return texts == 1
            ? new Template(pieces)
            : throw new MoEQuantException(TokenizerDiagnostics.TemplateInvalid, $"{node.Location}.single has the sequence \"A\" {texts} times, expected once.");
    }

    private TemplatePiece ReadPiece(JsonNode piece, JsonNode specials)
    {
        if (piece.Optional("Sequence") is { } sequence)
        {
            string id = sequence.Required("id").AsString();
            return id == "A"
                ? new TemplatePiece(null)
                : throw new MoEQuantException(TokenizerDiagnostics.TemplateInvalid, $"{sequence.Location} is the sequence \"{id}\" in a template for one sequence, \"A\".");
        }
        if (piece.Optional("SpecialToken") is not { } special)
            throw piece.Invalid("an object with \"Sequence\" or \"SpecialToken\"");
        string name = special.Required("id").AsString();
        if (specials.Optional(name) is not { } token)
            throw new MoEQuantException(TokenizerDiagnostics.TemplateInvalid, $"{special.Location} names \"{name}\", which special_tokens does not list.");
        return new TemplatePiece([.. token.Required("ids").Items().Select(ReadId)]);
    }

    private int ReadId(JsonNode node)
    {
        long id = node.AsInteger();
        return id is >= 0 and <= int.MaxValue && isToken((int)id)
            ? (int)id
            : throw new MoEQuantException(TokenizerDiagnostics.TemplateInvalid, $"{node.Location} is {id}, which is not the id of a token.");
    }
}
