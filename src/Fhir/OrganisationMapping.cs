using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Fhir;

/// <summary>What is told of an organisation, wherever it stands: its type and whom to call.</summary>
internal static class OrganisationMapping
{
    /// <summary>The organisation of an involvement, to be contained in what is said of the involvement; null when nothing of it is told.</summary>
    /// <param name="item">The involvement.</param>
    /// <param name="oin">Empty when it is not told.</param>
    /// <param name="id">Within the resource that contains it.</param>
    /// <param name="masked">A name that is absent was kept back.</param>
    public static Organization? Of(Involvement item, string oin, string id, bool masked)
    {
        var organisation = new Organization { Id = id, Name = item.Organisation.Length > 0 ? item.Organisation : null };
        if (oin.Length > 0)
        {
            organisation.Identifier.Add(new Identifier(FhirNames.OinSystem, oin));
        }

        AddType(organisation, item.OrganisationType);
        organisation.AddField("department", FhirTexts.Of(item.Department));
        AddContact(organisation, item.ContactDesk, item.ContactPhone, item.ContactEmail);
        return NameIfAbsent(organisation, masked) ? organisation : null;
    }

    public static void AddType(Organization organisation, string type)
    {
        if (type.Length > 0)
        {
            organisation.Type.Add(new CodeableConcept(FhirNames.OrganisationTypeSystem, type));
        }
    }

    public static void AddContact(Organization organisation, string desk, string phone, string email)
    {
        if (desk.Length + phone.Length + email.Length > 0)
        {
            var contact = new Organization.ContactComponent { Name = desk.Length > 0 ? new HumanName { Text = desk } : null };
            contact.Telecom.AddRange(Telecoms(phone, email));
            organisation.Contact.Add(contact);
        }
    }

    /// <summary>Those that are told.</summary>
    public static IEnumerable<ContactPoint> Telecoms(string phone, string email)
    {
        if (phone.Length > 0)
        {
            yield return new ContactPoint { System = ContactPoint.ContactPointSystem.Phone, Value = phone };
        }

        if (email.Length > 0)
        {
            yield return new ContactPoint { System = ContactPoint.ContactPointSystem.Email, Value = email };
        }
    }

    /// <summary>R4 wants an organisation to have a name or an identifier. False when there is nothing to name.</summary>
    public static bool NameIfAbsent(Organization organisation, bool masked)
    {
        if (organisation.Name is null && organisation.Identifier.Count == 0)
        {
            if (organisation.Type.Count + organisation.Extension.Count + organisation.Contact.Count == 0)
            {
                return false;
            }

            organisation.NameElement = new FhirString().WithoutValue(masked);
        }

        return true;
    }
}
