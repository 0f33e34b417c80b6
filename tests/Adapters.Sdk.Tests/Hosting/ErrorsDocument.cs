using System.Text;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Fhir.Subscriptions;
using Keten.Client;
using Keten.Client.Pseudonyms;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.TestKit;
using YamlDotNet.Serialization;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>docs/errors.md, made from the code and the policy's register.</summary>
internal static class ErrorsDocument
{
    private const string Gateway = "gateway";
    private const string Adapter = "target's adapter";
    private const string Log = "gateway: reading the log";
    private const string Review = "gateway: break-glass review";

    /// <summary>Where each refusal arises; one that is not here fails the test.</summary>
    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal)
    {
        ["CERTIFICATE_REQUIRED"] = "gateway: connection", ["CERTIFICATE_NOT_ACCEPTED"] = "gateway: connection", ["PARTICIPANT_UNKNOWN"] = "gateway: connection",
        ["CERTIFICATE_NOT_PINNED"] = "gateway: connection", ["METADATA_MISSING"] = "gateway: purpose binding", ["METADATA_REPEATED"] = "gateway: purpose binding",
        ["METADATA_TOO_LONG"] = "gateway: purpose binding", ["METADATA_MALFORMED"] = "gateway: purpose binding", ["FACTS_INVALID"] = "gateway: purpose binding",
        ["PERSONAL_DATA_IN_METADATA"] = "gateway: decision log", ["TRANSACTION_ID_INVALID"] = "gateway: purpose binding",
        ["OPERATION_UNKNOWN"] = "gateway: purpose binding", ["TARGET_UNKNOWN"] = "gateway: purpose binding", ["TARGET_NOT_REACHABLE"] = "gateway: routing",
        ["DEADLINE_PASSED"] = "gateway: routing; target's adapter; client", ["POLICY_UNAVAILABLE"] = $"{Gateway}; {Adapter}",
        ["DECISION_LOG_UNAVAILABLE"] = "gateway: decision log", ["DECISION_MISSING"] = Adapter, ["DECISION_MISMATCH"] = Adapter, ["DECISION_EXPIRED"] = Adapter,
        ["DECISION_REPLAYED"] = Adapter, ["ASSERTION_CONTRADICTED"] = Adapter, ["FIELD_NOT_PERMITTED"] = "target's adapter: delivery",
        ["OPERATION_NOT_OFFERED"] = $"{Adapter}; gateway: its own services", ["SUBJECT_NOT_ASKED"] = "gateway: purpose binding",
        ["ORGANISATION_UNKNOWN"] = "gateway: directory", ["SEARCH_INVALID"] = "gateway: directory", ["SOURCE_UNAVAILABLE"] = Adapter, ["SUBSCRIPTION_ENDED"] = "target's adapter: subscription",
        ["POLICY_OBLIGATION_UNKNOWN"] = "gateway: decision", ["GATEWAY_NOT_READY"] = "gateway: decision", ["ACCESS_NOT_PERMITTED"] = Adapter, ["INTERNAL"] = $"{Gateway}; {Adapter}",
        ["LOG_ROLE_REQUIRED"] = Log, ["LOG_QUESTION_INVALID"] = Log, ["LOG_BUSY"] = Log, ["ERASURE_ROLE_REQUIRED"] = Log, ["SUBJECT_MUST_BE_KEPT"] = Log, ["REVIEW_INVALID"] = Review, ["REVIEW_DECISION_UNKNOWN"] = Review,
        ["REVIEW_NOT_BREAK_GLASS"] = Review, ["REVIEWER_OF_NEITHER"] = Review, ["REVIEWER_USED_IT"] = Review, ["REVIEWED_BEFORE"] = Review,
    };

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "docs", "errors.md");

    public static string Write()
    {
        var text = new StringBuilder("""
            # Errors

            Made by `ErrorsDocumentTests` from the code and `src/PolicyBundles/keten/data/reasons.yaml`; do not edit. After a change:
            `KETEN_UPDATE_DOCS=1 ./keten test --filter Adapters.Sdk`, and commit the difference.

            A refusal carries its code in `keten-reason` and in `google.rpc.ErrorInfo` (domain `keten`), with `decision_id` and `transaction_id`; the texts
            are in `google.rpc.LocalizedMessage`, in both languages. A code marked *replaced* would tell whether an organisation knows a person: the caller
            reads `ACCESS_NOT_PERMITTED`, the decision log has the code itself.


            """.ReplaceLineEndings("\n"));
        Table(text, "Gateway and adapter", Refusals.All.Select(r => Row(r, Places.GetValueOrDefault(r.Code)
            ?? throw new InvalidOperationException($"Say in {nameof(ErrorsDocument)} where {r.Code} arises."))));
        Table(text, "FHIR, before it is a question to the policy", FhirRefusals.All.Select(r => Row(r, "gateway: FHIR; target's adapter")));
        Table(text, "Policy", Policy());
        Table(text, "Local API of the adapter, to the organisation's own case system", [
            .. CaseSystemRefusals.All.Select(r => Row(r, "own adapter: local API")), .. SubscriptionRefusals.All.Select(r => Row(r, "own adapter: FHIR Subscription"))]);
        Table(text, "Client library", ClientRefusals.All.Select(r => Row(r, "client")));
        Table(text, "Evaluators of pseudonyms", [
            .. EvaluatorRefusals.All.Select(r => Row(r, "evaluator")), .. PseudonymRefusals.All.Select(r => Row(r, "client: pseudonyms"))]);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static IEnumerable<string> Policy()
    {
        var register = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Register>(
            File.ReadAllText(System.IO.Path.Combine(Repository.Root, "src/PolicyBundles/keten/data/reasons.yaml")));
        return register.Reasons.Select(r => Line(
            r.Key, IsAboutTheQuestion(r.Key) ? "InvalidArgument" : "PermissionDenied", r.Value.English, r.Value.Dutch,
            $"policy, {string.Join(", ", r.Value.Rules)}", r.Value.Disclosable ? "disclosed" : $"replaced by {register.Instead}"));
    }

    private static bool IsAboutTheQuestion(string code) => code == "INPUT_INVALID" || code.StartsWith("UNKNOWN_", StringComparison.Ordinal);

    private static string Row(Refusal refusal, string place) =>
        Line(refusal.Code, refusal.Status.ToString(), refusal.English, refusal.Dutch, place, "disclosed");

    private static string Line(params string[] cells) => $"| `{cells[0]}` | {string.Join(" | ", cells.Skip(1).Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    private static void Table(StringBuilder text, string title, IEnumerable<string> rows)
    {
        text.Append("## ").Append(title).Append("\n\n| Code | gRPC status | English | Nederlands | Where it arises | To the caller |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            text.Append(row).Append('\n');
        }

        text.Append('\n');
    }

    internal sealed class Register
    {
        [YamlMember(Alias = "instead")]
        public string Instead { get; set; } = "";

        [YamlMember(Alias = "reasons")]
        public Dictionary<string, Reason> Reasons { get; set; } = [];
    }

    internal sealed class Reason
    {
        [YamlMember(Alias = "rules")]
        public List<string> Rules { get; set; } = [];

        [YamlMember(Alias = "disclosable")]
        public bool Disclosable { get; set; } = true;

        [YamlMember(Alias = "nl")]
        public string Dutch { get; set; } = "";

        [YamlMember(Alias = "en")]
        public string English { get; set; } = "";
    }
}
