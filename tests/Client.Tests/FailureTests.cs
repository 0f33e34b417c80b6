using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client.Tests;

public sealed class FailureTests
{
    [Fact]
    public void A_refusal_of_the_federation_keeps_its_code_texts_and_ids()
    {
        var failure = Failure.From(Refused(StatusCode.PermissionDenied, "keten"));
        Assert.Equal(("CALLER_NOT_INVOLVED", StatusCode.PermissionDenied), (failure.ReasonCode, failure.Status));
        Assert.Equal(("Niet betrokken.", "d-1", "t-1"), (failure.DutchMessage, failure.DecisionId, failure.TransactionId));
        Assert.Contains("Not involved.", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTransient);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, "GATEWAY_NOT_REACHABLE", true)]
    [InlineData(StatusCode.DeadlineExceeded, "DEADLINE_PASSED", true)]
    [InlineData(StatusCode.Internal, "INTERNAL", false)]
    [InlineData(StatusCode.Unknown, "INTERNAL", false)]
    [InlineData(StatusCode.PermissionDenied, "INTERNAL", false)]
    public void Without_details_it_is_nobody_of_the_federation(StatusCode status, string code, bool transient)
    {
        var failure = Failure.From(new RpcException(new Grpc.Core.Status(status, "Jan Jansen, 999912112")));
        Assert.Equal((code, status, transient), (failure.ReasonCode, failure.Status, failure.IsTransient));
        Assert.DoesNotContain("Jansen", failure.Message + failure.DutchMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_of_another_domain_are_not_the_federations() =>
        Assert.Equal("INTERNAL", Failure.From(Refused(StatusCode.PermissionDenied, "example.org")).ReasonCode);

    [Fact]
    public void A_failed_handshake_is_a_gateway_that_cannot_be_reached()
    {
        var failure = Failure.From(new RpcException(new Grpc.Core.Status(StatusCode.Internal, "x", new HttpRequestException("handshake"))));
        Assert.Equal(("GATEWAY_NOT_REACHABLE", true), (failure.ReasonCode, failure.IsTransient));
    }

    [Fact]
    public void Details_that_cannot_be_read_are_none()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", new byte[] { 0xff, 0xff } } };
        Assert.Equal("GATEWAY_NOT_REACHABLE", Failure.From(new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "x"), trailers)).ReasonCode);
    }

    [Fact]
    public void A_refusal_without_a_Dutch_text_or_ids_is_told_in_English()
    {
        var status = new Google.Rpc.Status { Code = 7, Details = { Any.Pack(new ErrorInfo { Domain = "keten", Reason = "X" }) } };
        var failure = Failure.From(new RpcException(new Grpc.Core.Status(StatusCode.PermissionDenied, "No."), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } }));
        Assert.Equal(("X", "No.", "", ""), (failure.ReasonCode, failure.DutchMessage, failure.DecisionId, failure.TransactionId));
    }

    [Fact]
    public void The_clients_own_codes_are_not_the_federations() =>
        Assert.Empty(ClientRefusals.All.Select(r => r.Code).Intersect(Refusals.All.Select(r => r.Code)));

    private static RpcException Refused(StatusCode code, string domain)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)code, Message = "Not involved.",
            Details =
            {
                Any.Pack(new ErrorInfo { Domain = domain, Reason = "CALLER_NOT_INVOLVED", Metadata = { ["decision_id"] = "d-1", ["transaction_id"] = "t-1" } }),
                Any.Pack(new LocalizedMessage { Locale = "en", Message = "Not involved." }),
                Any.Pack(new LocalizedMessage { Locale = "nl", Message = "Niet betrokken." }),
            },
        };
        return new RpcException(new Grpc.Core.Status(code, "Not involved."), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }
}
