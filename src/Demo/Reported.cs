namespace Keten.Demo;

/// <summary>An involvement as its organisation reported it: who, about whom, in which index.</summary>
internal sealed record Reported(string Organisation, string Person, string Purpose);
