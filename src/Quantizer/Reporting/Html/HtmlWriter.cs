using System.Text;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Writes HTML that is well-formed XML too. Everything but the names of elements and attributes is escaped: names of models and tensors come from strangers.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new("<!DOCTYPE html>\n");

    /// <summary>Begins an element; disposing the result ends it.</summary>
    public Scope Open(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append('>');
        return new(this, name);
    }

    /// <summary>An element with text.</summary>
    public void Element(string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append('>');
        Text(text);
        End(name);
    }

    /// <summary>An element without content.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append(" />");
    }

    /// <summary>The style sheet, which is ours and holds no character that would need escaping.</summary>
    public void Style(string css) => _text.Append("<style>\n").Append(css).Append("</style>");

    /// <summary>Text.</summary>
    public void Text(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
            _ = rune.Value switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                // XML knows no escape for these; a lone surrogate comes out of the enumeration as U+FFFD already.
                (< ' ' and not '\t' and not '\n') or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => _text.Append('\uFFFD'),
                _ => _text.Append(rune.ToString()),
            };
    }

    /// <summary>A line break between blocks, for those who read the source.</summary>
    public void Line() => _text.Append('\n');

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Begin(string name, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach ((string attribute, string value) in attributes)
        {
            _text.Append(' ').Append(attribute).Append("=\"");
            Text(value);
            _text.Append('"');
        }
    }

    private void End(string name) => _text.Append("</").Append(name).Append('>');

    /// <summary>An element that is open.</summary>
    internal readonly struct Scope(HtmlWriter writer, string name) : IDisposable
    {
        /// <summary>Ends it.</summary>
        public void Dispose() => writer.End(name);
    }
}
