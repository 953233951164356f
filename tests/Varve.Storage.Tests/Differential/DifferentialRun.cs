using Varve.Arrow;
using Varve.Arrow.Tests.Model;

namespace Varve.Storage.Tests.Differential;

/// <summary>
/// One random life of an engine next to a model: appends, new columns, settings, flushes, compactions, rotations of every kind of key, checkpoints,
/// restarts and drops, in any order, while the background does what it wants. One thread.
/// </summary>
internal sealed class DifferentialRun(Random random, EngineHost host, Action<string> print)
{
    private readonly Dictionary<string, StreamModel> _models = [];
    private readonly Dictionary<string, long> _firstOffsets = [];
    private readonly List<(StreamView View, StreamPicture Picture)> _held = [];

    public async Task LiveAsync(int stepCount)
    {
        for (int step = 0; step < stepCount; step++)
        {
            string name = "s" + random.Next(3);
            if (!_models.TryGetValue(name, out StreamModel? model))
                await CreateAsync(name);
            else
                await StepAsync(name, model);
        }

        foreach ((string name, StreamModel model) in _models)
        {
            await host.Engine.FlushAsync(name);
            await host.Engine.CompactAsync(name);
            Check(name, model);
        }

        await ReopenAsync();
        foreach ((string name, StreamModel model) in _models)
            Check(name, model);
    }

    private async Task StepAsync(string name, StreamModel model)
    {
        switch (random.Next(28))
        {
            case 0:
                await DropAsync(name);
                break;
            case 1:
                await AddColumnsAsync(name, model);
                break;
            case 2:
                await SetAsync(name, model);
                break;
            case 3:
                await ReopenAsync();
                break;
            case 4 or 5:
                await host.Engine.FlushAsync(name);
                Assert.Equal(0, host.Engine.Describe(name).TailRowCount);
                break;
            case 6 or 7:
                await host.Engine.CompactAsync(name);
                break;
            case 8:
                _held.Add((host.Engine.OpenView(name), model.Snapshot()));
                break;
            case 9:
                Check(name, model);
                break;
            case 10 when _held.Count > 0:
                (StreamView view, StreamPicture picture) = _held[random.Next(_held.Count)];
                ViewCheck.Check(view, picture);
                break;
            case 11 or 12:
                await RotateAsync(name);
                break;
            case 13:
                await host.Engine.CheckpointAsync();
                break;
            default:
                await AppendAsync(name, model);
                break;
        }
    }

    private async Task RotateAsync(string name)
    {
        switch (random.Next(4))
        {
            case 0:
                await host.Engine.RotateRootKeyAsync();
                break;
            case 1:
                await host.Engine.RotateNodeKeyAsync();
                break;
            default:
                int before = host.Engine.ListKeys().Single(k => k.Stream == name && k.IsCurrent).Version;
                Assert.Equal(before + 1, await host.Engine.RotateStreamKeyAsync(name));
                break;
        }
    }

    private async Task CreateAsync(string name)
    {
        Schema schema = RandomTypes.NextSchema(random);
        await host.Engine.CreateStreamAsync(name, schema);
        _models[name] = new StreamModel(schema);
        _firstOffsets[name] = 0;
        print($"{name}: {schema}");
    }

    private async Task DropAsync(string name)
    {
        await host.Engine.DropStreamAsync(name);
        _models.Remove(name);
    }

    private async Task AppendAsync(string name, StreamModel model)
    {
        Field[] fields = [.. model.Schema.Fields.Where(f => !f.IsNullable || random.Next(8) > 0)];
        int rowCount = random.Next(3) == 0 ? random.Next(1, 2_000) : random.Next(0, 50);
        RecordBatch batch = RandomValues.Batch(random, new Schema(fields), rowCount, out _);
        AppendResult result = await host.Engine.AppendAsync(name, batch);
        Assert.Equal(model.RowCount, result.FirstOffset);
        model.Append(batch);
    }

    private async Task AddColumnsAsync(string name, StreamModel model)
    {
        if (model.Schema.Fields.Count > 12)
            return;
        Field[] added =
        [
            .. Enumerable.Range(0, random.Next(1, 3)).Select(i => new Field($"added {model.Schema.Fields.Count + i}", RandomTypes.Next(random))),
        ];
        await host.Engine.AddColumnsAsync(name, added);
        model.AddColumns(added);
    }

    private async Task SetAsync(string name, StreamModel model)
    {
        string[] sortable = [.. model.Schema.Fields.Where(f => f.Type.Children.Count == 0 && f.Type is not (NullType or IntervalType)).Select(f => f.Name)];
        await host.Engine.SetStreamSettingsAsync(name, new StreamSettings
        {
            ClusterBy = [.. sortable.OrderBy(_ => random.Next()).Take(random.Next(3))],
            RetainRows = random.Next(3) == 0 ? random.Next(1, 3_000) : null,
            RetainBytes = random.Next(6) == 0 ? random.Next(1, 50_000) : null,
            RetainFor = random.Next(3) == 0 ? TimeSpan.FromDays(1) : null,
        });
    }

    /// <summary>Views hold until the directory is opened again.</summary>
    private async Task ReopenAsync()
    {
        await host.CloseAsync();
        foreach ((StreamView view, StreamPicture picture) in _held)
            ViewCheck.Check(view, picture);
        _held.Clear();
        await host.OpenAsync();
    }

    private void Check(string name, StreamModel model)
    {
        StreamView view = host.Engine.OpenView(name);
        Assert.True(view.FirstOffset >= _firstOffsets[name], $"rows from {view.FirstOffset} on are back, {_firstOffsets[name]} was the first");
        _firstOffsets[name] = view.FirstOffset;
        ViewCheck.Check(view, model.Snapshot());
    }
}
