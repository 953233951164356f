using System.Security.Cryptography;

namespace Varve.Server.FlightSql.Sessions;

/// <summary>
/// The sessions of all clients, by id: 16 random bytes, which cannot be guessed, and which only the owner that made it may use. Bounded by each
/// owner's number, where the least recently used one makes room, and by the time since the last use. Any thread.
/// </summary>
internal sealed class SessionStore(TimeProvider time, int countMaxPerOwner = SessionStore.DefaultCountMaxPerOwner)
{
    public const int DefaultCountMaxPerOwner = 1000;

    public static readonly TimeSpan IdleExpiry = TimeSpan.FromHours(1);

    private const int IdBytes = 16;

    private readonly Lock _lock = new();

    /// <summary>The least recently used first.</summary>
    private readonly LinkedList<Session> _byUse = [];
    private readonly Dictionary<string, LinkedListNode<Session>> _byId = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
                return _byId.Count;
        }
    }

    /// <summary>A new session; its id.</summary>
    public string Add(string owner, SessionValues values)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        lock (_lock)
        {
            ForgetIdle();
            if (_byUse.Count(s => s.Owner == owner) >= countMaxPerOwner)
                Forget(_byId[_byUse.First(s => s.Owner == owner).Id]);
            _byId.Add(id, _byUse.AddLast(new Session(id, owner) { Values = values, LastUsed = time.GetUtcNow() }));
        }

        return id;
    }

    /// <summary>Null where there is none of that id, or it is another owner's.</summary>
    public SessionValues? Find(string id, string owner) => Use(id, owner, values => values);

    /// <summary>Puts other values in the place of a session's; false where there is none.</summary>
    public bool Change(string id, string owner, Func<SessionValues, SessionValues> change) => Use(id, owner, change) is not null;

    public bool Remove(string id, string owner)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out LinkedListNode<Session>? node) || node.Value.Owner != owner)
                return false;
            Forget(node);
            return true;
        }
    }

    private SessionValues? Use(string id, string owner, Func<SessionValues, SessionValues> change)
    {
        lock (_lock)
        {
            ForgetIdle();
            if (!_byId.TryGetValue(id, out LinkedListNode<Session>? node) || node.Value.Owner != owner)
                return null;
            node.Value.LastUsed = time.GetUtcNow();
            node.Value.Values = change(node.Value.Values);
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Values;
        }
    }

    private void ForgetIdle()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_byUse.First is { } oldest && now - oldest.Value.LastUsed > IdleExpiry)
            Forget(oldest);
    }

    private void Forget(LinkedListNode<Session> node)
    {
        _byUse.Remove(node);
        _byId.Remove(node.Value.Id);
    }

    private sealed class Session(string id, string owner)
    {
        public string Id { get; } = id;

        public string Owner { get; } = owner;

        public required SessionValues Values { get; set; }

        public required DateTimeOffset LastUsed { get; set; }
    }
}
