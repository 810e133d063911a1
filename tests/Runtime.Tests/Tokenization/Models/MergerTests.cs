using MoEQuant.Runtime.Tokenization.Models;

namespace MoEQuant.Runtime.Tests.Tokenization.Models;

[TestClass]
public sealed class MergerTests
{
    [TestMethod]
    public void Merge_RandomWordsAndMerges_GivesWhatTheDefinitionGives()
    {
        var random = new Random(23);
        for (int round = 0; round < 200; round++)
        {
            var merges = new Dictionary<(int, int), (int Rank, int Merged)>();
            var table = new MergeTable(1);
            int letters = random.Next(1, 5);
            // Each merge makes a token of its own from tokens that exist, as training does.
            for (int rank = 0; rank < random.Next(1, 40); rank++)
            {
                (int, int) pair = (random.Next(letters + rank), random.Next(letters + rank));
                merges[pair] = (rank, letters + rank);
                table.Add(pair.Item1, pair.Item2, rank, letters + rank);
            }
            int[] word = [.. Enumerable.Range(0, random.Next(0, 150)).Select(_ => random.Next(letters))];
            int[] ids = [.. word];
            int count = Merger.Merge(ids, table);
            CollectionAssert.AreEqual(MergeByDefinition(word, merges), ids[..count]);
        }
    }

    // Over and over: the pair of the lowest rank, of those the leftmost.
    private static List<int> MergeByDefinition(int[] word, Dictionary<(int, int), (int Rank, int Merged)> merges)
    {
        List<int> ids = [.. word];
        while (true)
        {
            int best = -1;
            for (int i = 0; i + 1 < ids.Count; i++)
                if (merges.TryGetValue((ids[i], ids[i + 1]), out var merge) && (best < 0 || merge.Rank < merges[(ids[best], ids[best + 1])].Rank))
                    best = i;
            if (best < 0)
                return ids;
            ids[best] = merges[(ids[best], ids[best + 1])].Merged;
            ids.RemoveAt(best + 1);
        }
    }
}
