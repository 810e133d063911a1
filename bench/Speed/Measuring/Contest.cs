using System.Diagnostics;

namespace MoEQuant.Speed.Measuring;

/// <summary>Measures several pieces of work in turns, so that whatever else the machine does meets all of them alike.</summary>
/// <remarks>A turn is short, some milliseconds; the median of many turns is what is reported, and the best one beside it.</remarks>
internal sealed class Contest
{
    private readonly List<(string Name, double Units, Action Work)> _contestants = [];

    /// <summary>Adds a piece of work.</summary>
    /// <param name="name">What the result is asked for by.</param>
    /// <param name="units">How much one turn does: bytes, operations.</param>
    /// <param name="work">One turn.</param>
    public void Add(string name, double units, Action work) => _contestants.Add((name, units, work));

    /// <summary>Runs everything once to warm up, and then so many times in turn.</summary>
    public IReadOnlyDictionary<string, Rate> Run(int turns)
    {
        double[][] seconds = [.. _contestants.Select(_ => new double[turns])];
        for (int turn = -1; turn < turns; turn++)
            for (int index = 0; index < _contestants.Count; index++)
            {
                long start = Stopwatch.GetTimestamp();
                _contestants[index].Work();
                if (turn >= 0)
                    seconds[index][turn] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

        return _contestants.Select((contestant, index) => (contestant.Name, Rate: Rate.Of(contestant.Units, seconds[index]))).ToDictionary(pair => pair.Name, pair => pair.Rate);
    }
}
