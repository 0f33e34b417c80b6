using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Keten.Contracts.Catalogue;

/// <summary>
/// Takes every field that is not allowed off a message before it leaves the organisation. The plan is made once per (message, mask) and then only
/// walks the fields that must go. A field without options goes always.
/// </summary>
public sealed class FieldPruner
{
    private const int MaxFields = 64;

    // A caller chooses its own subset of the fields: what it can fill has an end.
    private const int MaxPlans = 4096;
    private static readonly ConcurrentDictionary<(Operation Operation, ulong Mask), FieldPruner> Plans = new();

    private readonly Plan _plan;

    private FieldPruner(Plan plan) => _plan = plan;

    /// <summary>The pruner for what this operation's data message may hold.</summary>
    /// <param name="operation">At most 64 fields; the register's largest category has 17.</param>
    /// <param name="fields">Catalogue names; names the message does not have are of no effect.</param>
    public static FieldPruner For(Operation operation, IReadOnlyList<string> fields)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(fields);
        if (operation.Fields.Count > MaxFields)
        {
            throw new NotSupportedException($"{operation.Path} has more than {MaxFields} fields; split its category.");
        }

        var mask = 0UL;
        for (var i = 0; i < operation.Fields.Count; i++)
        {
            if (Holds(fields, operation.Fields[i]))
            {
                mask |= 1UL << i;
            }
        }

        if (Plans.TryGetValue((operation, mask), out var known))
        {
            return known;
        }

        if (Plans.Count >= MaxPlans)
        {
            Plans.Clear();
        }

        return Plans.GetOrAdd((operation, mask), Make);
    }

    private static FieldPruner Make((Operation Operation, ulong Mask) key) => new(new Plan(
        key.Operation.DataMessage, [.. key.Operation.Fields.Where((_, i) => (key.Mask & (1UL << i)) != 0)]));

    /// <summary>Clears everything that is not allowed, in place.</summary>
    public void Prune(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _plan.Prune(message);
    }

    /// <summary>True when the message has a field set that is not allowed.</summary>
    public bool CarriesMore(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _plan.CarriesMore(message);
    }

    private static bool Holds(IReadOnlyList<string> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (string.Equals(fields[i], name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Plan
    {
        private static readonly ConcurrentDictionary<Type, Action<IMessage>> UnknownFields = new();
        private readonly IFieldAccessor[] _forbidden;
        private readonly Action<IMessage> _dropUnknown;
        private readonly (IFieldAccessor Accessor, bool Repeated, Plan Plan)[] _envelopes;

        public Plan(MessageDescriptor message, HashSet<string> allowed)
        {
            var fields = message.Fields.InDeclarationOrder();
            _dropUnknown = UnknownFields.GetOrAdd(message.ClrType, DropUnknown);
            _envelopes = [.. fields.Where(IsEnvelope).Select(f => (f.Accessor, f.IsRepeated, new Plan(f.MessageType, allowed)))];
            _forbidden = [.. fields.Where(f => !IsEnvelope(f) && !(OperationCatalogue.DataFieldName(f) is { } name && allowed.Contains(name)))
                .Select(f => f.Accessor)];
        }

        public void Prune(IMessage message)
        {
            _dropUnknown(message);
            foreach (var field in _forbidden)
            {
                field.Clear(message);
            }

            foreach (var (accessor, repeated, plan) in _envelopes)
            {
                var value = accessor.GetValue(message);
                if (repeated)
                {
                    foreach (IMessage item in (System.Collections.IEnumerable)value)
                    {
                        plan.Prune(item);
                    }
                }
                else if (value is IMessage item)
                {
                    plan.Prune(item);
                }
            }
        }

        public bool CarriesMore(IMessage message)
        {
            foreach (var field in _forbidden)
            {
                if (IsSet(field, message))
                {
                    return true;
                }
            }

            foreach (var (accessor, repeated, plan) in _envelopes)
            {
                var value = accessor.GetValue(message);
                var items = repeated ? ((System.Collections.IEnumerable)value).Cast<IMessage>() : value is IMessage item ? [item] : [];
                if (items.Any(plan.CarriesMore))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>
        /// What a source parsed from a newer schema travels along as unknown fields, which no mask knows. Protobuf drops them only while parsing, so the
        /// generated field is cleared itself; a generator that names it otherwise fails here, before anything is disclosed.
        /// </summary>
        private static Action<IMessage> DropUnknown(Type type)
        {
            var unknown = type.GetField("_unknownFields", BindingFlags.Instance | BindingFlags.NonPublic)
                ?? throw new NotSupportedException($"{type} keeps its unknown fields elsewhere than this version of the pruner knows.");
            var message = Expression.Parameter(typeof(IMessage));
            return Expression.Lambda<Action<IMessage>>(
                Expression.Assign(Expression.Field(Expression.Convert(message, type), unknown), Expression.Constant(null, unknown.FieldType)), message).Compile();
        }

        private static bool IsEnvelope(FieldDescriptor field) => field.FieldType == FieldType.Message && OperationCatalogue.IsEnvelope(field);

        private static bool IsSet(IFieldAccessor field, IMessage message) => field.Descriptor switch
        {
            { IsRepeated: true } => field.GetValue(message) is System.Collections.ICollection { Count: > 0 },
            { HasPresence: true } => field.HasValue(message),
            _ => field.GetValue(message) is not (null or "" or false or 0 or 0L or 0d),
        };
    }
}
