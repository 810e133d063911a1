using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Turns the tree of a pattern into instructions.</summary>
internal sealed class RegexCompiler
{
    // Counted repetitions are written out; more instructions than this is no word pattern.
    private const int MostInstructions = 20_000;

    private readonly string _source;
    private readonly List<RegexInstruction> _code = [];
    private int _registers;
    private int _visits;

    private RegexCompiler(string source) => _source = source;

    public static RegexProgram Compile(string source, RegexNode root)
    {
        var compiler = new RegexCompiler(source);
        compiler.Emit(root);
        compiler.Add(new RegexInstruction(RegexOp.Accept));
        return new RegexProgram(source, [.. compiler._code], compiler._registers, RegexAnalysis.First(root), RegexAnalysis.LeadingLoop(root));
    }

    private void Emit(RegexNode node)
    {
        // Nested counted repetitions of nothing emit nothing, but take as long as their counts multiplied.
        if (++_visits > MostInstructions * 4)
            throw TooLong();
        switch (node)
        {
            case SetNode set:
                Add(new RegexInstruction(RegexOp.Set, Set: set.Set));
                break;
            case SequenceNode sequence:
                foreach (RegexNode part in sequence.Parts)
                    Emit(part);
                break;
            case AlternationNode alternation:
                EmitAlternatives(alternation.Alternatives, 0);
                break;
            case RepeatNode { Child: SetNode child } repeat:
                Add(new RegexInstruction(RegexOp.Loop, repeat.Minimum, repeat.Maximum, (int)repeat.Mode, child.Set));
                break;
            case RepeatNode { Mode: RepeatMode.Possessive } repeat:
                EmitBlock(RegexOp.Atomic, repeat with { Mode = RepeatMode.Greedy });
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
            case LookNode { IsBehind: true } look:
                EmitLookBehind(look);
                break;
            case LookNode look:
                EmitBlock(RegexOp.Look, look.Child, -1, look.IsNegative ? 1 : 0);
                break;
            case AtomicNode atomic:
                EmitBlock(RegexOp.Atomic, atomic.Child);
                break;
            case AssertionNode assertion:
                Add(new RegexInstruction(RegexOp.Assert, (int)assertion.Assertion));
                break;
        }
    }

    private void EmitAlternatives(IReadOnlyList<RegexNode> alternatives, int index)
    {
        var exits = new List<int>();
        for (; index < alternatives.Count - 1; index++)
        {
            int branch = Add(new RegexInstruction(RegexOp.Branch));
            Emit(alternatives[index]);
            exits.Add(Add(new RegexInstruction(RegexOp.Jump)));
            _code[branch] = new RegexInstruction(RegexOp.Branch, branch + 1, _code.Count);
        }
        Emit(alternatives[index]);
        foreach (int exit in exits)
            _code[exit] = new RegexInstruction(RegexOp.Jump, _code.Count);
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        for (int i = 0; i < repeat.Minimum; i++)
            Emit(repeat.Child);
        if (repeat.Maximum == int.MaxValue)
        {
            int register = _registers++;
            int head = Add(new RegexInstruction(RegexOp.Branch));
            Add(new RegexInstruction(RegexOp.Note, register));
            Emit(repeat.Child);
            Add(new RegexInstruction(RegexOp.Repeat, register, head));
            _code[head] = Fork(repeat.Mode, head + 1, _code.Count);
            return;
        }
        var forks = new List<int>();
        for (int i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            forks.Add(Add(new RegexInstruction(RegexOp.Branch)));
            Emit(repeat.Child);
        }
        foreach (int fork in forks)
            _code[fork] = Fork(repeat.Mode, fork + 1, _code.Count);
    }

    private static RegexInstruction Fork(RepeatMode mode, int body, int exit) =>
        mode == RepeatMode.Lazy ? new RegexInstruction(RegexOp.Branch, exit, body) : new RegexInstruction(RegexOp.Branch, body, exit);

    // The alternatives of a look-behind may differ in length, each alone must have one.
    private void EmitLookBehind(LookNode look)
    {
        IReadOnlyList<RegexNode> alternatives = look.Child is AlternationNode alternation ? alternation.Alternatives : [look.Child];
        if (alternatives.Count > 1 && !look.IsNegative)
        {
            EmitAlternatives([.. alternatives.Select(alternative => new LookNode(alternative, IsBehind: true, IsNegative: false))], 0);
            return;
        }
        foreach (RegexNode alternative in alternatives)
        {
            int length = RegexAnalysis.FixedLength(alternative);
            if (length < 0)
                throw new MoEQuantException(TokenizerDiagnostics.PatternUnsupported,
                    $"The pattern \"{_source}\" has a look-behind of variable length, which is not supported.");
            EmitBlock(RegexOp.Look, alternative, length, look.IsNegative ? 1 : 0);
        }
    }

    private void EmitBlock(RegexOp op, RegexNode body, int b = 0, int c = 0)
    {
        int start = Add(new RegexInstruction(op));
        Emit(body);
        Add(new RegexInstruction(RegexOp.Accept));
        _code[start] = new RegexInstruction(op, _code.Count, b, c);
    }

    private int Add(RegexInstruction instruction)
    {
        if (_code.Count == MostInstructions)
            throw TooLong();
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private MoEQuantException TooLong() => new(TokenizerDiagnostics.PatternUnsupported,
        $"The pattern \"{_source}\" needs more than {MostInstructions} instructions, which is not supported.");
}
