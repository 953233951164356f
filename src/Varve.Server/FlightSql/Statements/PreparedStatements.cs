using System.Security.Cryptography;
using Google.Protobuf;
using Varve.Arrow;

namespace Varve.Server.FlightSql.Statements;

/// <summary>
/// The prepared statements of all clients, by handle. A handle is 16 random bytes, so it cannot be guessed, and it works on every connection, so a
/// client that reconnects keeps its statements. Bounded in three ways, in each of which the least recently used statement is forgotten first: each
/// owner's number, the memory of all, and the time since the last use. Any thread.
/// </summary>
internal sealed class PreparedStatements(
    TimeProvider time,
    int countMaxPerOwner = PreparedStatements.DefaultCountMaxPerOwner,
    long bytesMax = PreparedStatements.DefaultBytesMax)
{
    public const int DefaultCountMaxPerOwner = 1000;
    public const long DefaultBytesMax = 128L << 20;

    public static readonly TimeSpan IdleExpiry = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    /// <summary>The least recently used first.</summary>
    private readonly LinkedList<PreparedStatement> _byUse = [];
    private readonly Dictionary<ByteString, LinkedListNode<PreparedStatement>> _byHandle = [];
    private readonly Dictionary<string, int> _countByOwner = new(StringComparer.Ordinal);
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock)
                return _byHandle.Count;
        }
    }

    public PreparedStatement Add(string owner, string sql, Schema? parameterSchema)
    {
        var statement = new PreparedStatement(ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)), owner, sql, parameterSchema);
        lock (_lock)
        {
            int count = _countByOwner.GetValueOrDefault(owner);
            if (count == countMaxPerOwner)
                Forget(_byHandle[_byUse.First(s => s.Owner == owner).Handle]);
            _countByOwner[owner] = _countByOwner.GetValueOrDefault(owner) + 1;
            _byHandle.Add(statement.Handle, _byUse.AddLast(statement));
            _bytes += statement.SizeBytes;
            statement.LastUsed = time.GetUtcNow();
            Trim(statement);
        }

        return statement;
    }

    /// <summary>Null where the handle is unknown, closed or forgotten.</summary>
    public PreparedStatement? Find(ByteString handle)
    {
        lock (_lock)
        {
            ForgetIdle();
            if (!_byHandle.TryGetValue(handle, out LinkedListNode<PreparedStatement>? node))
                return null;
            node.Value.LastUsed = time.GetUtcNow();
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value;
        }
    }

    /// <summary>
    /// Keeps values for a statement's parameters instead of those that it had. A statement that was forgotten meanwhile keeps them for whoever holds
    /// it.
    /// </summary>
    /// <param name="statement">One that was found here.</param>
    /// <param name="values">Null: none.</param>
    /// <param name="sizeBytes">What the values take.</param>
    public void Bind(PreparedStatement statement, RecordBatch? values, long sizeBytes)
    {
        lock (_lock)
        {
            statement.Bound = values;
            if (!_byHandle.ContainsKey(statement.Handle))
                return;
            long size = (statement.Sql.Length * sizeof(char)) + sizeBytes;
            _bytes += size - statement.SizeBytes;
            statement.SizeBytes = size;
            Trim(statement);
        }
    }

    /// <summary>False where there was no such statement.</summary>
    public bool Remove(ByteString handle)
    {
        lock (_lock)
        {
            if (!_byHandle.TryGetValue(handle, out LinkedListNode<PreparedStatement>? node))
                return false;
            Forget(node);
            return true;
        }
    }

    private void Trim(PreparedStatement kept)
    {
        ForgetIdle();
        while (_bytes > bytesMax && _byUse.First is { } oldest && oldest.Value != kept)
            Forget(oldest);
    }

    private void ForgetIdle()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_byUse.First is { } oldest && now - oldest.Value.LastUsed > IdleExpiry)
            Forget(oldest);
    }

    private void Forget(LinkedListNode<PreparedStatement> node)
    {
        PreparedStatement statement = node.Value;
        _byUse.Remove(node);
        _byHandle.Remove(statement.Handle);
        _bytes -= statement.SizeBytes;
        if (--_countByOwner[statement.Owner] == 0)
            _countByOwner.Remove(statement.Owner);
    }
}
