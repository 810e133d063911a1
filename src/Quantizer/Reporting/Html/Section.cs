namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>The parts of a page.</summary>
internal static class Section
{
    /// <summary>A heading, a sentence that says how to read what follows, and the content.</summary>
    public static void Write(HtmlWriter html, string id, string heading, string explanation, Action content)
    {
        using (html.Open("section", ("aria-labelledby", id)))
        {
            html.Element("h2", heading, ("id", id));
            if (explanation.Length > 0)
                html.Element("p", explanation, ("class", "muted"));
            content();
        }

        html.Line();
    }
}
