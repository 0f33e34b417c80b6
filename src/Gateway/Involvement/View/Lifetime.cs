using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.View;

/// <summary>Rule M6 in days: when an involvement ends by itself, when its organisation is reminded, when the index forgets it.</summary>
internal static class Lifetime
{
    /// <summary>Without a word from its organisation (domain.md section 7).</summary>
    public const int ConfirmationDays = 180;

    /// <summary>Our choice: two weeks to confirm or to end.</summary>
    public const int ReminderDays = 14;

    /// <summary>How long is known that something was forgotten: as long as the broker itself may keep the tombstone, with the same key.</summary>
    public const int RememberedDays = 8;

    private const ushort Never = ushort.MaxValue;

    // By the day it became active: asked for every record that is read.
    private static readonly ushort[] LeadDue = new ushort[ushort.MaxValue + 1];

    /// <summary>The first day on which something has to be done about it.</summary>
    public static ushort DueOf(in InvolvementRow row)
    {
        if (row.Has(RowFlags.Forgotten))
        {
            return Later(row.AuthorisedOn, RememberedDays);
        }

        if (!row.Has(RowFlags.Active))
        {
            return Later(row.AuthorisedOn, InvolvementRules.KeptDays);
        }

        return Math.Min(EndOf(row).Day, Math.Min(ReminderOf(row), LeadDueOf(row)));
    }

    /// <summary>The day on which its organisation is told that it ends soon.</summary>
    public static ushort ReminderOf(in InvolvementRow row) =>
        row.Has(RowFlags.Invitation | RowFlags.Convener | RowFlags.Reminded) ? Never : Earlier(EndOf(row).Day, ReminderDays);

    /// <summary>The day on which it ends if nothing is reported, and why.</summary>
    public static (ushort Day, EndReason Reason) EndOf(in InvolvementRow row)
    {
        var end = (Day: Later(row.AuthorisedOn, ConfirmationDays), Reason: EndReason.NotConfirmed);
        if (row.AgeLimitOn is > 0 and var age && age <= end.Day)
        {
            end = (age, EndReason.Age);
        }

        return row.EndedOn is > 0 and var ended && ended <= end.Day ? (ended, EndReason.EndedOn) : end;
    }

    /// <summary>Rule M7: the day on which the question who has the lead must have been answered, if this involvement made the first match.</summary>
    public static ushort LeadDueOf(in InvolvementRow row)
    {
        const RowFlags NotAsked = RowFlags.LeadChecked | RowFlags.LeadEscalated | RowFlags.Invitation | RowFlags.Convener;
        if (row.Has(NotAsked) || !row.Has(RowFlags.Active))
        {
            return Never;
        }

        ref var due = ref LeadDue[row.ActiveSince];
        return due > 0 ? due : due = Later(PackedDay.Of(LeadAnswerBy(row.ActiveSince)), 1);
    }

    /// <summary>The last day to answer the question of that day.</summary>
    public static DateOnly LeadAnswerBy(ushort asked) => WorkingDays.After(PackedDay.ToDate(asked), WorkingDays.LeadAnswer);

    private static ushort Later(ushort day, int days) => (ushort)Math.Min(day + days, Never);

    private static ushort Earlier(ushort day, int days) => (ushort)Math.Max(day - days, 1);
}
