using System.Diagnostics.CodeAnalysis;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Keten.Gateway.Tests.Pipeline;
using Keten.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Tests.Purpose;

public sealed class PurposeBindingTests
{
    private readonly PurposeBinding _binding = new(OperationCatalogue.Current, new TheRegistry(), new OwnParticipant(() => TheGateway));

    private static readonly Oin TheGateway = Oin.Parse("00000099000000000009");

    [Fact]
    public void Binds_everything_the_caller_said_and_nothing_else()
    {
        var id = UuidV7.Create(Calls.Moment);
        var call = Asking(h =>
        {
            h[KetenHeaders.Case] = "zaak-1";
            h[KetenHeaders.Fields] = "street, city";
            h[KetenHeaders.Facts] = """{"subject_age": 9}""";
            h[KetenHeaders.Justification] = "Jos%C3%A9 is in gevaar";
            h[KetenHeaders.TransactionId] = id;
        });
        Assert.Null(_binding.Bind(call));
        Assert.Equal(("naw-hergebruik", "med-4711", "wijkcoach", "zaak-1", id), (call.Purpose, call.Actor, call.ActorRole, call.CaseReference, call.TransactionId));
        Assert.Equal((Calls.Gemeente, (Pseudonym?)Calls.Child, Calls.Operation), (call.Target, call.Subject, call.Operation!.Path));
        Assert.Equal(["street", "city"], call.RequestedFields);
        Assert.Equal(9, call.Facts.SubjectAge);
        Assert.Equal("Jos\u00e9 is in gevaar", call.Justification);
        Assert.Null(call.Decision);
    }

    [Fact]
    public void Makes_a_transaction_id_when_the_caller_has_none()
    {
        var call = Asking();
        Assert.Null(_binding.Bind(call));
        Assert.True(UuidV7.IsValid(call.TransactionId));
        Assert.Null(call.RequestedFields);
    }

    [Theory]
    [InlineData(KetenHeaders.TransactionId, "0x8f3a5e-7b2c-7def-8123-456789abcdef", "TRANSACTION_ID_INVALID")]
    [InlineData(KetenHeaders.TransactionId, "018F3A5E-7B2C-7DEF-8123-456789ABCDEF", "TRANSACTION_ID_INVALID")]
    [InlineData(KetenHeaders.Subject, "", "METADATA_MISSING")]
    [InlineData(KetenHeaders.Subject, "999912112", "METADATA_MALFORMED")]
    [InlineData(KetenHeaders.Target, "00000099000000009999", "TARGET_UNKNOWN")]
    [InlineData(KetenHeaders.Target, "0000", "METADATA_MALFORMED")]
    [InlineData(KetenHeaders.Fields, "street,,city", "METADATA_MALFORMED")]
    [InlineData(KetenHeaders.Fields, "street;city", "METADATA_MALFORMED")]
    [InlineData(KetenHeaders.Facts, """{"consent": "\ud800"}""", "FACTS_INVALID")]
    [InlineData(KetenHeaders.Facts, """{"consent": "given"},{"consent": "given"}""", "FACTS_INVALID")]
    public void What_is_not_of_its_form_is_refused_with_its_own_code(string header, string value, string code) =>
        Assert.Equal(code, _binding.Bind(Asking(h => h[header] = value))?.Code);

    [Fact]
    public void More_than_64_fields_are_refused() =>
        Assert.Equal("METADATA_MALFORMED", _binding.Bind(Asking(h => h[KetenHeaders.Fields] = string.Join(',', Enumerable.Repeat("a", 65))))?.Code);

    [Fact]
    public void A_refused_transaction_id_is_not_kept_to_be_said_back()
    {
        var call = Asking(h => h[KetenHeaders.TransactionId] = "999912112");
        Assert.Equal("TRANSACTION_ID_INVALID", _binding.Bind(call)?.Code);
        Assert.Equal("", call.TransactionId);
    }

    [Fact]
    public void A_header_of_any_kind_sent_twice_is_refused()
    {
        string[] once =
        [
            KetenHeaders.Purpose, KetenHeaders.Target, KetenHeaders.Subject, KetenHeaders.Actor, KetenHeaders.ActorRole, KetenHeaders.Case, KetenHeaders.Facts,
            KetenHeaders.Fields, KetenHeaders.Justification, KetenHeaders.TransactionId,
        ];
        Assert.All(once, name => Assert.Equal("METADATA_REPEATED", _binding.Bind(Asking(h => h[name] = new StringValues(["a", "a"])))?.Code));
    }

    [Fact]
    public void A_method_that_is_not_in_the_catalogue_is_refused() =>
        Assert.Equal("OPERATION_UNKNOWN", _binding.Bind(Asking(path: "/keten.adapter.v1.CaseSystemService/GetPseudonym"))?.Code);

    [Fact]
    public void The_refusal_of_facts_says_what_was_expected_and_never_what_was_sent()
    {
        var refused = _binding.Bind(Asking(h => h[KetenHeaders.Facts] = """{"consent": "Jan Jansen"}"""))!;
        Assert.Contains("consent", refused.English, StringComparison.Ordinal);
        Assert.DoesNotContain("Jansen", refused.English + refused.Dutch, StringComparison.Ordinal);
    }

    private static Call Asking(Action<IHeaderDictionary>? change = null, string path = Calls.Operation)
    {
        var http = Calls.Grpc();
        http.Request.Path = path;
        var headers = http.Request.Headers;
        headers[KetenHeaders.Purpose] = "naw-hergebruik";
        headers[KetenHeaders.Target] = Calls.Gemeente.Oin.Value;
        headers[KetenHeaders.Subject] = Calls.Child.Value;
        headers[KetenHeaders.Actor] = "med-4711";
        headers[KetenHeaders.ActorRole] = "wijkcoach";
        change?.Invoke(headers);
        return new Call(http, UuidV7.Create(Calls.Moment), Calls.Moment);
    }

    private sealed class TheRegistry : IParticipantRegistry
    {
        public IReadOnlyCollection<Participant> All => [Calls.Gemeente];

        public bool TryGet(Oin oin, [MaybeNullWhen(false)] out Participant participant) => (participant = oin == Calls.Gemeente.Oin ? Calls.Gemeente : null) is not null;

        public IChangeToken GetReloadToken() => new Microsoft.Extensions.Primitives.CancellationChangeToken(CancellationToken.None);
    }
}
