using System.Security.Cryptography;
using Google.Protobuf;
using Varve.Arrow;

namespace Varve.Server.FlightSql.Statements;

/// <summary>
/// The prepared statements of all clients, by handle. A handle is 16 random bytes, so it cannot be guessed, and it works on every connection, so a client
/// that reconnects keeps its statements. Bounded: an owner's least recently used statement makes room for a new one, and one that nobody used for
/// <see cref="IdleExpiry"/> is forgotten. Any thread.
/// </summary>
internal sealed class PreparedStatements(TimeProvider time, int countMaxPerOwner = PreparedStatements.DefaultCountMaxPerOwner)
{
    public const int DefaultCountMaxPerOwner = 1000;

    public static readonly TimeSpan IdleExpiry = TimeSpan.FromHours(1);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, LinkedListNode<PreparedStatement>> _byHandle = [];

    /// <summary>Each owner's statements, the least recently used first.</summary>
    private readonly Dictionary<string, LinkedList<PreparedStatement>> _byOwner = new(StringComparer.Ordinal);

    private DateTimeOffset _nextSweep = time.GetUtcNow() + SweepInterval;

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
            Sweep();
            if (!_byOwner.TryGetValue(owner, out LinkedList<PreparedStatement>? statements))
                _byOwner.Add(owner, statements = new LinkedList<PreparedStatement>());
            statement.LastUsed = time.GetUtcNow();
            _byHandle.Add(statement.Handle, statements.AddLast(statement));
            if (statements.Count > countMaxPerOwner)
                Forget(statements.First!);
        }

        return statement;
    }

    /// <summary>Null where the handle is unknown, closed or expired.</summary>
    public PreparedStatement? Find(ByteString handle)
    {
        lock (_lock)
        {
            if (!_byHandle.TryGetValue(handle, out LinkedListNode<PreparedStatement>? node))
                return null;
            DateTimeOffset now = time.GetUtcNow();
            if (now - node.Value.LastUsed > IdleExpiry)
            {
                Forget(node);
                return null;
            }

            node.Value.LastUsed = now;
            LinkedList<PreparedStatement> statements = node.List!;
            statements.Remove(node);
            statements.AddLast(node);
            return node.Value;
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

    /// <summary>Lists are in the order of use, so the expired ones of an owner stand first.</summary>
    private void Sweep()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now < _nextSweep)
            return;
        _nextSweep = now + SweepInterval;
        foreach (LinkedList<PreparedStatement> statements in _byOwner.Values.ToArray())
        {
            while (statements.First is { } oldest && now - oldest.Value.LastUsed > IdleExpiry)
                Forget(oldest);
        }
    }

    private void Forget(LinkedListNode<PreparedStatement> node)
    {
        LinkedList<PreparedStatement> statements = node.List!;
        _byHandle.Remove(node.Value.Handle);
        statements.Remove(node);
        if (statements.Count == 0)
            _byOwner.Remove(node.Value.Owner);
    }
}
