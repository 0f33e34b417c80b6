using Microsoft.AspNetCore.Authentication;

namespace Keten.Identity;

/// <summary>The authentication handler's answer for one connection, so that claims and events are made once.</summary>
internal sealed record StandingTicket(string Scheme, AuthenticateResult Result);
