using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Runs a compiled pattern over a text, going back where a way fails. Its stack is in memory of its own, so no pattern can overflow the thread's.</summary>
internal ref struct RegexMatcher
{
    // Patterns whose cost explodes are stopped; a sound pattern needs a few steps per character.
    private const long BudgetPerCharacter = 1000;
    private const long BaseBudget = 1_000_000;

    private readonly RegexProgram _program;
    private readonly RegexInstruction[] _code;
    private readonly ReadOnlySpan<char> _text;
    private readonly Span<int> _registers;
    private Span<RegexFrame> _frames;
    private RegexFrame[]? _rented;
    private int _depth;
    private long _budget;

    public RegexMatcher(RegexProgram program, ReadOnlySpan<char> text, Span<RegexFrame> frames, Span<int> registers)
    {
        _program = program;
        _code = program.Code;
        _text = text;
        _frames = frames;
        _registers = registers;
        _budget = BaseBudget + BudgetPerCharacter * text.Length;
    }

    /// <summary>Matches at one position.</summary>
    /// <returns>The end of the match, or -1.</returns>
    public int MatchAt(int position) => Run(0, position);

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<RegexFrame>.Shared.Return(_rented);
        _rented = null;
    }

    private int Run(int pc, int position)
    {
        int floor = _depth;
        while (true)
        {
            if (--_budget < 0)
                ThrowTooCostly();
            ref readonly RegexInstruction instruction = ref _code[pc];
            bool failed = false;
            switch (instruction.Op)
            {
                case RegexOp.Set:
                    failed = !TryConsume(instruction.Set!, ref position);
                    pc++;
                    break;
                case RegexOp.Loop:
                    failed = !TryLoop(in instruction, pc, ref position);
                    pc++;
                    break;
                case RegexOp.Branch:
                    Push(new RegexFrame(RegexFrameKind.Branch, instruction.B, position));
                    pc = instruction.A;
                    break;
                case RegexOp.Jump:
                    pc = instruction.A;
                    break;
                case RegexOp.Note:
                    Push(new RegexFrame(RegexFrameKind.Restore, instruction.A, _registers[instruction.A]));
                    _registers[instruction.A] = position;
                    pc++;
                    break;
                case RegexOp.Repeat:
                    pc = position == _registers[instruction.A] ? pc + 1 : instruction.B;
                    break;
                case RegexOp.Look:
                    failed = Look(in instruction, pc + 1, position) == (instruction.C == 1);
                    pc = instruction.A;
                    break;
                case RegexOp.Atomic:
                    int end = Run(pc + 1, position);
                    failed = end < 0;
                    position = end;
                    pc = instruction.A;
                    break;
                case RegexOp.Assert:
                    failed = !RegexAssertions.Holds((RegexAssertion)instruction.A, _text, position);
                    pc++;
                    break;
                case RegexOp.Accept:
                    _depth = floor;
                    return position;
                default:
                    failed = true;
                    break;
            }
            if (failed && !TryGoBack(floor, out pc, out position))
                return -1;
        }
    }

    private readonly bool TryConsume(CodePointSet set, ref int position)
    {
        if (position >= _text.Length || !set.Contains(CodePoints.At(_text, position, out int step)))
            return false;
        position += step;
        return true;
    }

    private bool TryLoop(in RegexInstruction loop, int pc, ref int position)
    {
        CodePointSet set = loop.Set!;
        int count = 0;
        int limit = position;
        int most = loop.C == (int)RepeatMode.Lazy ? loop.A : loop.B;
        while (count < most && TryConsume(set, ref position))
            if (++count == loop.A)
                limit = position;
        _budget -= count;
        if (count < loop.A)
            return false;
        if (loop.C == (int)RepeatMode.Lazy && count < loop.B)
            Push(new RegexFrame(RegexFrameKind.Extend, pc, position, count));
        else if (loop.C == (int)RepeatMode.Greedy && position > limit)
            Push(new RegexFrame(RegexFrameKind.Shrink, pc + 1, position, limit));
        return true;
    }

    private bool Look(in RegexInstruction look, int body, int position)
    {
        for (int i = 0; i < look.B; i++)
        {
            if (position == 0)
                return false;
            CodePoints.Before(_text, position, out int step);
            position -= step;
        }
        return Run(body, position) >= 0;
    }

    private bool TryGoBack(int floor, out int pc, out int position)
    {
        while (_depth > floor)
        {
            ref RegexFrame frame = ref _frames[_depth - 1];
            pc = frame.Pc;
            position = frame.Position;
            switch (frame.Kind)
            {
                case RegexFrameKind.Branch:
                    _depth--;
                    return true;
                case RegexFrameKind.Shrink:
                    CodePoints.Before(_text, position, out int step);
                    position -= step;
                    if (position > frame.Limit)
                        frame = frame with { Position = position };
                    else
                        _depth--;
                    return true;
                case RegexFrameKind.Extend:
                    ref readonly RegexInstruction loop = ref _code[pc];
                    if (!TryConsume(loop.Set!, ref position))
                    {
                        _depth--;
                        continue;
                    }
                    if (frame.Limit + 1 < loop.B)
                        frame = frame with { Position = position, Limit = frame.Limit + 1 };
                    else
                        _depth--;
                    pc++;
                    return true;
                default:
                    _registers[frame.Pc] = frame.Position;
                    _depth--;
                    continue;
            }
        }
        pc = position = -1;
        return false;
    }

    private void Push(RegexFrame frame)
    {
        if (_depth == _frames.Length)
        {
            RegexFrame[] larger = ArrayPool<RegexFrame>.Shared.Rent(_frames.Length * 2);
            _frames.CopyTo(larger);
            Dispose();
            _frames = _rented = larger;
        }
        _frames[_depth++] = frame;
    }

    [DoesNotReturn]
    private readonly void ThrowTooCostly() =>
        throw new MoEQuantException(TokenizerDiagnostics.PatternTooCostly,
            $"Matching the pattern \"{_program.Source}\" was given up after {BaseBudget + BudgetPerCharacter * _text.Length} steps in {_text.Length} characters.");
}
