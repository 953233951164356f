using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A producer to open; its name follows the rule already. Those that were not used for long are forgotten on the way.</summary>
internal sealed class PendingOpenProducer(string name) : PendingOperation
{
    private readonly TaskCompletionSource<ProducerSession> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(LogRecord Record, LogPosition Position)> _written = [];
    private ProducerSession _session;

    public Task<ProducerSession> Result => _result.Task;

    public override bool Stage(StagedState state)
    {
        try
        {
            foreach (ForgetProducerRecord idle in state.ForgetIdleProducers())
                _written.Add((idle, state.Write(idle)));
            (OpenProducerRecord open, _session) = state.OpenProducer(name);
            _written.Add((open, state.Write(open)));
            return true;
        }
        catch (StorageException refused)
        {
            Fail(refused);
            return _written.Count > 0;
        }
    }

    public override void Apply(StreamCatalog catalog)
    {
        foreach ((LogRecord record, LogPosition position) in _written)
            catalog.Apply(record, position);
    }

    public override void Complete() => _result.TrySetResult(_session);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
