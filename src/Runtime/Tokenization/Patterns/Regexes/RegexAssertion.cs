namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Conditions on a position, as Oniguruma's Ruby syntax has them.</summary>
internal enum RegexAssertion
{
    /// <summary><c>^</c>: the begin of the text, or behind a line feed that does not end the text.</summary>
    LineStart,

    /// <summary><c>$</c>: the end of the text, or before a line feed.</summary>
    LineEnd,

    /// <summary><c>\A</c></summary>
    TextStart,

    /// <summary><c>\z</c></summary>
    TextEnd,

    /// <summary><c>\Z</c>: the end of the text, or before a line feed that ends it.</summary>
    TextEndOrLastLine,

    /// <summary><c>\b</c></summary>
    WordBoundary,

    /// <summary><c>\B</c></summary>
    NoWordBoundary,
}
