namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>
/// Rows of a label, a drawing as wide as the page allows, and a value. Drawings are SVG with positions in per cent and text outside them, so that they fit a phone without becoming illegible.
/// </summary>
internal static class Strip
{
    /// <summary>One row.</summary>
    /// <param name="html">The page.</param>
    /// <param name="label">What the row is.</param>
    /// <param name="value">Its figure.</param>
    /// <param name="description">What a screen reader says instead of the drawing.</param>
    /// <param name="height">Height of the drawing in pixels.</param>
    /// <param name="draw">Draws.</param>
    public static void Row(HtmlWriter html, string label, string value, string description, int height, Action draw)
    {
        using (html.Open("div", ("class", "row")))
        {
            html.Element("span", label, ("class", "label"));
            using (html.Open("svg", ("role", "img"), ("aria-label", description), ("width", "100%"), ("height", $"{height}")))
                draw();
            html.Element("span", value, ("class", "value"));
        }

        html.Line();
    }

    /// <summary>A rectangle with a tooltip.</summary>
    /// <param name="html">The page.</param>
    /// <param name="start">Left edge, 0 to 1.</param>
    /// <param name="width">Width, 0 to 1.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="style">CSS classes.</param>
    /// <param name="title">The tooltip.</param>
    public static void Box(HtmlWriter html, double start, double width, int height, string style, string title)
    {
        using (html.Open("rect", ("class", style), ("x", ReportText.Position(start)), ("y", "0"), ("width", ReportText.Position(width)), ("height", $"{height}")))
            html.Element("title", title);
    }

    /// <summary>A bar from the left on a pale track, with a mark where the limit is.</summary>
    public static void Bar(HtmlWriter html, string label, string value, double share, string style, string title, double? limit = null) => Row(html, label, value, title, 14, () =>
    {
        html.Empty("rect", ("class", "track"), ("width", "100%"), ("height", "14"), ("rx", "3"));
        using (html.Open("rect", ("class", style), ("width", ReportText.Position(Math.Clamp(share, 0, 1))), ("height", "14"), ("rx", "3")))
            html.Element("title", title);
        if (limit is { } mark)
            html.Empty("rect", ("class", "limit"), ("x", ReportText.Position(mark)), ("y", "-2"), ("width", "2"), ("height", "18"));
    });
}
