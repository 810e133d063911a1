using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>Walks over the matches of a pattern and the stretches between them.</summary>
internal ref struct SegmentEnumerator
{
    private readonly TextPattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private int _position;        // the end of the last segment given out
    private int _searchFrom;
    private int _lastMatchEnd;
    private Segment _waiting;     // a match behind the gap that was given out
    private bool _isWaiting;

    public SegmentEnumerator(TextPattern pattern, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _text = text;
        _lastMatchEnd = -1;
    }

    public Segment Current { get; private set; }

    public readonly SegmentEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            return Give(_waiting);
        }
        while (_searchFrom <= _text.Length && _pattern.TryFind(_text, _searchFrom, out int start, out int length))
        {
            // An empty match right behind a match is skipped, else the search would not move on.
            if (length == 0 && start == _lastMatchEnd)
            {
                if (start == _text.Length)
                    break;
                CodePoints.At(_text, start, out int step);
                _searchFrom = start + step;
                continue;
            }
            _searchFrom = _lastMatchEnd = start + length;
            var match = new Segment(start, start + length, IsMatch: true);
            if (start == _position)
                return Give(match);
            _waiting = match;
            _isWaiting = true;
            return Give(new Segment(_position, start, IsMatch: false));
        }
        _searchFrom = _text.Length + 1;
        return _position < _text.Length && Give(new Segment(_position, _text.Length, IsMatch: false));
    }

    private bool Give(Segment segment)
    {
        Current = segment;
        _position = segment.End;
        return true;
    }
}
