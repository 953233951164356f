using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Cli.Append;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;
using Producer = Varve.Client.Producer;

namespace Varve.Cli.Copy;

/// <summary>
/// Makes a stream of one node the same on another: row N of the source becomes row N of the copy. Each batch is appended once, by a producer, and only
/// where the copy ends at the offset of its first row, so where the copy ends is how far it is: it goes on from there after any failure, of this
/// program too, and does nothing to a copy that others append to. One caller.
/// </summary>
internal sealed class StreamCopy(VarveClient from, VarveClient to, string source, string target, RowProgress progress)
{
    /// <summary>Where the copy ends.</summary>
    public long EndOffset { get; private set; }

    /// <summary>Rows that were there when it began.</summary>
    public long RowsBefore { get; private set; }

    public bool Created { get; private set; }

    /// <summary>Copies until nothing is left that was there when it last looked, or, following, until it is cancelled: no failure then.</summary>
    public async Task RunAsync(bool follow, CancellationToken cancellation)
    {
        StreamDescription description = await from.DescribeStreamAsync(source, cancellation);
        await PrepareAsync(description, cancellation);
        await using Producer producer = await to.OpenProducerAsync($"copy of {description.Id}", cancellation: cancellation);
        try
        {
            while (true)
            {
                // Rows before an end that was seen together with a schema have no column that is not in it.
                await FitColumnsAsync(description, cancellation);
                await CopyUpToAsync(description, producer, cancellation);
                StreamDescription now = await from.DescribeStreamAsync(source, cancellation);
                if (now.Id != description.Id)
                {
                    throw new CliException(
                        $"stream '{source}' was dropped and made anew while it was copied; '{target}' has its rows up to offset {EndOffset}");
                }

                description = now;
                if (description.EndOffset > EndOffset)
                    continue;
                if (!follow)
                    return;
                await WaitForMoreAsync(cancellation);
                description = await from.DescribeStreamAsync(source, cancellation);
            }
        }
        catch (OperationCanceledException) when (follow && cancellation.IsCancellationRequested)
        {
            // Switched over: what was sent is answered before the copy is left.
            await producer.FlushAsync(CancellationToken.None);
            EndOffset = (await to.DescribeStreamAsync(target, CancellationToken.None)).EndOffset;
        }
    }

    private async Task PrepareAsync(StreamDescription description, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is not { } copy)
        {
            if (description.FirstOffset > 0)
                throw Gone(description.FirstOffset, 0);
            copy = (await to.CreateStreamAsync(
                target, SchemaMessage.Decode(description.ArrowSchema.Span), description.Settings, ifNotExists: true, cancellation)).Stream;
            Created = true;
        }

        EndOffset = RowsBefore = copy.EndOffset;
        if (EndOffset > description.EndOffset)
        {
            throw new CliException(
                $"stream '{target}' ends at offset {EndOffset}, '{source}' at {description.EndOffset}: it is no copy of it, or was appended to");
        }

        if (EndOffset < description.FirstOffset)
            throw Gone(description.FirstOffset, EndOffset);
    }

    private async Task<StreamDescription?> FindAsync(CancellationToken cancellation)
    {
        try
        {
            return await to.DescribeStreamAsync(target, cancellation);
        }
        catch (VarveException e) when (e.Code == ErrorCode.StreamNotFound)
        {
            return null;
        }
    }

    /// <summary>Adds what was added to the source's columns.</summary>
    private async Task FitColumnsAsync(StreamDescription description, CancellationToken cancellation)
    {
        Schema wanted = SchemaMessage.Decode(description.ArrowSchema.Span);
        Schema found = SchemaMessage.Decode((await to.DescribeStreamAsync(target, cancellation)).ArrowSchema.Span);
        int same = found.Fields.Zip(wanted.Fields).TakeWhile(f => f.First.Equals(f.Second)).Count();
        if (same < found.Fields.Count)
        {
            Field other = found.Fields[same];
            string there = same < wanted.Fields.Count ? wanted.Fields[same].ToString()! : "nothing";
            throw new CliException($"stream '{target}' is no copy of '{source}': its column {same + 1} is {other}, where the source has {there}");
        }

        if (wanted.Fields.Count > same)
            await to.AddColumnsAsync(target, [.. wanted.Fields.Skip(same)], cancellation);
    }

    private async Task CopyUpToAsync(StreamDescription description, Producer producer, CancellationToken cancellation)
    {
        progress.Expect(description.EndOffset - RowsBefore);
        if (EndOffset >= description.EndOffset)
            return;
        var options = new ReadOptions
        {
            FromOffset = EndOffset,
            ToOffset = description.EndOffset,
            Columns = [.. description.Schema.Columns_.Select(c => c.Name)],
        };
        var waiting = new AckQueue(Acknowledged);
        long next = EndOffset;
        await foreach (StreamRows rows in from.ReadAsync(source, options, cancellation))
        {
            if (rows.Rows.RowCount == 0)
                continue;
            if (rows.FirstOffset != next)
                throw Gone(rows.FirstOffset, next);
            await waiting.AddAsync(await producer.AppendAsync(target, rows.Rows, next, cancellation));
            next += rows.Rows.RowCount;
        }

        await waiting.FinishAsync(cancellation);
    }

    private void Acknowledged(AppendAck ack)
    {
        EndOffset = ack.FirstOffset + ack.RowCount;
        progress.Add(ack.RowCount);
    }

    private async Task WaitForMoreAsync(CancellationToken cancellation)
    {
        var options = new ReadOptions { FromOffset = EndOffset, Follow = true, MaxRows = 1, Columns = ["_offset"] };
        await foreach (StreamRows rows in from.ReadAsync(source, options, cancellation))
        {
            if (rows.Rows.RowCount > 0)
                return;
        }
    }

    private CliException Gone(long first, long wanted) => new(
        $"stream '{source}' holds its rows from offset {first} on, and the copy needs them from {wanted} on for offsets to stay the same: "
        + "its settings let older rows go. Export and append what is left, where offsets may change");
}
