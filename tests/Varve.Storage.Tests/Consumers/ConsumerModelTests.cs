using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Consumers;

/// <summary>Random lives of a consumer next to <see cref="ConsumerModel"/>.</summary>
public class ConsumerModelTests(ITestOutputHelper output)
{
    private const int DeliveriesMax = 3;
    private const int RowsInFlightMax = 60;

    [Fact]
    public async Task Whatever_members_do_a_consumer_does_what_a_plain_model_says()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 6; run++)
        {
            StepTime time = new();
            await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = time, Compacts = false });
            await new Life(new Random(seed + run), host, time).RunAsync(250);
        }
    }

    private sealed class Life(Random random, EngineHost host, StepTime time)
    {
        private readonly ConsumerModel _model = new();
        private readonly Dictionary<long, string> _leases = [];
        private TimeSpan _now;
        private int _epoch;

        public async Task RunAsync(int stepCount)
        {
            await host.Engine.CreateStreamAsync("s", Rows.Schema);
            ConsumerSettings settings = new()
            {
                AckTimeout = TimeSpan.FromSeconds(10),
                DeliveriesMax = DeliveriesMax,
                DeadLetterStream = "dead",
                RowsInFlightMax = RowsInFlightMax,
            };
            _epoch = (await host.Engine.CreateConsumerAsync("s", "c", settings, ConsumerStart.Earliest)).Epoch;
            for (int step = 0; step < stepCount; step++)
            {
                await StepAsync();
                Check();
            }

            await host.ReopenAsync();
            _model.Restart();
            Check();
        }

        private async Task StepAsync()
        {
            switch (random.Next(20))
            {
                case 0 or 1:
                    int count = random.Next(1, 60);
                    await host.Engine.AppendAsync("s", Rows.Range(_model.Rows.Count, count));
                    _model.Append(count);
                    break;
                case < 10:
                    Take("m" + random.Next(4), random.Next(1, 30));
                    break;
                case < 14:
                    await AcknowledgeAsync();
                    break;
                case < 16:
                    await RejectAsync();
                    break;
                case 16:
                    await AdvanceAsync(TimeSpan.FromSeconds(random.Next(1, 12)));
                    break;
                case 17:
                    ReleaseOrExtend();
                    break;
                case 18 when random.Next(3) == 0:
                    await TrimAsync();
                    break;
                case 19 when random.Next(3) == 0:
                    if (random.Next(2) == 0)
                        await host.Engine.CheckpointAsync();
                    await host.ReopenAsync();
                    _model.Restart();
                    _leases.Clear();
                    break;
                default:
                    break;
            }
        }

        private void Take(string member, int rowsMax)
        {
            ConsumerLease? lease = host.Engine.TryLease("s", "c", member, rowsMax);
            _model.Take(lease, member, rowsMax, _now, RowsInFlightMax, DeliveriesMax);
            if (lease is not null)
                _leases.Add(lease.Id, member);
        }

        private async Task AcknowledgeAsync()
        {
            int from = random.Next(_model.Rows.Count + 1);
            OffsetRange range = new(from, Math.Min(_model.Rows.Count, from + random.Next(40)));
            long count = await host.Engine.AcknowledgeAsync("s", "c", _epoch, [range]);
            Assert.Equal(_model.Acknowledge(range), count);
        }

        private async Task RejectAsync()
        {
            if (Draw() is not { } lease)
                return;
            int[] rows = RowsOf(lease.Key);
            int from = random.Next(rows.Length);
            int count = random.Next(1, rows.Length - from + 1);
            OffsetRange range = new(rows[from], rows[from] + count);
            TimeSpan delay = TimeSpan.FromSeconds(random.Next(3));
            await host.Engine.RejectAsync("s", "c", lease.Value, lease.Key, [range], delay);
            _model.Fail(rows.Where(r => r >= range.From && r < range.End), delay > TimeSpan.Zero ? _now + delay : null, DeliveriesMax);
            foreach (int row in rows.Where(r => r >= range.From && r < range.End && _model.Rows[r].IsDone))
                Assert.Null(_model.Rows[row].RestsUntil);
        }

        private void ReleaseOrExtend()
        {
            if (Draw() is not { } lease)
                return;
            bool releases = random.Next(2) == 0;
            if (releases)
                host.Engine.ReleaseLeases("s", "c", lease.Value, [lease.Key]);
            else
                host.Engine.ExtendLease("s", "c", lease.Value, lease.Key, TimeSpan.FromSeconds(20));
            foreach (int row in RowsOf(lease.Key))
                (_model.Rows[row].LeaseId, _model.Rows[row].EndsAt) = (releases ? null : lease.Key, _now + TimeSpan.FromSeconds(20));
        }

        private async Task AdvanceAsync(TimeSpan by)
        {
            _now += by;
            _model.Advance(_now, DeliveriesMax);
            long failed = host.Engine.DescribeConsumer("s", "c").FailedRowCount;
            time.Advance(by);

            // What ran out is put on record in the background.
            long leased = _model.Rows.Count(r => r.LeaseId is not null);
            while (host.Engine.DescribeConsumer("s", "c") is var c
                && (c.LeasedRowCount != leased || c.RetriedRowCount != Retried || c.DeadRowCount != _model.Dead.Count))
                await Task.Yield();
            Assert.True(host.Engine.DescribeConsumer("s", "c").FailedRowCount >= failed);
        }

        private async Task TrimAsync()
        {
            await host.Engine.FlushAsync("s");
            long[] ends = [.. host.Engine.CatalogHead.Find("s").Head.Segments.Select(s => s.FirstOffset + s.RowCount)];
            if (ends.Length == 0)
                return;
            long first = ends[random.Next(ends.Length)];
            await host.Engine.SegmentChanges.TrimAsync(host.Engine.CatalogHead.Find("s"), first);
            _model.Trim(first);
        }

        private long Retried => _model.Rows.Count(r => !r.IsDone && r.FailureCount > 0);

        private KeyValuePair<long, string>? Draw()
        {
            KeyValuePair<long, string>[] live = [.. _leases.Where(l => _model.Rows.Any(r => r.LeaseId == l.Key))];
            return live.Length == 0 ? null : live[random.Next(live.Length)];
        }

        private int[] RowsOf(long leaseId) => [.. Enumerable.Range(0, _model.Rows.Count).Where(i => _model.Rows[i].LeaseId == leaseId)];

        private void Check()
        {
            ConsumerDescription found = host.Engine.DescribeConsumer("s", "c");
            long[] open = [.. Enumerable.Range(0, _model.Rows.Count).Where(i => !_model.Rows[i].IsDone).Select(i => (long)i)];
            Assert.Equal(open.Length == 0 ? _model.Rows.Count : open[0], found.Offset);
            Assert.Equal(open.Length, found.LagRowCount);
            Assert.Equal((_model.Acknowledged, _model.Dead.Count, _model.Missed), (found.AcknowledgedRowCount, found.DeadRowCount, found.MissedRowCount));
            Assert.Equal(Retried, found.RetriedRowCount);
            Assert.Equal(found.Offset + found.DoneAbove.Sum(r => r.RowCount), found.AcknowledgedRowCount + found.DeadRowCount + found.MissedRowCount);
            Assert.All(found.DoneAbove, range => Assert.DoesNotContain(open, o => o >= range.From && o < range.End));
            long[] dead = [.. host.Engine.OpenView("dead").Column("source_offset").Cast<long>().Order()];
            Assert.Equal(_model.Dead.Select(o => (long)o).Order(), dead);
        }
    }
}
