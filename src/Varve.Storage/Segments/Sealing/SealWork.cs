namespace Varve.Storage.Segments.Sealing;

/// <summary>All that the background does. For the service's thread.</summary>
internal sealed record SealWork(TailWork Tails, CompactionWork Compaction, RetentionWork Retention, KeyRetirement Keys);
