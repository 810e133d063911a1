#pragma warning disable
// Placeholder until the tokenizer house lands; it replaces this file.
namespace MoEQuant.Runtime.Tokenization;
public sealed class Tokenizer { public static Tokenizer FromJson(ReadOnlySpan<byte> t)=>new(); public int[] Encode(string s, bool a=true)=> s.Select(c=>(int)c-33).ToArray(); public string Decode(ReadOnlySpan<int> ids, bool s=true)=>string.Concat(ids.ToArray().Select(i=>(char)(i+33))); public StreamingDecoder CreateStreamingDecoder(bool s=true)=>new(); }
public sealed class StreamingDecoder { public string Append(int id)=>((char)(id+33)).ToString(); public string Flush()=>""; }
