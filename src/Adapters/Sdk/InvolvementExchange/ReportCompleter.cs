using System.Globalization;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Fills in what the case system need not know of: organisation, type, match desk, dates, status. Only fields the register has for the
/// operation (an update may not carry the organisation), and only those asked for when the report names fields.
/// </summary>
internal sealed class ReportCompleter(IOptions<InvolvementExchangeOptions> options, TimeProvider time)
{
    /// <summary>A copy, complete.</summary>
    public Involvement Complete(ReportInvolvementRequest request, string involvementId)
    {
        var involvement = request.Involvement?.Clone() ?? new Involvement();
        var wanted = request.Fields.Count == 0 ? null : request.Fields;
        var today = DateOnly.FromDateTime(time.GetLocalNow().DateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        // These are never the case system's to say.
        involvement.ClearInvolvementId();
        involvement.ClearOrganisation();
        involvement.ClearOrganisationType();
        Fill("involvement_id", i => i.InvolvementId = involvementId);
        switch (request.Change)
        {
            case Change.Started:
                Fill("organisation", i => i.Organisation = options.Value.OrganisationName);
                Fill("organisation_type", i => i.OrganisationType = options.Value.OrganisationType);
                Default("contact_desk", involvement.HasContactDesk, options.Value.ContactDefaults.Desk, (i, value) => i.ContactDesk = value);
                Default("contact_phone", involvement.HasContactPhone, options.Value.ContactDefaults.Phone, (i, value) => i.ContactPhone = value);
                Default("contact_email", involvement.HasContactEmail, options.Value.ContactDefaults.Email, (i, value) => i.ContactEmail = value);
                Default("started_on", involvement.HasStartedOn, today, (i, value) => i.StartedOn = value);
                Default("status", involvement.HasStatus, "active", (i, value) => i.Status = value);
                break;
            case Change.Ended:
                Default("ended_on", involvement.HasEndedOn, today, (i, value) => i.EndedOn = value);
                Default("status", involvement.HasStatus, "ended", (i, value) => i.Status = value);
                break;
        }

        return involvement;

        void Fill(string field, Action<Involvement> set)
        {
            if (wanted?.Contains(field) != false)
            {
                set(involvement);
            }
        }

        void Default(string field, bool isSet, string? value, Action<Involvement, string> set)
        {
            if (!isSet && value is not null)
            {
                Fill(field, i => set(i, value));
            }
        }
    }
}
